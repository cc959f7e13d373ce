import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { backoffMs, DEFAULT_BACKOFF } from "../../src/sending/backoff.js";
import { Circuit } from "../../src/sending/circuit.js";
import { Gate } from "../../src/sending/gate.js";

describe("back-off", () => {
  it("doubles, stays under its limit and within its jitter", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer(), (attempt, seed) => {
        const full = Math.min(DEFAULT_BACKOFF.maxMs, DEFAULT_BACKOFF.baseMs * 2 ** Math.min(30, attempt - 1));
        const wait = backoffMs(attempt, DEFAULT_BACKOFF, seededRandom(seed));
        expect(wait).toBeLessThanOrEqual(full);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(full * (1 - DEFAULT_BACKOFF.jitter)));
      }),
    );
  });
});

describe("the circuit of an operator", () => {
  function circuit() {
    let now = 1_000;
    const it = new Circuit({ now: () => now }, { threshold: 3, pauseMs: 100, maxPauseMs: 400 });
    const pass = (ms: number) => {
      now += ms;
    };
    return { it, pass };
  }

  it("opens after so many faults in a row", () => {
    const { it: c } = circuit();
    c.failed();
    c.failed();
    expect(c.permits()).toBe(Number.POSITIVE_INFINITY);
    c.failed();
    expect(c.permits()).toBe(0);
  });

  it("lets one probe through after its pause", () => {
    const { it: c, pass } = circuit();
    for (let i = 0; i < 3; i += 1) c.failed();
    pass(100);
    expect(c.permits()).toBe(1);
    c.started();
    expect(c.permits()).toBe(0);
  });

  it("closes with a success", () => {
    const { it: c, pass } = circuit();
    for (let i = 0; i < 3; i += 1) c.failed();
    pass(100);
    c.started();
    c.succeeded();
    expect(c.state).toBe("closed");
  });

  it("waits twice as long after each failed probe, up to its limit", () => {
    const { it: c, pass } = circuit();
    for (let i = 0; i < 3; i += 1) c.failed();
    const pauses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      pass(400);
      c.started();
      const before = c.retryAt;
      c.failed();
      pauses.push(c.retryAt - before);
    }
    expect(c.retryAt).toBeGreaterThan(0);
    expect(c.permits()).toBe(0);
    expect(pauses.at(-1)).toBeLessThanOrEqual(800);
  });

  it("opens at once for a fault that no retry mends", () => {
    const { it: c } = circuit();
    c.failed(true);
    expect(c.permits()).toBe(0);
  });

  it("frees the probe's place where the probe said nothing of the operator", () => {
    const { it: c, pass } = circuit();
    for (let i = 0; i < 3; i += 1) c.failed();
    pass(100);
    c.started();
    c.neutral();
    expect(c.permits()).toBe(1);
  });
});

describe("the gate", () => {
  it("lets so many in, and the others in their order", async () => {
    const gate = new Gate(1);
    const order: number[] = [];
    await gate.enter();
    const waiting = [1, 2].map((n) => gate.enter().then(() => order.push(n)));
    gate.leave();
    await waiting[0];
    gate.leave();
    await waiting[1];
    expect(order).toEqual([1, 2]);
  });
});
