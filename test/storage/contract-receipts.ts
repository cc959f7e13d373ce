import { describe, expect, it } from "vitest";
import type {
  OutboxStore,
  ReceiptDecision,
  ReceiptInput,
  RecipientRow,
  RecipientState,
  SubmissionEventName,
} from "../../src/seams/index.js";
import {
  accepted,
  claimAll,
  claimOne,
  MAILBOX,
  mail,
  settledAs,
  stateOf,
  submission,
  T0,
  TENANT,
  trace,
} from "./samples.js";

function receipt(source: string, changes: Partial<ReceiptInput> = {}): ReceiptInput {
  return {
    tenant: TENANT,
    mailbox: MAILBOX,
    source,
    kind: "dsn",
    at: T0 + 9_000,
    originalMessageId: "m-a@chu-exemple.mssante.fr",
    data: { kind: "dsn", recipients: [{ action: "delivered" }] },
    ...changes,
  };
}

const all =
  (state: RecipientState & SubmissionEventName) =>
  (recipients: RecipientRow[]): ReceiptDecision[] =>
    recipients.map(({ id, submission: name }) => ({
      recipientId: id,
      change: { id, state },
      events: [{ submission: name, event: state, at: T0 + 9_000, recipientId: id }],
    }));

const LATER = T0 + 10_000_000;

export function receiptContract(store: () => OutboxStore): void {
  describe("recordReceipt", () => {
    it("moves the recipient that the Message-ID names", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      expect(await store().recordReceipt(receipt("INBOX/1/1"), all("delivered"), { ...trace, action: "receipt" })).toBe(
        "matched",
      );
      expect((await store().get("s-a"))?.recipients[0]).toMatchObject({ state: "delivered", updatedAt: T0 + 9_000 });
      expect((await store().events({})).map(({ event }) => event)).toEqual(["queued", "accepted", "delivered"]);
      expect((await store().traces({})).map(({ action }) => action)).toEqual(["send", "receipt"]);
    });

    it("gives the decision the recipients and what the caller had said", async () => {
      await store().submit(submission("a", { info: { documents: [], requestRead: true } }));
      const seen: unknown[] = [];
      await store().recordReceipt(receipt("1"), (recipients, info) => {
        seen.push(
          recipients.map(({ state }) => state),
          info,
        );
        return [];
      });
      expect(seen).toEqual([["queued"], { documents: [], requestRead: true }]);
    });

    it("finds the mail by its envelope id alone", async () => {
      await store().submit(submission("a"));
      const { originalMessageId: _, ...input } = receipt("1", { envelopeId: "m-a" });
      expect(await store().recordReceipt(input, all("delivered"))).toBe("matched");
      expect(await stateOf(store(), "a")).toBe("delivered");
    });

    it("does not take the Message-ID of another domain for ours", async () => {
      await store().submit(submission("a"));
      const input = receipt("1", { originalMessageId: "m-a@elsewhere.example" });
      expect(await store().recordReceipt(input, all("delivered"))).toBe("unmatched");
    });

    it("does not match a mail of another mailbox or tenant", async () => {
      await store().submit(submission("a"));
      expect(
        await store().recordReceipt(receipt("1", { mailbox: "radio@chu-exemple.mssante.fr" }), all("delivered")),
      ).toBe("unmatched");
      expect(await store().recordReceipt(receipt("2", { tenant: "other" }), all("delivered"))).toBe("unmatched");
      expect(await stateOf(store(), "a")).toBe("queued");
    });

    it("counts the same source once", async () => {
      await store().submit(submission("a"));
      await store().recordReceipt(receipt("INBOX/1/1"), all("delivered"));
      expect(await store().recordReceipt(receipt("INBOX/1/1"), all("read"), trace)).toBe("duplicate");
      expect(await stateOf(store(), "a")).toBe("delivered");
      expect(await store().traces({})).toEqual([]);
    });

    it("keeps what matches nothing, to be shown", async () => {
      const input = receipt("INBOX/1/7", { originalMessageId: "unknown@x.example", kind: "ko" });
      expect(await store().recordReceipt(input, all("refused"))).toBe("unmatched");
      expect(await store().receipts({ unmatchedOnly: true })).toEqual([
        { ...input, id: expect.any(Number), matched: false, recipientIds: [] },
      ]);
      expect((await store().stats({ now: T0 })).unmatchedReceipts).toBe(1);
    });

    it("shows a matched receipt with its recipients", async () => {
      const { submission: row } = await store().submit(submission("a"));
      await store().recordReceipt(receipt("1"), all("delivered"));
      expect(await store().receipts({})).toMatchObject([
        { matched: true, recipientIds: [row.recipients[0]?.id], data: { kind: "dsn" } },
      ]);
      expect(await store().receipts({ unmatchedOnly: true })).toEqual([]);
    });

    it("records nothing where the decision throws", async () => {
      await store().submit(submission("a"));
      const refuse = () => {
        throw new RangeError("no");
      };
      await expect(store().recordReceipt(receipt("1"), refuse)).rejects.toThrow(RangeError);
      expect(await store().recordReceipt(receipt("1"), all("delivered"))).toBe("matched");
    });

    it("settles a mail in doubt", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "unknown")]);
      await store().recordReceipt(receipt("1"), all("delivered"));
      expect(await stateOf(store(), "a")).toBe("delivered");
      expect(await store().eraseContent(LATER, LATER)).toBe(1);
    });

    it("frees the document where the recipient refused it", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      await store().recordReceipt(receipt("1"), all("refused"));
      expect((await store().submit(submission("b", { mails: [mail("a")] }))).created).toBe(true);
    });

    it("is not undone by our own note of the acceptance, when it overtakes it", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().recordReceipt(receipt("1"), all("delivered"));
      await store().settle([accepted(claimed)]);
      expect(await stateOf(store(), "a")).toBe("delivered");
      expect((await store().events({})).map(({ event }) => event)).toEqual(["queued", "delivered"]);
    });

    it("stops the retry of a mail that had arrived", async () => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().recordReceipt(receipt("1"), all("delivered"));
      await store().settle([accepted(claimed, { recipients: [], events: [], next: { kind: "retry", dueAt: T0 } })]);
      expect(await claimAll(store(), LATER)).toEqual([]);
    });

    it("erases the data of a receipt with the content of its submission, and of old ones that matched nothing", async () => {
      await store().submit(submission("a"));
      await store().settle([accepted(await claimOne(store()))]);
      await store().recordReceipt(receipt("1"), all("delivered"));
      await store().recordReceipt(receipt("2", { originalMessageId: "unknown@x.example" }), all("delivered"));
      await store().eraseContent(LATER, LATER);
      expect((await store().receipts({})).map(({ data }) => data)).toEqual([null, null]);
    });
  });
}
