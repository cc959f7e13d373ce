import { describe, expect, it } from "vitest";
import { Line, readNote, type ServiceNote, writeNote } from "../../src/supervision/index.js";

const NOTE: ServiceNote = {
  at: 1_700_000_000_000,
  paused: false,
  operator: { okAt: 1_699_999_000_000, failing: { since: 1_699_999_500_000, code: "timeout", final: false } },
  receipts: {},
};

describe("the note that a service leaves in the outbox", () => {
  it("is read as it was written", () => {
    expect(readNote(writeNote(NOTE))).toEqual(NOTE);
  });

  it.each([
    ["there is none", undefined],
    ["it is no JSON", "{"],
    ["it is no object", "7"],
    ["it is null", "null"],
    ["it has no time", '{"paused":false}'],
    ["its time is none", '{"at":1e300}'],
    ["it is too long", `{"at":1,"more":"${"x".repeat(1_000)}"}`],
  ])("is none where %s", (_, text) => {
    expect(readNote(text)).toBeUndefined();
  });

  it("of another version keeps what is understood: codes that are not known are `internal`", () => {
    const text = JSON.stringify({
      at: 5,
      paused: "yes",
      operator: { okAt: "soon", failing: { since: 4, code: "constructor", final: 1 } },
      receipts: [],
      added: true,
    });
    expect(readNote(text)).toEqual({
      at: 5,
      paused: false,
      operator: { failing: { since: 4, code: "internal", final: false } },
      receipts: {},
    });
  });
});

describe("what is known of a service of the operator", () => {
  function line() {
    const told: string[] = [];
    const clock = { now: 0 };
    const one = new Line(
      () => clock.now,
      () => told.push(String(clock.now)),
    );
    return { one, told, clock };
  }

  it("is told when it begins to fail, fails otherwise and fails no more, not each time", () => {
    const { one, told, clock } = line();
    for (const step of ["ok", "ok", "timeout", "timeout", "auth_refused", "ok", "ok"] as const) {
      clock.now += 1;
      if (step === "ok") one.succeeded();
      else one.failed(step, step === "auth_refused");
    }
    expect(told).toEqual(["1", "3", "5", "6"]);
    expect(one.state).toEqual({ okAt: 7 });
  });

  it("fails since it began to, whatever it fails with meanwhile", () => {
    const { one, clock } = line();
    one.succeeded();
    clock.now = 10;
    one.failed("timeout", false);
    clock.now = 20;
    one.failed("auth_refused", true);
    expect(one.state).toEqual({ okAt: 0, failing: { since: 10, code: "auth_refused", final: true } });
  });

  it("begins with the last success of the process before, and without its failure", () => {
    const { one } = line();
    one.begin({ okAt: 3, failing: { since: 4, code: "timeout", final: false } });
    expect(one.state).toEqual({ okAt: 3 });
  });
});
