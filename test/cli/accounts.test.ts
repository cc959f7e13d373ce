import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAccounts, writeAccounts } from "../../src/onboarding/index.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const GOOD = "Type de BAL;Nom;Prénom;N° RPPS;Adresse mail de contact\nPER;ARC;Zoé;10101010113;z@a.example\n";
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("medimail accounts", () => {
  it("check prints the rows and the problems of each, and says no where one is an error", async () => {
    const good = await cli(...["accounts", "check", file("good.csv", GOOD), "--json"]);
    expect(good.code).toBe(0);
    expect(good.value()).toEqual({
      layout: "medimail-connector-1",
      format: "csv",
      rows: [
        { row: 2, type: "PER", family: "ARC", given: "Zoé", rpps: "10101010113", email: "z@a.example", problems: [] },
      ],
      problems: [],
      summary: { rows: 1, errors: 0, warnings: 0 },
    });
    const bad = await cli(
      ...["accounts", "check", file("bad.csv", GOOD.replace("10101010113", "10101010114")), "--json", "--lang", "en"],
    );
    expect(bad.code).toBe(1);
    expect(bad.value<{ rows: { problems: unknown[] }[] }>().rows[0]?.problems).toEqual([
      {
        severity: "error",
        code: "check-digit",
        row: 2,
        column: "N° RPPS",
        message: "the check digit of the RPPS number is wrong",
      },
    ]);
  });

  it("check tells a person in French, and a file that is none", async () => {
    const bad = await cli(...["accounts", "check", file("bad.csv", GOOD.replace("PER;", "PERS;"))]);
    expect(bad.out).toContain("ligne 2");
    expect(bad.out).toContain("type inconnu ; valeurs attendues : PER, ORG, APP, INT, MED");
    expect((await cli(...["accounts", "check", join(folder, "none.csv"), "--json"])).code).toBe(2);
    const broken = await cli(...["accounts", "check", file("x.xlsx", "PK\u0003\u0004"), "--json"]);
    expect(broken.code).toBe(1);
    expect(broken.value()).toMatchObject({ error: { code: "archive_invalid" } });
  });

  it("build writes the file with addresses, and nothing where a row is wrong", async () => {
    const out = join(folder, "out.xlsx");
    const done = await cli(
      ...["accounts", "build", file("good.csv", GOOD), "--domain", "ch-exemple.mssante.fr", "--out", out, "--json"],
    );
    expect(done.code).toBe(0);
    expect(done.value<{ rows: object[] }>().rows).toEqual([
      expect.objectContaining({ row: 2, address: "zoe.arc@ch-exemple.mssante.fr" }),
    ]);
    const [row] = (await readAccounts(readFileSync(out))).rows;
    expect(row).toMatchObject({ account: { address: "zoe.arc@ch-exemple.mssante.fr" }, problems: [] });
    const none = join(folder, "none.xlsx");
    const bad = await cli(
      ...[
        "accounts",
        "build",
        file("bad.csv", GOOD.replace("ARC", "")),
        "--domain",
        "ch-exemple.mssante.fr",
        "--out",
        none,
      ],
    );
    expect(bad.code).toBe(1);
    expect(existsSync(none)).toBe(false);
  });

  it("build says what it changes, closes only who is named, and keeps the others", async () => {
    const max = {
      type: "PER",
      family: "ROI",
      given: "Max",
      email: "m@a.example",
      rpps: "10101010121",
      address: "max.roi@ch-exemple.mssante.fr",
    };
    const ann = {
      ...max,
      family: "LEE",
      given: "Ann",
      rpps: "10101010139",
      email: "a@a.example",
      address: "ann.lee@ch-exemple.mssante.fr",
    };
    const present = join(folder, "present.xlsx");
    writeFileSync(present, await writeAccounts([max, ann], { format: "xlsx" }));
    const wanted = join(folder, "wanted.csv");
    writeFileSync(wanted, await writeAccounts([{ ...max, action: "FERMER" }], { format: "csv" }));
    const out = join(folder, "deposit.csv");
    const run = await cli(...["accounts", "build", wanted, "--present", present, "--out", out, "--json"]);
    expect(run.code, run.err).toBe(0);
    expect(run.value()).toMatchObject({
      changes: { closed: [{ family: "ROI" }], absent: [{ family: "LEE" }], added: [] },
    });
    expect((await readAccounts(readFileSync(out))).rows.map(({ account }) => account.action)).toEqual([
      undefined,
      "FERMER",
    ]);
  });

  it("reads by a layout that is given, and refuses one that is none", async () => {
    const layout = file(
      "layout.json",
      JSON.stringify({ name: "mipih", sheet: "S", columns: [{ field: "type", heading: "TB", format: "type" }] }),
    );
    const run = await cli(...["accounts", "check", file("l.csv", "TB\nPER\n"), "--layout", layout, "--json"]);
    expect(run.value()).toMatchObject({ layout: "mipih", rows: [{ type: "PER", problems: [] }] });
    for (const wrong of [
      "{",
      "[]",
      '{"name":"x","sheet":"S","columns":[{"field":"nope","heading":"h"}]}',
      '{"name":"x","sheet":"S","columns":[{"field":"family","heading":"h"}]}',
    ])
      expect(
        (await cli(...["accounts", "check", file("l.csv", "TB\nPER\n"), "--layout", file("w.json", wrong), "--json"]))
          .code,
      ).toBe(2);
  });
});

describe("medimail onboarding", () => {
  const PLAN = ["onboarding", "plan", "--structure", "hospital", "--solution", "connector", "--start", "2027-01-04"];

  it("plan prints the steps, who does each, what is missing", async () => {
    const run = await cli(...[...PLAN, "--done", "form", "--json"]);
    expect(run.code).toBe(0);
    const plan = run.value<{
      steps: { id: string; who: string[]; state: string; blockedBy: string[] }[];
      next: string[];
    }>();
    expect(plan.steps.find(({ id }) => id === "form")?.state).toBe("done");
    expect(plan.next).toContain("agreement");
    for (const { who } of plan.steps) expect(who.length).toBeGreaterThan(0);
    expect(plan.steps.find(({ id }) => id === "connector-open")?.blockedBy).toContain("domain");
  });

  it.each([
    ["md", /^# Plan de raccordement/],
    ["html", /^<!DOCTYPE html>/],
    ["ics", /^BEGIN:VCALENDAR\r\n/],
    ["json", /^\{/],
  ])("plan writes %s", async (format, begin) => {
    const out = join(folder, `plan.${format}`);
    expect((await cli(...[...PLAN, "--format", format, "--out", out])).code).toBe(0);
    expect(readFileSync(out, "utf8")).toMatch(begin);
    expect((await cli(...[...PLAN, "--format", format])).out).toMatch(begin);
  });

  it("plan says what it wrote as its siblings do, by the file's ending where no format is given", async () => {
    const out = join(folder, "ending.ics");
    const { value } = await cli(...[...PLAN, "--out", out, "--json"]);
    const size = readFileSync(out).length;
    expect(value<{ written: object }>().written).toEqual({ file: out, format: "ics", size });
    expect((await cli(...[...PLAN, "--out", join(folder, "plan.pdf")])).code).toBe(2);
  });

  it("plan refuses a kind, a step and a day that are none", async () => {
    for (const wrong of [
      ["--structure", "castle"],
      ["--done", "nothing"],
      ["--start", "2027-13-01"],
      ["--days", "form=x"],
    ]) {
      const args =
        wrong[0] === "--structure"
          ? ["onboarding", "plan", ...wrong, "--solution", "webmail"]
          : [...PLAN.slice(0, 6), ...wrong];
      expect([1, 2], wrong.join(" ")).toContain((await cli(...[...args, "--json"])).code);
    }
    expect((await cli(...["onboarding", "plan"])).code).toBe(2);
  });

  it("solution weighs each by what is said", async () => {
    const run = await cli(...["onboarding", "solution", "--automatic", "--where", "software", "--json"]);
    expect(run.value<{ solution: string }[]>()[0]?.solution).toBe("connector");
    expect((await cli(...["onboarding", "solution", "--where", "mobile"])).out).toContain("Application mobile");
  });
});
