import { describe, expect, it } from "vitest";
import type { OutboxStore } from "../../src/seams/index.js";
import {
  accepted,
  claimAll,
  claimOne,
  mail,
  OTHER_WORKER,
  PROFESSIONAL,
  settledAs,
  stateOf,
  submission,
  T0,
  TENANT,
  text,
  trace,
  WORKER,
  worker,
} from "./samples.js";

const names = (mails: { submission: string }[]) => mails.map(({ submission: id }) => id);

export function claimContract(store: () => OutboxStore): void {
  describe("claim", () => {
    it("gives the whole mail", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      expect(claimed).toMatchObject({
        submission: "s-a",
        tenant: TENANT,
        messageId: "m-a@chu-exemple.mssante.fr",
        attempts: 0,
        createdAt: T0,
        size: 100,
        action: "create",
        info: { actor: "dr.martin", reference: "ref-a" },
        recipients: [{ address: PROFESSIONAL, kind: "professional" }],
      });
      expect(text(claimed.content)).toBe("Subject: a\r\n\r\nbody of a");
    });

    it("never gives a mail to two workers", async () => {
      await store().submit(submission("a"));
      const both = await Promise.all([claimAll(store()), claimAll(store(), T0, OTHER_WORKER)]);
      expect(both.flat()).toHaveLength(1);
    });

    it("gives the highest priority first, then the longest due", async () => {
      await store().submit(submission("late", { createdAt: T0 + 2 }));
      await store().submit(submission("early", { createdAt: T0 + 1 }));
      await store().submit(submission("low", { priority: 1 }));
      await store().submit(submission("urgent", { priority: 9, createdAt: T0 + 3 }));
      expect(names(await claimAll(store(), T0 + 10))).toEqual(["s-urgent", "s-early", "s-late", "s-low"]);
    });

    it("passes over urgent mails that are not due yet", async () => {
      await store().submit(submission("later", { priority: 9, notBefore: T0 + 60_000 }));
      await store().submit(submission("now", { priority: 1 }));
      expect(names(await claimAll(store()))).toEqual(["s-now"]);
    });

    it("keeps to the limit", async () => {
      for (const name of ["a", "b", "c"]) await store().submit(submission(name));
      expect(await store().claim({ worker: WORKER, now: T0, limit: 2 })).toHaveLength(2);
    });

    it("keeps to the mailbox, the tenant or the submission asked", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b", { mailbox: "radio@chu-exemple.mssante.fr" }));
      await store().submit(submission("c", { tenant: "other" }));
      await store().submit(submission("d"));
      const base = { worker: WORKER, now: T0, limit: 10 };
      expect(names(await store().claim({ ...base, mailbox: "radio@chu-exemple.mssante.fr" }))).toEqual(["s-b"]);
      expect(names(await store().claim({ ...base, tenant: "other" }))).toEqual(["s-c"]);
      expect(names(await store().claim({ ...base, submission: "s-d" }))).toEqual(["s-d"]);
    });

    it("gives nothing of a paused submission, until it is resumed", async () => {
      await store().submit(submission("a"));
      await store().setPaused("s-a", true);
      expect(await claimAll(store())).toEqual([]);
      expect((await store().get("s-a"))?.paused).toBe(true);
      await store().setPaused("s-a", false);
      expect(names(await claimAll(store()))).toEqual(["s-a"]);
    });

    it("says when the next mail is due", async () => {
      expect(await store().nextDue({})).toBeUndefined();
      await store().submit(submission("a", { notBefore: T0 + 500, priority: 9 }));
      await store().submit(submission("b", { notBefore: T0 + 200, priority: 1 }));
      expect(await store().nextDue({})).toBe(T0 + 200);
      expect(await store().nextDue({ submission: "s-a" })).toBe(T0 + 500);
      expect(await store().nextDue({ tenant: "other" })).toBeUndefined();
    });

    it("does not count a mail in a worker's hands as due", async () => {
      await store().submit(submission("a"));
      await claimOne(store());
      expect(await store().nextDue({})).toBeUndefined();
    });
  });

  describe("hasten", () => {
    it("makes due what waits for longer than anybody of this mailbox is made to, but what was scheduled", async () => {
      const put = { recipients: [], events: [], traces: [], next: { kind: "retry", dueAt: T0 + 9_000 } } as const;
      for (const name of ["a", "b"]) await store().submit(submission(name));
      await store().submit(submission("scheduled", { notBefore: T0 + 9_000 }));
      // Whose back-off may be longer.
      await store().submit(submission("of another", { mailbox: "other@ch-exemple.mssante.fr" }));
      for (const mail of await claimAll(store())) await store().settle([{ ...accepted(mail), ...put } as never]);
      const { tenant, mailbox } = submission("a");
      const hasten = (beyond: number) => store().hasten({ tenant, mailbox, now: T0, beyond });
      expect(await hasten(T0 + 9_000)).toBe(0);
      expect(await claimAll(store())).toEqual([]);
      expect(await hasten(T0 + 8_999)).toBe(2);
      expect(names(await claimAll(store()))).toEqual(["s-a", "s-b"]);
      expect(await hasten(T0)).toBe(0);
    });
  });

  describe("markHandover", () => {
    it("refuses a worker that does not hold the mail", async () => {
      await store().submit(submission("a"));
      const { mailId } = await claimOne(store());
      await expect(store().markHandover(OTHER_WORKER, [mailId])).rejects.toMatchObject({ code: "lease_lost" });
    });

    it("marks none where one is lost", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b"));
      const [a, b] = await claimAll(store());
      await store().heartbeat(worker(WORKER), T0);
      await store().settle([accepted(b ?? never())]);
      await expect(store().markHandover(WORKER, [a?.mailId ?? 0, b?.mailId ?? 0])).rejects.toMatchObject({
        code: "lease_lost",
      });
      expect(await store().recover({ worker: OTHER_WORKER, now: T0, isDead: () => true })).toEqual([]);
      expect(names(await claimAll(store(), T0, OTHER_WORKER))).toEqual(["s-a"]);
    });
  });

  describe("settle", () => {
    it("notes what was accepted, its event and its trace", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      expect((await store().get("s-a"))?.recipients[0]).toMatchObject({
        state: "accepted",
        attempts: 1,
        stage: "done",
        updatedAt: T0 + 1_000,
      });
      expect((await store().events({ submission: "s-a" })).map(({ event }) => event)).toEqual(["queued", "accepted"]);
      expect(await store().traces({})).toMatchObject([trace]);
      expect(await claimAll(store(), T0 + 1e9)).toEqual([]);
    });

    it("makes a mail to retry due at its time, with the error kept", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      const error = { code: "smtp_temporary", message: "greylisted", reply: 451, retryable: true };
      const recipients = claimed.recipients.map(({ id }) => ({ id, error }));
      await store().settle([
        accepted(claimed, { recipients, next: { kind: "retry", dueAt: T0 + 5_000 }, stage: "rcpt", events: [] }),
      ]);
      expect(await claimAll(store(), T0 + 4_999)).toEqual([]);
      expect(await claimOne(store(), T0 + 5_000)).toMatchObject({ attempts: 1 });
      expect((await store().get("s-a"))?.recipients[0]).toMatchObject({ state: "queued", error, stage: "rcpt" });
    });

    it("gives only the recipients still queued to the next try", async () => {
      const one = mail("a");
      const second = { address: "b@cabinet.mssante.fr", kind: "professional" as const, dedupe: [] };
      await store().submit(submission("a", { mails: [{ ...one, recipients: [...one.recipients, second] }] }));
      const claimed = await claimOne(store());
      const recipients = [{ id: claimed.recipients[0]?.id ?? 0, state: "accepted" as const }];
      await store().settle([accepted(claimed, { recipients, next: { kind: "retry", dueAt: T0 } })]);
      expect((await claimOne(store())).recipients).toMatchObject([{ address: "b@cabinet.mssante.fr" }]);
    });

    it("releases a mail as if it had not been claimed", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().settle([
        accepted(claimed, { recipients: [], events: [], next: { kind: "release" }, attempted: false }),
      ]);
      expect(await claimOne(store(), T0, OTHER_WORKER)).toMatchObject({ submission: "s-a", attempts: 0 });
    });

    it("keeps a mail in doubt out of every worker's hands", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "unknown")]);
      expect(await claimAll(store(), T0 + 1e9)).toEqual([]);
      expect(await stateOf(store(), "a")).toBe("unknown");
    });

    it("keeps the news that a mail was accepted although the lease was lost, and stops the other worker", async () => {
      await store().submit(submission("a"));
      await store().heartbeat(worker(WORKER), T0);
      const claimed = await claimOne(store());
      await store().recover({ worker: OTHER_WORKER, now: T0, isDead: () => true });
      const taken = await claimOne(store(), T0, OTHER_WORKER);
      await store().settle([accepted(claimed)]);
      expect(await stateOf(store(), "a")).toBe("accepted");
      await expect(store().markHandover(OTHER_WORKER, [taken.mailId])).rejects.toMatchObject({ code: "lease_lost" });
    });

    it("leaves a retry of a lost lease to the worker that holds the mail, but keeps its trace", async () => {
      await store().submit(submission("a"));
      await store().heartbeat(worker(WORKER), T0);
      const claimed = await claimOne(store());
      await store().recover({ worker: OTHER_WORKER, now: T0, isDead: () => true });
      const taken = await claimOne(store(), T0, OTHER_WORKER);
      await store().settle([accepted(claimed, { recipients: [], events: [], next: { kind: "retry", dueAt: T0 } })]);
      await expect(store().markHandover(OTHER_WORKER, [taken.mailId])).resolves.toBeUndefined();
      expect(await store().traces({})).toHaveLength(1);
    });

    it("refuses a recipient of another mail, and applies nothing", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b"));
      const [a, b] = await claimAll(store());
      const crossed = accepted(a ?? never(), { recipients: [{ id: b?.recipients[0]?.id ?? 0, state: "accepted" }] });
      await expect(store().settle([crossed])).rejects.toMatchObject({ code: "invalid_argument" });
      expect(await stateOf(store(), "b")).toBe("queued");
      expect(await store().traces({})).toEqual([]);
    });
  });

  describe("recover", () => {
    it("makes due at once what a dead worker held before the hand-over", async () => {
      await store().heartbeat(worker(WORKER), T0);
      await store().submit(submission("a"));
      await claimOne(store());
      expect(await store().recover({ worker: OTHER_WORKER, now: T0, isDead: ({ id }) => id === WORKER })).toEqual([]);
      expect(names(await claimAll(store(), T0, OTHER_WORKER))).toEqual(["s-a"]);
    });

    it("hands what a dead worker had begun to hand over to the caller, and to nobody else", async () => {
      await store().heartbeat(worker(WORKER), T0);
      await store().submit(submission("a"));
      await store().markHandover(WORKER, [(await claimOne(store())).mailId]);
      const [taken, ...others] = await store().recover({
        worker: OTHER_WORKER,
        now: T0,
        isDead: ({ id }) => id === WORKER,
      });
      expect(others).toEqual([]);
      expect(taken).toMatchObject({ submission: "s-a", messageId: "m-a@chu-exemple.mssante.fr" });
      expect(await claimAll(store(), T0 + 1e9)).toEqual([]);
      await store().settle([settledAs(taken ?? never(), "unknown", { worker: OTHER_WORKER })]);
      expect(await stateOf(store(), "a")).toBe("unknown");
    });

    it("takes nothing from a live worker", async () => {
      await store().heartbeat(worker(WORKER), T0);
      await store().submit(submission("a"));
      await claimOne(store());
      await store().recover({ worker: OTHER_WORKER, now: T0 + 1e9, isDead: () => false });
      expect(await claimAll(store(), T0 + 1e9, OTHER_WORKER)).toEqual([]);
    });

    it("never takes the caller for dead", async () => {
      await store().heartbeat(worker(WORKER), T0);
      await store().submit(submission("a"));
      await claimOne(store());
      await store().recover({ worker: WORKER, now: T0, isDead: () => true });
      expect(await claimAll(store(), T0, OTHER_WORKER)).toEqual([]);
    });

    it("tells isDead what the worker said of itself", async () => {
      await store().heartbeat(worker(WORKER, { host: "h2", boot: "b2", pid: 7, pidStart: "99" }), T0);
      await store().heartbeat(worker(WORKER, { host: "h2", boot: "b2", pid: 7, pidStart: "99" }), T0 + 42);
      const seen: unknown[] = [];
      await store().recover({ worker: OTHER_WORKER, now: T0, isDead: (known) => seen.push(known) < 0 });
      const beat = { heartbeatAt: T0 + 42, elapsedAt: expect.any(Number) };
      expect(seen).toEqual([
        expect.objectContaining({ id: WORKER, host: "h2", boot: "b2", pid: 7, pidStart: "99", ...beat }),
      ]);
    });

    it("gives back at once what a worker that leaves still held", async () => {
      await store().heartbeat(worker(WORKER), T0);
      await store().submit(submission("a"));
      await claimOne(store());
      await store().removeWorker(WORKER);
      expect(names(await claimAll(store(), T0, OTHER_WORKER))).toEqual(["s-a"]);
    });
  });
}

function never(): never {
  throw new Error("nothing was claimed");
}
