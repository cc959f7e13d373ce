import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frenchDetail } from "../../src/cli/text/french/index.js";
import { INS_OIDS, insTraitsProblems } from "../../src/identity/index.js";
import { fictionalIns } from "../tools/documents.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
const at = (name: string, content?: string | Uint8Array) => {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
/** Words that no line of French has. Names of options, keys, files and formats stand in both. */
const ENGLISH =
  /\b(?:the|is|are|must|missing|unknown|there|of|one|was|given|takes|needs|cannot|known|did|you|lists)\b/i;

/** A configuration that is wrong in as many ways as zod has words for. */
const ODD = JSON.stringify({
  mailbox: { address: "nobody", type: "XXX" },
  operator: { imap: { host: "a b", port: 0 } },
  tls: { ca: 3, revocation: "maybe" },
  trust: { whiteListMaxAgeDays: 100_000, compareOperator: "yes", whiteListUrl: "ftp://x" },
  network: { proxy: "gopher://x", dns: [], autoconfig: 1 },
  auth: { method: "certificate", p12: 4, cert: "", sasl: { imap: "none" }, passphrase: { env: "1" } },
  software: { name: "", version: "x".repeat(99), nill: 1, oid: "1" },
  sender: "labo",
  outbox: { store: "file" },
  directory: { index: 1, order: ["all"], ldap: {}, fhir: { key: 1 } },
});

const WRONG: string[][] = [
  ["frobnicate"],
  ["xdm", "inspekt", "x.zip"],
  ["xdm", "inspect"],
  ["xdm", "inspect", "a.zip", "b.zip"],
  ["xdm", "inspect", "a.zip", "--outt", "x"],
  ["xdm", "inspect", "a.zip", "--timeout", "soon"],
  ["xdm", "inspect", "a.zip", "--lang", "de"],
  ["xdm", "inspect", at("nowhere.zip")],
  ["xdm", "inspect", folder],
  ["xdm", "inspect", at("letter.pdf")],
  ["xdm", "pack", "--cda", files.cda],
  ["xdm", "pack", "--cda", files.cda, "--out", at("nowhere/x.zip")],
  ["xdm", "pack", "--cda", files.cda, "--out", at("x.zip"), "--action", "bogus"],
  ["cda", "render", files.cda],
  ["send", "--cda", files.cda],
  ["send", "--config", at("nowhere.json"), "--cda", files.cda, "--patient"],
  ["send", "--config", at("cut.json", '{"mailbox": '), "--cda", files.cda, "--patient"],
  ["send", "--config", at("latin.json", Buffer.from('{"é": 1}', "latin1")), "--cda", files.cda, "--patient"],
  ["send", "--config", at("bare.json", '{"mailboxx": 1}'), "--cda", files.cda, "--patient"],
  ["send", "--config", at("bare.json"), "--cda", files.cda],
  ["mailbox", "show", "abc", "--config", at("bare.json")],
  ["mailbox", "search", "--config", at("bare.json")],
  ["directory", "search", "--index", at("none.db"), "martin"],
  ["validate", "--out", at("run"), "--scenario", "bogus"],
  ["validate", "--out", at("run"), "--compare", at("x")],
  ["validate", "--verify", folder],
  ["validate", "--out", at("run"), "--import", at("nowhere.log"), "--time-zone", "Nowhere"],
  ["validate", "--import", at("nowhere.log"), "--out", at("run")],
  ["validate", "--out", at("run"), "--declarations", at("nowhere.json")],
  ["checklist", "--done", "ECO.1.0.1"],
  ["checklist", "--state", at("state.json", "[]")],
  ["cda", "inspect", at("broken.xml", "<a><b></a>")],
  ["cda", "inspect", at("dtd.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')],
  ["cda", "inspect", at("other.xml", "<a/>")],
  ["cda", "wrap", "--pdf", at("letter.pdf"), "--header", at("header.json", "{}"), "--out", at("w.xml")],
  ["cda", "wrap", "--pdf", at("letter.pdf"), "--header", at("cut.json"), "--out", at("w.xml")],
  ["cda", "wrap", "--pdf", at("other.xml"), "--header", at("header.json"), "--out", at("w.xml")],
  ["cda", "render", files.cda, "--html", files.cda],
  ["outbox", "show", "a/b", "--config", at("bare.json")],
  ["outbox", "list", "--config", at("odd.json", ODD)],
  ["mailbox", "flag", "3", "--seen", "--unseen", "--config", at("bare.json")],
  ["mailbox", "receipt", "3", "--config", at("bare.json")],
  ["traces", "list", "--config", at("bare.json"), "--since", "yesterday"],
  ["discover", "not a domain"],
  ["trust", "certificate", at("letter.pdf"), "--ca", at("letter.pdf")],
  ["directory", "import", at("small.txt", "x")],
  ["directory", "import", at("nowhere.zip")],
  ["directory", "search", "martin", "--source", "fhir"],
  ["accounts", "check", at("accounts.csv", "\0\0")],
  ["onboarding", "plan", "--structure", "hospital", "--solution", "bogus"],
  ["onboarding", "plan", "--structure", "bogus", "--solution", "bogus"],
];

describe("what a person reads where French is not refused", () => {
  it.each(WRONG.map((line) => [line.join(" ").replaceAll(folder, "…"), line] as const))("%s", async (_name, line) => {
    const french = await cli(...line);
    expect(french.code).toBeGreaterThan(0);
    // What is in quotes or brackets is of the input and of the code.
    const prose = french.err.replaceAll(folder, "").replace(/\[[a-z0-9_]+\]|"[^"]*"|\{.*?\}|--?[a-z][\w-]*/g, "");
    expect(prose).not.toMatch(ENGLISH);
    expect((await cli(...line, "--json")).value<{ error: { message: string } }>().error.message).not.toMatch(/[éèêà]/);
  });

  it("keeps what it does not know as it is", () => {
    expect(frenchDetail("something that nobody foresaw")).toBe("something that nobody foresaw");
  });

  it("has the words for the doubt about a patient's identity (ECO.3.1.5)", () => {
    const [doubt] = insTraitsProblems({ value: fictionalIns(), oid: INS_OIDS.nir }, { sex: "M" }, "patient");
    expect(frenchDetail(`${doubt?.code}: ${doubt?.message} (${doubt?.path})`)).toMatch(
      /^le matricule de l'INS ne correspond pas .* à confirmer \(patient\)$/,
    );
  });
});
