import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REQUIREMENTS } from "../../src/compliance/index.js";
import { type RunEvent, validate } from "../../src/validator/index.js";
import { folderFor, reportOf, script, smallConnector, verdictOf } from "./kit.js";

const folder = folderFor("validate");

describe("a run of the validator", { timeout: 60_000 }, () => {
  it("judges a right mail and a wrong one by what it has seen, and names the header that is missing", async () => {
    const right = await validate({
      out: join(folder, "right"),
      profile: "all",
      command: smallConnector(folder, "right", { messageId: true, nil: true }),
    });
    const wrong = await validate({
      out: join(folder, "wrong"),
      profile: "all",
      command: smallConnector(folder, "wrong", { messageId: false, nil: true }),
    });
    expect([verdictOf(right.report, "ECO.2.2.1"), verdictOf(wrong.report, "ECO.2.2.1")]).toEqual(["pass", "fail"]);
    expect([right.passed, wrong.passed]).toEqual([true, false]);
    const failed = wrong.report.results.find(({ code }) => code === "ECO.2.2.1");
    expect(failed?.evidence[0]?.where).toMatch(/Message-ID/);
  });

  it("says not observed of what it has not seen, one row for each of the catalogue", async () => {
    const { report, passed } = await validate({
      out: join(folder, "silent"),
      profile: "all",
      command: script(folder, "silent", "process.exit(0);"),
    });
    expect(report.results.map(({ code }) => code)).toEqual(REQUIREMENTS.map(({ id }) => id));
    expect(report.results.filter(({ verdict }) => verdict === "pass" || verdict === "fail")).toEqual([]);
    expect([verdictOf(report, "ECO.2.2.1"), passed]).toEqual(["not-observed", true]);
  });

  it("leaves the report, the observations and the mails, and nothing of the mock's keys", async () => {
    const out = join(folder, "right");
    expect(readdirSync(out).sort()).toEqual(
      [
        "junit.xml",
        "mails",
        "manifest.json",
        "observations.jsonl",
        "rapport.md",
        "report.html",
        "report.json",
        "scenarios.json",
      ].sort(),
    );
    expect(readdirSync(join(out, "mails"))).toContain("000001.eml");
    expect(reportOf(out).connector).toEqual({ nil: "TEST000001", software: "Petit LPS", version: "2.1" });
  });

  it("runs the command once a scenario that is named, with its name, and as often as asked", async () => {
    const events: RunEvent[] = [];
    const out = join(folder, "named");
    const source = `import { appendFileSync, readFileSync } from "node:fs";
const { scenarios } = JSON.parse(readFileSync(process.env.MEDIMAIL_MOCK, "utf8"));
const { steps } = scenarios.find(({ id }) => id === process.env.MEDIMAIL_SCENARIO);
readFileSync(steps[0].documents[0].cda);
appendFileSync(${JSON.stringify(join(folder, "named.txt"))}, process.env.MEDIMAIL_SCENARIO + "\\n");`;
    const { report } = await validate({
      out,
      profile: "all",
      scenarios: ["envoi-niveau-1", "usager-mineur"],
      repeat: 2,
      command: script(folder, "named", source),
      onEvent: (event) => void events.push(event),
    });
    expect(readFileSync(join(folder, "named.txt"), "utf8").trim().split("\n")).toEqual([
      "envoi-niveau-1",
      "envoi-niveau-1",
      "usager-mineur",
      "usager-mineur",
    ]);
    expect(report.scenarios.map(({ id, repetition, reason }) => `${id} ${repetition} ${reason}`)).toEqual([
      "envoi-niveau-1 1 done",
      "envoi-niveau-1 2 done",
      "usager-mineur 1 done",
      "usager-mineur 2 done",
    ]);
    const ready = events.flatMap((event) => (event.event === "ready" ? [event] : []));
    expect(ready).toHaveLength(1);
  });

  it("tells a command that fails by itself, and lets the verdict count", async () => {
    const { report, passed } = await validate({
      out: join(folder, "failing"),
      profile: "all",
      scenarios: ["envoi-niveau-1"],
      command: script(folder, "failing", "process.exit(7);"),
    });
    expect(report.commands).toEqual([{ scenario: "envoi-niveau-1", code: 7 }]);
    expect([report.scenarios[0]?.reason, passed]).toEqual(["command-failed", true]);
  });

  it("could not run where the command does not start, or its folder cannot be made", async () => {
    const missing = validate({ out: join(folder, "missing"), profile: "all", command: [join(folder, "nothing-here")] });
    await expect(missing).rejects.toMatchObject({ code: "run_failed" });
    const inFile = validate({ out: join(folder, "named.txt", "x"), profile: "all", command: [process.execPath, "-v"] });
    await expect(inFile).rejects.toMatchObject({ code: "run_failed" });
  });

  it("ends the command and what it has started when it is stopped, and judges what was seen", async () => {
    const pids = join(folder, "pids.txt");
    const source = `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => {});
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid);
console.log("up");
setInterval(() => {}, 1000);`;
    const stop = new AbortController();
    const { report } = await validate({
      out: join(folder, "endless"),
      profile: "all",
      command: script(folder, "endless", source),
      stopAfterMs: 50_000,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === "output" && event.text.includes("up")) stop.abort();
      },
    });
    expect(report.commands[0]).toMatchObject({ ended: "stopped" });
    expect(existsSync(pids)).toBe(true);
    for (const pid of readFileSync(pids, "utf8").split(" ").map(Number)) expect(() => process.kill(pid, 0)).toThrow();
  });

  it("watches without a command until the signal, and two runs at once know nothing of each other", async () => {
    const stop = new AbortController();
    const ports = new Set<number>();
    const runs = [1, 2].map((n) =>
      validate({
        out: join(folder, `watch-${n}`),
        profile: "sending",
        signal: stop.signal,
        onEvent: (event) => {
          if (event.event !== "ready") return;
          ports.add(event.smtp.port);
          if (ports.size === 2) stop.abort();
        },
      }),
    );
    const results = await Promise.all(runs);
    expect([ports.size, results.map(({ report }) => report.observations.mails)]).toEqual([2, [0, 0]]);
  });
});
