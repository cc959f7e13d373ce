import { describe, expect, it } from "vitest";
import { RequestRate, sharedRate } from "../../src/directory/index.js";
import type { Clock } from "../../src/seams/index.js";
import { errorOf } from "./kit.js";

/** Time that passes when somebody sleeps. */
function slept(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += ms;
    },
  };
  return clock;
}

describe("requests a second", () => {
  it("are 17 in any window of a second, whoever asks", async () => {
    const clock = slept();
    const rate = new RequestRate(17, clock);
    const sent: number[] = [];
    const request = async () => void sent.push(clock.at);
    await Promise.all(Array.from({ length: 100 }, () => rate.run(request)));
    for (const at of sent)
      expect(sent.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(17);
    expect(sent).toHaveLength(100);
    expect(sent.at(-1)).toBeLessThanOrEqual(6_000);
  });

  it("stand still for everybody after a refusal", async () => {
    const clock = slept();
    const rate = new RequestRate(17, clock);
    rate.pause(5_000);
    await rate.run(async () => {});
    expect(clock.at).toBe(5_000);
  });

  it("count a request until a second after its answer: it may have arrived just before", async () => {
    const clock = slept();
    const rate = new RequestRate(1, clock);
    await rate.run(async () => {
      clock.at += 700;
    });
    await rate.run(async () => {});
    expect(clock.at).toBe(1_700);
  });

  it("wait for an answer where all are under way", async () => {
    const rate = new RequestRate(2, slept());
    const answers: (() => void)[] = [];
    const request = () => new Promise<void>((resolve) => answers.push(resolve));
    const all = [rate.run(request), rate.run(request), rate.run(request)];
    await new Promise(setImmediate);
    expect(answers).toHaveLength(2);
    answers[0]?.();
    await all[0];
    await new Promise(setImmediate);
    expect(answers).toHaveLength(3);
    for (const answer of answers) answer();
    await Promise.all(all);
  });

  it("give the place of one who gave up to the next", async () => {
    const rate = new RequestRate(1);
    await rate.run(async () => {});
    const ended = new AbortController();
    const waiting = errorOf(rate.run(async () => expect.unreachable(), ended.signal));
    ended.abort();
    expect((await waiting).code).toBe("aborted");
    await rate.run(async () => {});
  });

  it("are shared by the whole process towards one server", () => {
    expect(sharedRate("https://a.example/fhir/v2")).toBe(sharedRate("https://a.example/other"));
    expect(sharedRate("https://a.example/fhir/v2")).not.toBe(sharedRate("https://b.example/fhir/v2"));
  });
});
