import { describe, expect, it } from "vitest";
import type { OutboxStore } from "../../src/seams/index.js";
import {
  accepted,
  claimAll,
  claimOne,
  MAILBOX,
  mail,
  OTHER_WORKER,
  PATIENT,
  settledAs,
  stateOf,
  submission,
  T0,
  TENANT,
  trace,
  WORKER,
  worker,
} from "./samples.js";

const LATER = T0 + 10_000_000;

export function lifeContract(store: () => OutboxStore): void {
  describe("requeue", () => {
    it("makes failed recipients due at once, with the tries counted anew", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "failed")]);
      const row = await store().requeue("s-a", ["failed", "refused"], T0 + 7, [{ ...trace, action: "resend" }]);
      expect(row.recipients[0]).toMatchObject({ state: "queued", attempts: 0 });
      expect(row.recipients[0]).not.toHaveProperty("error");
      expect(await claimOne(store(), T0 + 7)).toMatchObject({ messageId: "m-a@chu-exemple.mssante.fr", attempts: 0 });
      expect((await store().traces({})).map(({ action }) => action)).toEqual(["send", "resend"]);
      expect((await store().events({})).map(({ event }) => event)).toEqual(["queued", "queued"]);
    });

    it("leaves recipients in other states as they are", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      await store().requeue("s-a", ["failed"], T0, []);
      expect(await stateOf(store(), "a")).toBe("accepted");
      expect(await claimAll(store())).toEqual([]);
    });

    it("takes nothing out of a worker's hands", async () => {
      await store().submit(submission("a"));
      const { mailId } = await claimOne(store());
      await store().requeue("s-a", ["queued"], T0, []);
      await expect(store().markHandover(WORKER, [mailId])).resolves.toBeUndefined();
    });

    it("takes the document again, so that it cannot be submitted beside", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "failed")]);
      await store().requeue("s-a", ["failed"], T0, []);
      await expect(store().submit(submission("b", { mails: [mail("a")] }))).rejects.toMatchObject({
        code: "already_sent",
      });
    });

    it.each(["requeue", "resolve", "cancel", "setPaused"] as const)(
      "says of %s that the submission is not found",
      async (method) => {
        const calls = {
          requeue: () => store().requeue("none", ["failed"], T0, []),
          resolve: () => store().resolve("none", [], [], []),
          cancel: () => store().cancel("none", T0, []),
          setPaused: () => store().setPaused("none", true),
        };
        await expect(calls[method]()).rejects.toMatchObject({ code: "submission_not_found" });
      },
    );
  });

  describe("resolve", () => {
    it("settles an unknown recipient", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().settle([settledAs(claimed, "unknown")]);
      const id = claimed.recipients[0]?.id ?? 0;
      const event = { submission: "s-a", event: "accepted" as const, at: T0, recipientId: id };
      const row = await store().resolve("s-a", [{ id, state: "accepted", error: null }], [event], [trace]);
      expect(row.recipients[0]).toMatchObject({ state: "accepted" });
      expect(row.recipients[0]).not.toHaveProperty("error");
      expect((await store().events({})).map(({ event: name }) => name)).toEqual(["queued", "accepted"]);
    });

    it("makes the mail due again where the decision is to send it again", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().settle([settledAs(claimed, "unknown")]);
      await store().resolve("s-a", [{ id: claimed.recipients[0]?.id ?? 0, state: "queued" }], [], []);
      expect(await claimAll(store(), Date.now() + LATER)).toMatchObject([{ messageId: claimed.messageId }]);
    });

    it("does not overrule news that came first", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().settle([accepted(claimed)]);
      const id = claimed.recipients[0]?.id ?? 0;
      const event = { submission: "s-a", event: "failed" as const, at: T0, recipientId: id };
      await store().resolve("s-a", [{ id, state: "failed" }], [event], []);
      expect(await stateOf(store(), "a")).toBe("accepted");
      expect((await store().events({})).map(({ event: name }) => name)).not.toContain("failed");
    });

    it("refuses a recipient of another submission", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b"));
      const id = (await store().get("s-b"))?.recipients[0]?.id ?? 0;
      await expect(store().resolve("s-a", [{ id, state: "failed" }], [], [])).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });
  });

  describe("restored", () => {
    const box = ({ tenant, mailbox, count }: { tenant: string; mailbox: string; count: number }) => ({
      ...trace,
      tenant,
      mailbox,
      action: "restore",
      answer: `${count}`,
    });

    it("puts in doubt what is queued, in a dead worker's hands too, of every mailbox; nothing is due any more", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b", { mailbox: "other@chu-exemple.mssante.fr" }));
      await store().submit(submission("c", { notBefore: LATER }));
      await store().submit(submission("d"));
      await store().heartbeat(worker(WORKER), T0);
      await store().settle([accepted(await claimOne(store()))]);
      await claimOne(store());
      expect(await store().restored({ now: T0, isDead: () => true, trace: box })).toBe(2);
      expect(await Promise.all(["a", "b", "c", "d"].map((name) => stateOf(store(), name)))).toEqual([
        "accepted",
        "unknown",
        "queued",
        "unknown",
      ]);
      expect(await claimAll(store(), T0, OTHER_WORKER)).toEqual([]);
      expect(await store().recover({ worker: OTHER_WORKER, now: LATER, isDead: () => true })).toEqual([]);
      expect((await store().traces({})).filter(({ action }) => action === "restore")).toHaveLength(2);
      expect((await claimAll(store(), LATER, OTHER_WORKER)).map(({ submission: id }) => id)).toEqual(["s-c"]);
    });

    it("tells its events after those that readers may have seen since the copy", async () => {
      await store().submit(submission("a"));
      const seenSince = (await store().lastEventSeq()) + 1_000_000;
      await store().restored({ now: T0, isDead: () => true, trace: box });
      expect(await store().events({ after: seenSince })).toMatchObject([{ event: "unknown", submission: "s-a" }]);
      expect(await store().lastEventSeq()).toBeGreaterThan(seenSince);
    });

    it("is refused where a worker lives, and changes nothing", async () => {
      await store().submit(submission("a"));
      await store().heartbeat(worker(WORKER), T0);
      await expect(store().restored({ now: T0, isDead: () => false, trace: box })).rejects.toMatchObject({
        code: "submission_state",
      });
      expect(await stateOf(store(), "a")).toBe("queued");
    });
  });

  describe("cancel", () => {
    it("cancels what is queued, says so, and never sends it", async () => {
      await store().submit(submission("a"));
      const row = await store().cancel("s-a", T0 + 3, [{ ...trace, action: "cancel" }]);
      expect(row.recipients[0]).toMatchObject({ state: "cancelled", updatedAt: T0 + 3 });
      expect(await claimAll(store(), LATER)).toEqual([]);
      expect((await store().events({})).map(({ event }) => event)).toEqual(["queued", "cancelled"]);
    });

    it("of nothing leaves no trace: it would say that something was withdrawn (ECO.4.1.1)", async () => {
      await store().submit(submission("a"));
      const traces = [{ ...trace, action: "cancel" }];
      for (const at of [T0 + 3, T0 + 4]) await store().cancel("s-a", at, traces);
      expect((await store().traces({})).map(({ action }) => action)).toEqual(["cancel"]);
    });

    it("leaves alone what is in a worker's hands", async () => {
      await store().submit(submission("a", { mails: [mail("a"), mail("b", "b@cabinet.mssante.fr")] }));
      await store().claim({ worker: WORKER, now: T0, limit: 1 });
      const row = await store().cancel("s-a", T0, []);
      expect(row.recipients.map(({ state }) => state)).toEqual(["queued", "cancelled"]);
    });
  });

  describe("list", () => {
    it("gives the newest first, page by page", async () => {
      for (const name of ["a", "b", "c", "d", "e"]) await store().submit(submission(name));
      const first = await store().list({ limit: 2 });
      const second = await store().list({ limit: 2, after: first.at(-1)?.id ?? "" });
      expect([...first, ...second].map(({ id }) => id)).toEqual(["s-e", "s-d", "s-c", "s-b"]);
    });

    it("keeps to a state, a tenant and a mailbox", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "failed")]);
      await store().submit(submission("b"));
      await store().submit(submission("c", { mailbox: "radio@chu-exemple.mssante.fr" }));
      const ids = async (query: Parameters<OutboxStore["list"]>[0]) => (await store().list(query)).map(({ id }) => id);
      expect(await ids({ state: "failed" })).toEqual(["s-a"]);
      expect(await ids({ state: "queued", mailbox: MAILBOX })).toEqual(["s-b"]);
      expect(await ids({ tenant: "none" })).toEqual([]);
    });
  });

  describe("stats", () => {
    it("counts submissions, states, what is due and the age of the oldest", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      await store().submit(submission("b"));
      await store().submit(submission("c", { notBefore: LATER }));
      expect(await store().stats({ now: T0 + 500 })).toMatchObject({
        submissions: 3,
        byState: { accepted: 1, queued: 2, failed: 0 },
        due: 1,
        oldestDueMs: 500,
        unmatchedReceipts: 0,
      });
      expect(await store().stats({ tenant: "none", now: T0 })).toMatchObject({
        submissions: 0,
        due: 0,
        oldestDueMs: 0,
      });
    });
  });

  describe("events", () => {
    it("are read from a cursor on, in order", async () => {
      for (const name of ["a", "b", "c"]) await store().submit(submission(name));
      const [first, ...rest] = await store().events({});
      expect(await store().events({ after: first?.seq ?? 0 })).toEqual(rest);
      expect(await store().lastEventSeq()).toBe(rest.at(-1)?.seq);
      expect(await store().events({ after: await store().lastEventSeq() })).toEqual([]);
    });

    it("keep to a mailbox and a limit", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b", { mailbox: "radio@chu-exemple.mssante.fr" }));
      expect(await store().events({ mailbox: "radio@chu-exemple.mssante.fr" })).toMatchObject([{ submission: "s-b" }]);
      expect(await store().events({ limit: 1 })).toMatchObject([{ submission: "s-a" }]);
    });
  });

  describe("traces (ECO.4.1.1, ECO.4.1.2)", () => {
    const at = (hour: string) => ({ ...trace, at: `2026-11-23T${hour}:00:00.000+01:00`, action: hour });

    it("are kept in order, with the answer of a failure", async () => {
      const refused = { ...trace, ok: false, answer: "550 5.1.1 no such user" };
      await store().appendTraces([trace, refused]);
      expect(await store().traces({})).toMatchObject([trace, refused]);
    });

    it("compare times by the instant, not by their text", async () => {
      await store().appendTraces([at("09"), at("10"), at("11")]);
      const found = await store().traces({ since: "2026-11-23T09:00:00Z", until: "2026-11-23T10:00:00Z" });
      expect(found.map(({ action }) => action)).toEqual(["10"]);
    });

    it("are read page by page and by mailbox", async () => {
      await store().appendTraces([at("09"), { ...at("10"), mailbox: "other@x.mssante.fr" }, at("11")]);
      const [first] = await store().traces({ mailbox: MAILBOX, limit: 1 });
      expect(await store().traces({ mailbox: MAILBOX, after: first?.seq ?? 0 })).toMatchObject([{ action: "11" }]);
    });

    it("leave by their retention only, older ones first", async () => {
      await store().appendTraces([at("09"), at("10"), at("11")]);
      expect(await store().eraseTraces("2026-11-23T10:30:00+01:00")).toBe(2);
      expect((await store().traces({})).map(({ action }) => action)).toEqual(["11"]);
    });

    it("stay where they are of before any right clock: nobody knows how old they are (ECO.4.1.1)", async () => {
      await store().appendTraces([{ ...trace, at: "1970-01-01T00:05:00.000Z" }, at("09")]);
      expect(await store().eraseTraces("2026-11-23T10:30:00+01:00")).toBe(1);
      expect(await store().traces({})).toMatchObject([{ at: "1970-01-01T00:05:00.000Z" }]);
    });

    it("need a real time", async () => {
      await expect(store().appendTraces([{ ...trace, at: "yesterday" }])).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });
  });

  describe("eraseContent", () => {
    it("erases the content of what is settled, and keeps its rows", async () => {
      await store().submit(submission("a", { key: "k", mails: [mail("a", PATIENT)] }));
      await store().settle([accepted(await claimOne(store()))]);
      expect(await store().eraseContent(LATER, LATER)).toBe(1);
      const row = await store().get("s-a");
      expect(row).toMatchObject({
        key: "k",
        erasedAt: LATER,
        info: { documents: [] },
        recipients: [{ state: "accepted", address: "" }],
      });
      expect(JSON.stringify(await store().events({}))).not.toContain("patient");
      expect(await store().eraseContent(LATER, LATER)).toBe(0);
    });

    it.each(["queued", "in hand", "unknown", "changed since"])("keeps the content of what is %s", async (what) => {
      await store().submit(submission("a"));
      if (what !== "queued") {
        const claimed = await claimOne(store());
        if (what === "unknown") await store().settle([settledAs(claimed, "unknown")]);
        if (what === "changed since") await store().settle([accepted(claimed, { at: LATER })]);
      }
      expect(await store().eraseContent(LATER, LATER)).toBe(0);
    });

    it("refuses to send again what was erased", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "failed")]);
      await store().eraseContent(LATER, LATER);
      await expect(store().requeue("s-a", ["failed"], LATER, [])).rejects.toMatchObject({ code: "submission_state" });
    });

    it("counts from now what was settled before any right clock", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()), { at: 60_000 })]);
      expect(await store().eraseContent(T0 + 1, T0 + 2)).toBe(0);
      expect(await store().eraseContent(T0 + 2, T0 + 3)).toBe(0);
      expect(await store().eraseContent(T0 + 3, T0 + 4)).toBe(1);
    });

    it("waits for every mail of the submission", async () => {
      await store().submit(submission("a", { mails: [mail("a"), mail("b", "b@cabinet.mssante.fr")] }));
      await store().settle([accepted(await claimOne(store()))]);
      expect(await store().eraseContent(LATER, LATER)).toBe(0);
      await store().settle([accepted(await claimOne(store()))]);
      expect(await store().eraseContent(LATER, LATER)).toBe(1);
    });
  });

  describe("cursors", () => {
    it("are kept by tenant, mailbox and name", async () => {
      await store().setCursor(TENANT, MAILBOX, "receipts", "INBOX/1/42");
      await store().setCursor(TENANT, MAILBOX, "receipts", "INBOX/1/43");
      expect(await store().cursor(TENANT, MAILBOX, "receipts")).toBe("INBOX/1/43");
      expect(await store().cursor(TENANT, "other", "receipts")).toBeUndefined();
    });
  });

  it("keeps a worker that beats while others recover", async () => {
    await store().heartbeat(worker(OTHER_WORKER), T0);
    expect(await store().recover({ worker: WORKER, now: T0, isDead: () => false })).toEqual([]);
  });
}
