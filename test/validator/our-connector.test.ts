import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drive } from "../../examples/validate-our-connector.mts";
import { type RunEvent, SCENARIOS, validate } from "../../src/validator/index.js";
import { folderFor } from "./kit.js";

const folder = folderFor("our-connector");

describe("our own connector", () => {
  it("goes through every scenario, and no requirement that is mandatory fails", { timeout: 900_000 }, async () => {
    process.env["MEDIMAIL_PSC_SECRET"] = "medimail-test-secret";
    const said: string[] = [];
    const traces = join(folder, "traces.jsonl");
    const { report, passed } = await validate({
      out: join(folder, "run"),
      profile: "all",
      scenarios: "all",
      driver: (ready, scenario, signal) =>
        drive(ready, scenario, { signal, onTrace: (trace) => appendFileSync(traces, `${JSON.stringify(trace)}\n`) }),
      tracesFile: traces,
      onEvent: (event: RunEvent) => {
        if (event.event === "output") said.push(event.text);
      },
    });
    expect(said).toEqual([]);
    expect(report.scenarios.filter(({ reason }) => reason !== "done")).toEqual([]);
    expect(report.scenarios).toHaveLength(SCENARIOS.length);
    const failed = report.results.filter(({ verdict, obligation }) => verdict === "fail" && obligation.startsWith("M"));
    expect(failed.map(({ code, evidence }) => `${code}: ${evidence[0]?.what} ${evidence[0]?.where}`)).toEqual([]);
    expect(passed).toBe(true);
  });
});
