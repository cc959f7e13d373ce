import { describe, expect, it } from "vitest";
import { IntakeGate } from "../../src/sending/index.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));
function watch(promise: Promise<void>): { inside: boolean } {
  const seen = { inside: false };
  void promise.then(() => {
    seen.inside = true;
  });
  return seen;
}

describe("the intake of submissions", () => {
  const LIMITS = { any: 2, small: 4, bytes: 100 };

  it("takes a few whatever their size, the others in order of arrival", async () => {
    const gate = new IntakeGate(LIMITS);
    const asked = [1_000, 1_000, 1_000, 1].map((bytes) => watch(gate.enter(bytes)));
    await settle();
    expect(asked.map(({ inside }) => inside)).toEqual([true, true, false, false]);
    gate.leave(1_000);
    await settle();
    expect(asked.map(({ inside }) => inside)).toEqual([true, true, true, false]);
  });

  it("takes more of them while they are small together", async () => {
    const gate = new IntakeGate(LIMITS);
    const asked = [40, 40, 20, 1].map((bytes) => watch(gate.enter(bytes)));
    await settle();
    expect(asked.map(({ inside }) => inside)).toEqual([true, true, true, false]);
    gate.leave(40);
    await settle();
    expect(asked.at(-1)?.inside).toBe(true);
  });

  it("never takes more than the most, however small", async () => {
    const gate = new IntakeGate(LIMITS);
    const asked = [1, 1, 1, 1, 1].map((bytes) => watch(gate.enter(bytes)));
    await settle();
    expect(asked.map(({ inside }) => inside)).toEqual([true, true, true, true, false]);
  });

  it("holds up nobody who is alone", async () => {
    const gate = new IntakeGate();
    await gate.enter(1);
    expect(gate.ready()).toBe(0);
  });

  it("lets those that are ready wait a little for those that are not, and nobody once all are", async () => {
    const gate = new IntakeGate();
    for (let entered = 0; entered < 3; entered += 1) await gate.enter(1);
    const waits = [gate.ready(), gate.ready(), gate.ready()];
    expect(waits).toEqual([expect.any(Number), expect.any(Number), 0]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10);
    expect(Math.min(...waits.slice(0, 2))).toBeGreaterThan(0);
  });

  it("does not wait for one that failed before it was ready", async () => {
    const gate = new IntakeGate();
    await gate.enter(1);
    await gate.enter(1);
    gate.leave(1, false);
    expect(gate.ready()).toBe(0);
  });

  it("counts those that are stored as neither inside nor ready", async () => {
    const gate = new IntakeGate();
    await gate.enter(1);
    gate.ready();
    gate.leave(1);
    await gate.enter(1);
    await gate.enter(1);
    expect(gate.ready()).toBeGreaterThan(0);
  });
});
