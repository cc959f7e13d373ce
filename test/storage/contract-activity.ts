import { describe, expect, it } from "vitest";
import type { OutboxStore } from "../../src/seams/index.js";
import { accepted, claimAll, claimOne, MAILBOX, mail, PATIENT, settledAs, submission, T0, TENANT } from "./samples.js";

const HOUR = 3_600_000;
const query = { tenant: TENANT, mailbox: MAILBOX, since: T0, until: T0 + 10 * HOUR, stepMs: HOUR };
const step = (at: number): number => Math.floor(at / HOUR);

export function activityContract(store: () => OutboxStore): void {
  describe("activity", () => {
    it("is empty where nothing was submitted", async () => {
      expect(await store().activity(query)).toEqual({ sent: [], mails: [], receipts: [] });
    });

    it("counts recipients by step, action, kind and state", async () => {
      await store().submit(submission("a", { mails: [mail("a"), mail("a2", PATIENT)] }));
      await store().submit(submission("b", { createdAt: T0 + 2 * HOUR, action: "mail" }));
      await store().settle([accepted(await claimOne(store()))]);
      const { sent } = await store().activity(query);
      expect(sent).toHaveLength(3);
      expect(sent).toEqual(
        expect.arrayContaining([
          { step: step(T0), action: "create", kind: "professional", state: "accepted", recipients: 1 },
          { step: step(T0), action: "create", kind: "patient", state: "queued", recipients: 1 },
          { step: step(T0 + 2 * HOUR), action: "mail", kind: "professional", state: "queued", recipients: 1 },
        ]),
      );
    });

    it("names why a recipient failed or was refused", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b"));
      const [one, other] = await claimAll(store());
      if (!one || !other) throw new Error("two were due");
      const error = { code: "integration_refused", message: "x", application: "903", retryable: false };
      await store().settle([
        settledAs(one, "failed"),
        settledAs(other, "refused", {
          recipients: other.recipients.map(({ id }) => ({ id, state: "refused", error })),
        }),
      ]);
      const { sent } = await store().activity(query);
      expect(sent.map(({ state, reason }) => [state, reason])).toEqual([
        ["failed", "5.1.1"],
        ["refused", "903"],
      ]);
    });

    it("counts a mail to several recipients once, with its size", async () => {
      const both = mail("a");
      both.recipients.push({ address: "autre@cabinet.mssante.fr", kind: "professional", dedupe: [] });
      await store().submit(submission("a", { mails: [{ ...both, size: 2_000 }] }));
      await store().submit(submission("b"));
      const { sent, mails } = await store().activity(query);
      expect(sent.map(({ recipients }) => recipients)).toEqual([3]);
      expect(mails).toEqual([{ step: step(T0), action: "create", count: 2, bytes: 2_100, largest: 2_000 }]);
    });

    it("counts receipts, matched or not", async () => {
      await store().submit(submission("a"));
      const receipt = { tenant: TENANT, mailbox: MAILBOX, kind: "dsn", at: T0 + 1, data: {} } as const;
      await store().recordReceipt(
        { ...receipt, source: "1", originalMessageId: "m-a@chu-exemple.mssante.fr" },
        (recipients) => recipients.map(({ id }) => ({ recipientId: id, events: [] })),
      );
      await store().recordReceipt({ ...receipt, source: "2", kind: "mdn", originalMessageId: "x@y" }, () => []);
      expect((await store().activity(query)).receipts).toEqual([
        { step: step(T0), kind: "dsn", matched: true, count: 1 },
        { step: step(T0), kind: "mdn", matched: false, count: 1 },
      ]);
    });

    it("keeps to its time, mailbox and tenant", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b", { createdAt: T0 + 10 * HOUR }));
      await store().submit(submission("c", { mailbox: "autre@chu-exemple.mssante.fr" }));
      await store().submit(submission("d", { tenant: "autre" }));
      const { sent, mails } = await store().activity(query);
      expect([sent.length, mails[0]?.count]).toEqual([1, 1]);
      expect((await store().activity({ since: T0, until: T0 + 11 * HOUR, stepMs: HOUR })).sent).toHaveLength(2);
    });

    it("gives the same counts after the erasure of content", async () => {
      await store().submit(submission("a", { mails: [mail("a", PATIENT)] }));
      await store().settle([accepted(await claimOne(store()))]);
      const before = await store().activity(query);
      expect(await store().eraseContent(T0 + HOUR, T0 + HOUR)).toBe(1);
      expect(await store().activity(query)).toEqual(before);
    });
  });
}
