import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { frenchDetail, ROWS } from "../../src/cli/text/french/index.js";
import { sourceMessages } from "../tools/messages.js";

/** What stays in English, one a line: for developers, or not yet done. It only shrinks. */
const LEFT = new URL("english-details.txt", import.meta.url);
const PLACES = /\{\+?([a-z]\w*)\}/g;

const messages = sourceMessages();
const english = (text: string) => text.split("\n").some((line) => frenchDetail(line) === line);

describe("the details of errors in French", () => {
  it("finds the messages of the source", () => {
    const texts = messages.map(({ text }) => text);
    expect(texts).toContain("The operator refused this recipient (7).");
    expect(texts).toContain("The archive has no METADATA.XML: it is not an XDM archive.");
    expect(texts).toContain("must be true or false");
    expect(texts.length).toBeGreaterThan(650);
  });

  it("has French for every message of the source, but for those that are known to be left", () => {
    const left = messages
      .filter(({ text }) => english(text))
      .map(({ file, text }) => `${file}: ${JSON.stringify(text)}`);
    const known = readFileSync(LEFT, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(
      left.filter((line) => !known.includes(line)),
      "new, in English only",
    ).toEqual([]);
    expect(
      known.filter((line) => !left.includes(line)),
      "done, or gone: take them out of the list",
    ).toEqual([]);
  });

  it("leaves no place out of reach: what stands in French stands in English", () => {
    const places = (text: string) => [...text.matchAll(PLACES)].map(([, name]) => name);
    expect(ROWS.filter(([en, fr]) => !places(fr).every((name) => places(en).includes(name)))).toEqual([]);
  });

  it.each(ROWS)("reaches: %s", (en, fr) => {
    const said = en.replaceAll(PLACES, "7");
    expect(frenchDetail(said)).toBe(fr.replaceAll(PLACES, "7"));
  });

  it.each([
    ["mailbox.type: must be one of PER, ORG", "mailbox.type : doit être l'une de ces valeurs : PER, ORG"],
    ["outbox.store: store must be one of a", "outbox.store : store doit être l'une de ces valeurs : a"],
    ["network.dns[0]: must not be empty", "network.dns[0] : ne doit pas être vide"],
    [
      "trust.whiteListMaxAgeDays: Too big: expected number to be <=3660",
      "trust.whiteListMaxAgeDays : trop grand : 3660 au plus",
    ],
    [
      'configuration: unknown key "a"; known keys: b, c; unknown key "bb", did you mean "b"?; and 3 more',
      'configuration : clé inconnue "a" ; clés connues : b, c ; clé inconnue "bb" ; vouliez-vous dire "b" ? ; et 3 autres',
    ],
    [
      "whether the certificate of h is revoked cannot be known: the list has expired; the OCSP responder does not know it",
      "impossible de savoir si le certificat de h est révoqué : la liste a expiré ; le serveur OCSP ne le connaît pas",
    ],
    [
      "the client certificate could not be had: auth.p12: there is no file a.p12",
      "impossible d'obtenir le certificat client (auth.p12 : le fichier a.p12 n'existe pas)",
    ],
    [
      "the access token could not be had: auth.token: the file is empty",
      "impossible d'obtenir le jeton d'accès (auth.token : le fichier est vide)",
    ],
    ["the proxy p:3128 cannot be connected to (ECONNREFUSED)", "connexion impossible au proxy p:3128 (ECONNREFUSED)"],
    [
      "the name of the proxy p:3128 could not be resolved (ENOTFOUND)",
      "le nom du proxy p:3128 n'a pas pu être résolu (ENOTFOUND)",
    ],
    ["xdm_no_author: The CDA has no author. (documents[0])", "xdm_no_author : Le CDA n'a pas d'auteur. (documents[0])"],
  ])("takes a message apart: %s", (said, french) => {
    expect(frenchDetail(said)).toBe(french);
  });

  it("gives up a line that was made to be taken apart for ever", () => {
    const line = `${"a: ".repeat(400)}b${" (c)".repeat(150)}`;
    expect(frenchDetail(line)).toBe(line);
  });
});
