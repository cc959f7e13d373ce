import { describe, expect, it } from "vitest";
import { MockClock } from "../../src/mock/clock.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { imapClient, LABO, MOREL, RawClient, SECRETARIAT, smtpClient, submit, xoauth2 } from "./kit.js";

const START = new Date("2026-03-02T08:00:00Z");

/** A clock over a time that only the test moves. */
function stopped(): { clock: MockClock; failed: unknown[] } {
  const failed: unknown[] = [];
  return {
    clock: new MockClock(
      () => START,
      (error) => void failed.push(error),
    ),
    failed,
  };
}

describe("the mock's clock", () => {
  it("does what falls due on the way, in order, each at its own time", () => {
    const { clock } = stopped();
    const done: string[] = [];
    clock.plan(2_000, () => done.push(`b ${clock.now().toISOString()}`));
    clock.plan(1_000, () => done.push(`a ${clock.now().toISOString()}`));
    clock.plan(5_000, () => done.push("too late"));
    clock.advance(3_000);
    expect(done).toEqual(["a 2026-03-02T08:00:01.000Z", "b 2026-03-02T08:00:02.000Z"]);
    expect(clock.now().toISOString()).toBe("2026-03-02T08:00:03.000Z");
    expect(clock.pending).toEqual([2_000]);
  });

  it("stands still when frozen, and goes on from there", () => {
    let real = START.getTime();
    const clock = new MockClock(
      () => new Date(real),
      () => {},
    );
    clock.freeze(new Date("2030-01-01T00:00:00Z"));
    real += 10_000;
    expect(clock.now().toISOString()).toBe("2030-01-01T00:00:00.000Z");
    expect(clock.frozen).toBe(true);
    clock.resume();
    real += 1_000;
    expect(clock.now().toISOString()).toBe("2030-01-01T00:00:01.000Z");
  });

  it("can be set back, and then nothing happens twice", () => {
    const { clock } = stopped();
    let done = 0;
    clock.plan(1_000, () => done++);
    clock.advance(1_000);
    clock.set(START);
    clock.advance(5_000);
    expect(done).toBe(1);
  });

  it("does what is due by itself, where it runs", async () => {
    const clock = new MockClock(
      () => new Date(),
      () => {},
    );
    await new Promise<void>((resolve) => clock.plan(5, resolve));
    expect(clock.pending).toEqual([]);
  });

  it("outlives a task that throws, and refuses to go backwards or nowhere", () => {
    const { clock, failed } = stopped();
    let done = false;
    clock.plan(1, () => {
      throw new Error("a test's own");
    });
    clock.plan(1, () => {
      done = true;
    });
    clock.advance(1);
    expect([done, failed.length]).toEqual([true, 1]);
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => clock.advance(ms)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    expect(() => clock.set(new Date(Number.NaN))).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});

describe("time in the mock", () => {
  it("dates what it writes", async () => {
    await using mock = await startMockMedimail();
    mock.clock.freeze(new Date("2031-05-06T07:08:09Z"));
    const client = await smtpClient(mock, LABO);
    await submit(client, "a@t.fr");
    expect(mock.mails[0]?.at.toISOString()).toBe("2031-05-06T07:08:09.000Z");
    expect(mock.observations.at(-1)?.at).toBe("2031-05-06T07:08:09.000Z");
  });

  it("ends the life of a token", async () => {
    await using mock = await startMockMedimail();
    const token = mock.issueToken(SECRETARIAT, { lifeMs: 120_000 });
    const login = async () => {
      const client = await imapClient(mock);
      return client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(SECRETARIAT, token)}`);
    };
    expect(await login()).toContain("OK");
    mock.clock.advance(120_000);
    expect(await login()).not.toContain("OK");
    expect(mock.tokens(SECRETARIAT).map((known) => known.token)).not.toContain(token);
  });

  it("brings receipts that come later, when their time has come", async () => {
    await using mock = await startMockMedimail({
      autoReceipts: { deliverAfterMs: 60_000, read: true, readAfterMs: 3_600_000 },
    });
    const client = await smtpClient(mock, LABO);
    await submit(client, "a@t.fr", {
      to: MOREL,
      rcpt: " NOTIFY=SUCCESS",
      headers: [`Disposition-Notification-To: <${LABO}>`],
    });
    const inbox = () =>
      mock
        .mailbox(LABO)
        .messages()
        .map((message) => message.header("content-type") ?? "");
    expect(inbox()).toEqual([]);
    mock.clock.advance(60_000);
    expect(inbox()).toEqual([expect.stringContaining("delivery-status")]);
    mock.clock.advance(3_540_000);
    expect(inbox()).toEqual([expect.stringContaining("delivery-status"), expect.stringContaining("disposition")]);
    expect(mock.mailbox(MOREL).messages()[0]?.has("\\Seen")).toBe(true);
  });

  it("delivers what a delay of some time has kept back", async () => {
    await using mock = await startMockMedimail();
    mock.after("RCPT"); // A sentence without a verb puts nothing in place.
    mock.faults.add({ name: "delay", ms: 600_000 });
    await submit(await smtpClient(mock, LABO), "a@t.fr", { to: MOREL });
    expect(mock.mailbox(MOREL).messages()).toHaveLength(0);
    mock.clock.advance(600_000);
    expect(mock.mailbox(MOREL).messages()).toHaveLength(1);
    expect(mock.release()).toBe(0);
  });

  it("keeps no process alive", async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await using mock = await startMockMedimail({ autoReceipts: { deliverAfterMs: 3_600_000 } });
    await submit(await smtpClient(mock, LABO), "a@t.fr", { to: MOREL, rcpt: " NOTIFY=SUCCESS" });
    expect(mock.clock.pending).toHaveLength(1);
    await mock.close();
    expect(mock.clock.pending).toEqual([]);
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBeLessThanOrEqual(before);
    await expect(RawClient.connect(mock.smtp.port)).rejects.toThrow();
  });
});
