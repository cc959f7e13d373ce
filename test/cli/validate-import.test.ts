import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/validator/index.js";
import { dovecotLines, postfixLines } from "../compliance/logs.js";
import { cli } from "./harness.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  const text = `${lines.join("\n")}\n`;
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
};
const report = (out: string) => JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report;
const APP = "labo@ch-exemple.mssante.fr=APP";

describe("medimail validate --import", () => {
  it("judges logs, packed ones too, writes what a run writes, and its folder can be checked", async () => {
    const out = join(folder, "right");
    const files = ["--import", log("mail.log.1.gz", postfixLines()), "--import", log("dovecot.log", dovecotLines())];
    const done = await cli(...["validate", ...files, "--mailbox", APP, "--out", out, "--json", "--lang", "en"]);
    expect(done.code, done.err).toBe(0);
    const [imported, counts] = done.lines();
    expect(imported).toMatchObject({
      event: "imported",
      files: ["mail.log.1.gz", "dovecot.log"],
      clients: [{ address: "192.0.2.10", connections: 2 }],
    });
    expect(counts).toMatchObject({ event: "report", pass: 2, fail: 0 });
    const { notice, results, startedAt } = report(out);
    expect(results.filter(({ verdict }) => verdict === "pass").map(({ code }) => code)).toEqual([
      "ECO.1.1.1",
      "APP-AUTH",
    ]);
    expect(notice).toContain("logs of a server");
    expect(startedAt).toMatch(/-02-03T09:15:01/);
    for (const name of ["rapport.md", "report.html"])
      expect(readFileSync(join(out, name), "utf8")).toContain("logs of a server");
    expect(readdirSync(out)).toContain("observations.jsonl");
    const verified = await cli(...["validate", "--verify", out, "--json"]);
    expect([verified.code, verified.lines()[0]]).toMatchObject([0, { ok: true }]);
  });

  it("exits 1 where a mandatory requirement is seen to fail, and says in which session", async () => {
    const wrong = [...postfixLines({ dialogue: true }), "sans heure"].map((line) =>
      line.replace("TLSv1.2 with", "TLSv1 with"),
    );
    const done = await cli(...["validate", "--import", log("wrong.log", wrong), "--out", join(folder, "wrong")]);
    expect(done.code).toBe(1);
    expect(done.out).toContain("1 journal lu : ");
    expect(done.out).toContain("Ignoré : 1 ligne(s) sans heure lisible\n");
    expect(done.out).toMatch(/ECO\.1\.1\.1[\s\S]*TLSv1\. — smtp-1/);
  });

  it("looks at the client that was named alone, and says so where it is in no log", async () => {
    const file = log("clients.log", [...postfixLines(), ...dovecotLines({ rip: "198.51.100.7" })]);
    const args = ["validate", "--import", file, "--json", "--out"];
    const one = await cli(...[...args, join(folder, "one"), "--client", "198.51.100.7"]);
    expect(one.lines()[0]).toMatchObject({ leftOut: { otherClients: 1 } });
    const none = await cli(...[...args, join(folder, "none"), "--client", "203.0.113.1"]);
    expect([none.code, none.lines()[0]]).toMatchObject([1, { error: { code: "observations_invalid" } }]);
    expect(readdirSync(folder)).not.toContain("none");
  });

  it("refuses what is no log, no mailbox, no zone, and what only a run has", async () => {
    const file = log("small.log", dovecotLines());
    const usage = async (...args: string[]) => {
      const done = await cli(...["validate", "--import", file, "--out", join(folder, "usage"), "--json", ...args]);
      return [done.code, done.lines<{ error?: { code: string } }>()[0]?.error?.code];
    };
    expect(await usage("--mailbox", "labo")).toEqual([2, "usage_invalid"]);
    expect(await usage("--mailbox", "labo@x.fr=POP")).toEqual([2, "usage_invalid"]);
    expect(await usage("--time-zone", "Europe/Ys")).toEqual([2, "usage_invalid"]);
    expect(await usage("--repeat", "2")).toEqual([2, "usage_invalid"]);
    expect(await usage("--", "connector")).toEqual([2, "usage_invalid"]);
    expect(await usage("--import", join(folder, "absent.log"))).toEqual([2, "file_not_found"]);
  });
});

describe("medimail validate", () => {
  const node = (name: string, source: string): string[] => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return ["--", process.execPath, path];
  };

  it("warns, in both languages, that nothing was observed and how the command failed, and exits 0", async () => {
    const failing = node("failing.mjs", "process.exit(7);");
    const args = ["validate", "--scenario", "envoi-niveau-1", "--repeat", "2", "--out"];
    const french = await cli(...[...args, join(folder, "fr"), ...failing]);
    expect(french.code).toBe(0);
    expect(french.err).toMatch(/Rien n'a été observé.*La commande a échoué 2 fois sur 2 \(7\)/);
    const english = await cli(...[...args, join(folder, "en"), "--lang", "en", "--json", ...failing]);
    expect(english.code).toBe(0);
    expect(english.err).toMatch(/Nothing was observed.*The command failed 2 times of 2 \(7\)/);
    expect(english.lines().at(-1)).toMatchObject({ event: "report", pass: 0, fail: 0 });
  });

  it("says of the name of a scenario behind another that it was taken for the command", async () => {
    const args = ["validate", "--out", join(folder, "two"), "--json", "--scenario", "envoi-niveau-1"];
    const done = await cli(...[...args, "usager-mineur"]);
    expect(done.code).toBe(2);
    expect(done.lines()[0]).toMatchObject({
      error: {
        code: "usage_invalid",
        hint: expect.stringContaining("--scenario envoi-niveau-1 --scenario usager-mineur"),
      },
    });
    // Behind `--` it is the command, whatever it is called.
    const named = await cli(...[...args, "--", "usager-mineur"]);
    expect([named.code, named.lines<{ error?: { code: string } }>().at(-1)?.error?.code]).toEqual([3, "run_failed"]);
  });
});
