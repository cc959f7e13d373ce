import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.js";
import {
  ACCOUNT_STATUSES,
  ACCOUNT_TYPES,
  CONTACTS,
  FORM_FIELDS,
  GENERIC_DOMAINS,
  PARTIES,
  SOLUTIONS,
  STATEMENTS,
  STEPS,
  TEMPLATE_NAMES,
} from "../../src/onboarding/index.js";
import { describeWithShared } from "../tools/shared.js";

const root = join(fileURLToPath(import.meta.url), "../../..");
const ROWS = ["use", "advantage", "constraint", "authentication", "cost"] as const;

/** Every thing that a statement can point to. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  step: STEPS.map(({ id }) => id),
  solution: Object.keys(SOLUTIONS).flatMap((id) => ROWS.map((row) => `${id}.${row}`)),
  party: Object.keys(PARTIES),
  contact: Object.keys(CONTACTS),
  form: FORM_FIELDS.map(({ id }) => id),
  domain: Object.keys(GENERIC_DOMAINS),
  type: ACCOUNT_TYPES,
  status: ACCOUNT_STATUSES,
  command: COMMANDS.map(({ name }) => name),
  template: TEMPLATE_NAMES,
};

/** What we have and the guide does not speak of, with the reason: everything else of the data comes from a statement. */
const OURS: Readonly<Record<string, string>> = {
  "step:certificate": "asked by the LPS interface for an APP mailbox; the guide is silent on it",
  "domain:hospital":
    "the guide's last generic domain, of other structures, is a hospital's too until it has one of its own",
  "template:booklet": "the guide's model is for a poster or a booklet: ours are two",
  "template:correspondents": "a mail of ours beside footer and banner",
  "party:ans": "the guide gives it no role of its own: it declares domains and imposes the contract",
  "party:user": "named by what users do, in part 3",
};

const pointers = STATEMENTS.flatMap(({ id, where }) => where.map((pointer) => ({ id, pointer })));
const kindOf = (pointer: string): string => pointer.slice(0, pointer.indexOf(":"));
const nameOf = (pointer: string): string => pointer.slice(pointer.indexOf(":") + 1);

/** Anchors of a page as GitHub makes them, and those that are written. */
function anchorsOf(page: string): Set<string> {
  const made = [...page.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...made, ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)]);
}

describe("the statements of the guide de raccordement", () => {
  it("have an id each", () => {
    expect(new Set(STATEMENTS.map(({ id }) => id)).size).toBe(STATEMENTS.length);
  });

  it("are carried by data, shown in the docs, or not ours with the reason", () => {
    for (const { id, status, where, why } of STATEMENTS) {
      if (status === "not-ours") expect([where.length, why?.length ?? 0], id).toEqual([0, expect.any(Number)]);
      if (status === "not-ours") expect((why ?? "").length, id).toBeGreaterThan(10);
      else expect(why, id).toBeUndefined();
      if (status === "carried")
        expect(
          where.some((pointer) => kindOf(pointer) !== "doc"),
          id,
        ).toBe(true);
      if (status === "shown")
        expect(
          where.some((pointer) => kindOf(pointer) === "doc"),
          id,
        ).toBe(true);
    }
  });

  it.each(pointers)("$id points to $pointer, which exists", ({ pointer }) => {
    const kind = kindOf(pointer);
    if (kind !== "doc") {
      expect(TARGETS[kind]).toContain(nameOf(pointer));
      return;
    }
    const [file = "", anchor = ""] = nameOf(pointer).split("#");
    expect(anchorsOf(readFileSync(join(root, file), "utf8"))).toContain(anchor);
  });

  it("leave nothing of the data without a statement that it comes from, but what is ours", () => {
    const pointed = new Set(pointers.map(({ pointer }) => pointer as string));
    const all = Object.entries(TARGETS)
      .filter(([kind]) => kind !== "command")
      .flatMap(([kind, names]) => names.map((name) => `${kind}:${name}`));
    expect(all.filter((target) => !pointed.has(target) && !(target in OURS))).toEqual([]);
    expect(Object.keys(OURS).filter((target) => pointed.has(target) || !all.includes(target))).toEqual([]);
  });

  it("are told by every command of the raccordement", () => {
    const ours = COMMANDS.map(({ name }) => name).filter((name) => /^(accounts|onboarding) /.test(name));
    const pointed = new Set(pointers.map(({ pointer }) => pointer as string));
    // The certificate's order is not of the guide.
    expect(ours.filter((name) => name !== "onboarding certificate" && !pointed.has(`command:${name}`))).toEqual([]);
  });
});

/** Figures of the guide, each found in the data in our words. */
describe("the figures of the guide", () => {
  const data = JSON.stringify([STEPS, SOLUTIONS, CONTACTS, GENERIC_DOMAINS]);
  it.each([
    ["the price of the connector", /300 et 525\s€ HT/],
    ["the days of work of Mipih", /½ (ou|à) 1 journée/],
    ["the declaration of a domain", /environ trois semaines/],
    ["the hour of the daily file", /18 h/],
    ["how long the service is free", /quatre ans|4 ans/],
    ["the hours of the support", /8 h 30 à 18 h 30/],
    ["what a call costs", /0,09 €/],
    ["the telephone of the support", /0 820 250 035/],
    ["the address of the MSS team", /mss@esante-occitanie\.fr/],
    ["the address for help with uses", /accompagnement\.occitanie@esante-occitanie\.fr/],
    ["the address of the support", /assistance@esante-occitanie\.fr/],
    ["the circular of oSIS", /PF5\/2014\/361/],
    ["the article of the act", /article 32 de la loi du 6 janvier 1978/],
  ])("%s is in the data", (_, figure) => {
    expect(data).toMatch(figure);
  });
});

describeWithShared("the statements against the guide itself", (shared) => {
  const guide = readFileSync(join(shared, "guide-de-raccordement.txt"), "utf8");
  const lines = new Set(guide.split("\n").map((line) => line.trim()));

  it("stand under headings that the guide has", () => {
    for (const heading of new Set(STATEMENTS.map(({ heading }) => heading))) expect(lines).toContain(heading);
  });

  it("are there for each heading of its table of contents", () => {
    const contents = guide.slice(guide.indexOf("Les étapes du raccordement"), guide.indexOf("Rôles des parties"));
    const titles = [...contents.matchAll(/^\d\. (.+)$/gm)].map(([, title = ""]) => title.trim());
    expect(titles).toHaveLength(13);
    const plain = (text: string) => text.toLowerCase().replace(/^l'/, "").replace(/\s+/g, " ");
    for (const title of titles) {
      const first = plain(title).split(" ").slice(0, 3).join(" ");
      expect(
        STATEMENTS.some(({ heading }) => plain(heading).startsWith(first)),
        title,
      ).toBe(true);
    }
  });

  it("are there for each row of its table of solutions", () => {
    const rows = guide.split("\n").filter((line) => /^[A-ZÀ-Ý][^\t]+\t.+\t/.test(line));
    const labels = rows.map((row) => row.split("\t")[0]?.trim());
    expect(labels).toEqual(["Usage", "Avantages", "Contraintes", "Authentification", "Coût à prévoir"]);
    for (const label of labels)
      expect(
        STATEMENTS.some(({ says }) => says.includes(`« ${label} »`)),
        label,
      ).toBe(true);
  });

  it("name the people that it names: no address, domain or telephone of the guide is missing from the data", () => {
    const data = JSON.stringify([STEPS, SOLUTIONS, CONTACTS, GENERIC_DOMAINS, STATEMENTS]);
    const found = [...new Set(guide.match(/[a-z.]+@[a-z.-]+\.fr|\b[a-z]+\.oc\.mssante\.fr|0 820 250 035/g) ?? [])];
    expect(found.length).toBeGreaterThanOrEqual(7);
    expect(found.filter((each) => !data.includes(each))).toEqual([]);
  });
});
