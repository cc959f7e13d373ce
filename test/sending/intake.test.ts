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
    const ready = watch(gate.together());
    await Promise.resolve();
    expect(ready.inside).toBe(true);
  });

  it("lets those go together that are ready when all inside are", async () => {
    const gate = new IntakeGate();
    for (let entered = 0; entered < 3; entered += 1) await gate.enter(1);
    const ready = [watch(gate.together()), watch(gate.together())];
    await Promise.resolve();
    expect(ready.map(({ inside }) => inside)).toEqual([false, false]);
    ready.push(watch(gate.together()));
    await Promise.resolve();
    expect(ready.map(({ inside }) => inside)).toEqual([true, true, true]);
  });

  it("does not wait for one that failed", async () => {
    const gate = new IntakeGate();
    await gate.enter(1);
    await gate.enter(1);
    const ready = watch(gate.together());
    gate.leave(1);
    await Promise.resolve();
    expect(ready.inside).toBe(true);
  });

  it("waits a few milliseconds at most for one that takes long", async () => {
    const gate = new IntakeGate();
    await gate.enter(1);
    await gate.enter(25_000_000);
    const since = performance.now();
    await gate.together();
    expect(performance.now() - since).toBeLessThan(500);
  });
});
