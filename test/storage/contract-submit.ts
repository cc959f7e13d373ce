import { describe, expect, it } from "vitest";
import type { OutboxStore, RecipientState } from "../../src/seams/index.js";
import {
  accepted,
  bytes,
  claimOne,
  MAILBOX,
  mail,
  PATIENT,
  PROFESSIONAL,
  settledAs,
  sha256,
  stateOf,
  submission,
  T0,
  TENANT,
  text,
} from "./samples.js";

export function submitContract(store: () => OutboxStore): void {
  describe("submit", () => {
    it("gives back the submission with its recipients queued", async () => {
      const { submission: row, created } = await store().submit(submission("a"));
      expect(created).toBe(true);
      expect(row).toMatchObject({
        id: "s-a",
        tenant: TENANT,
        mailbox: MAILBOX,
        paused: false,
        action: "create",
        priority: 5,
      });
      expect(row.recipients).toMatchObject([
        { address: PROFESSIONAL, state: "queued", attempts: 0, messageId: "m-a@chu-exemple.mssante.fr" },
      ]);
    });

    it("reads back what submit gave", async () => {
      const { submission: row } = await store().submit(submission("a", { key: "k-1" }));
      expect(await store().get("s-a")).toEqual(row);
      expect(await store().findByKey(TENANT, MAILBOX, "k-1")).toEqual(row);
    });

    it("gives the address of a patient back as it was", async () => {
      await store().submit(submission("a", { mails: [mail("a", PATIENT)] }));
      expect((await store().get("s-a"))?.recipients[0]?.address).toBe(PATIENT);
    });

    it("gives back the first submission for the same key and content", async () => {
      await store().submit(submission("a", { key: "k-1" }));
      const again = await store().submit(submission("a", { id: "s-other", key: "k-1" }));
      expect(again).toMatchObject({ created: false, submission: { id: "s-a" } });
      expect(await store().get("s-other")).toBeUndefined();
    });

    it("gives back the first submission when the same key comes twice at once", async () => {
      const both = await Promise.all([
        store().submit(submission("a", { key: "k-1" })),
        store().submit(submission("a", { id: "s-b", key: "k-1" })),
      ]);
      expect(both.map(({ created }) => created)).toEqual([true, false]);
    });

    it("refuses the same key with another content", async () => {
      await store().submit(submission("a", { key: "k-1" }));
      await expect(store().submit(submission("b", { key: "k-1" }))).rejects.toMatchObject({
        code: "idempotency_conflict",
      });
    });

    it("lets another mailbox use the same key", async () => {
      await store().submit(submission("a", { key: "k-1" }));
      const other = await store().submit(submission("b", { key: "k-1", mailbox: "radio@chu-exemple.mssante.fr" }));
      expect(other.created).toBe(true);
    });

    it("refuses a document already submitted to the recipient, and names the submission but never the address", async () => {
      await store().submit(submission("a", { mails: [mail("a", PATIENT)] }));
      const error = await store()
        .submit(submission("b", { mails: [mail("a", PATIENT)] }))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "already_sent", hint: expect.stringContaining("s-a") });
      expect(JSON.stringify(error) + String(error)).not.toContain("299057512300876");
    });

    it("writes nothing of a refused submission", async () => {
      await store().submit(submission("a"));
      await store()
        .submit(submission("b", { mails: [mail("fresh"), mail("a")] }))
        .catch(() => undefined);
      expect(await store().get("s-b")).toBeUndefined();
      expect((await store().submit(submission("c", { mails: [mail("fresh")] }))).created).toBe(true);
    });

    it("does not let a refused submission spoil those written with it", async () => {
      await store().submit(submission("a"));
      const outcomes = await Promise.allSettled([
        store().submit(submission("b")),
        store().submit(submission("c", { mails: [mail("a")] })),
        store().submit(submission("b")),
        store().submit(submission("d")),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
      expect((await store().list({})).map(({ id }) => id)).toEqual(["s-d", "s-b", "s-a"]);
    });

    it.each(["failed", "refused"] as const)("frees the document once its recipient is %s", async (state) => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), state)]);
      expect((await store().submit(submission("b", { mails: [mail("a")] }))).created).toBe(true);
    });

    it("frees the document once its submission is cancelled", async () => {
      await store().submit(submission("a"));
      await store().cancel("s-a", T0, []);
      expect((await store().submit(submission("b", { mails: [mail("a")] }))).created).toBe(true);
    });

    it.each(["accepted", "unknown"] as const)("keeps the document taken while its recipient is %s", async (state) => {
      await store().submit(submission("a"));
      const claimed = await claimOne(store());
      await store().settle([state === "accepted" ? accepted(claimed) : settledAs(claimed, "unknown")]);
      await expect(store().submit(submission("b", { mails: [mail("a")] }))).rejects.toMatchObject({
        code: "already_sent",
      });
    });

    it("takes the document over on a resend", async () => {
      await store().submit(submission("a"));
      await store().submit(submission("b", { mails: [mail("a")], resend: true }));
      await expect(store().submit(submission("c", { mails: [mail("a")] }))).rejects.toMatchObject({
        hint: expect.stringContaining("s-b"),
      });
    });

    it("refuses to queue again a failed document that another submission sent since", async () => {
      await store().submit(submission("a"));
      await store().settle([settledAs(await claimOne(store()), "failed")]);
      await store().submit(submission("b", { mails: [mail("a")] }));
      const states: RecipientState[] = ["failed"];
      await expect(store().requeue("s-a", states, T0, [])).rejects.toMatchObject({ code: "already_sent" });
      expect(await stateOf(store(), "a")).toBe("failed");
    });

    it("refuses a mail without recipient", async () => {
      const empty = { ...mail("a"), recipients: [] };
      await expect(store().submit(submission("a", { mails: [empty] }))).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });

    it("refuses a recipient named twice", async () => {
      const one = mail("a");
      const twice = { ...one, recipients: [...one.recipients, ...one.recipients] };
      await expect(store().submit(submission("a", { mails: [twice] }))).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });

    it("keeps several mails over shared bodies", async () => {
      await store().submit(
        submission("a", {
          bodies: [bytes("for professionals"), bytes("for the patient")],
          mails: [mail("p1"), mail("p2", "autre@cabinet.mssante.fr"), { ...mail("pat", PATIENT), body: 1 }],
        }),
      );
      const mails = await store().claim({ worker: "w", now: T0, limit: 10 });
      expect(mails.map(({ content }) => text(content))).toEqual([
        "Subject: p1\r\n\r\nfor professionals",
        "Subject: p2\r\n\r\nfor professionals",
        "Subject: pat\r\n\r\nfor the patient",
      ]);
    });

    it("keeps bytes exactly, zeros and high bytes included", async () => {
      const all = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await store().submit(submission("a", { bodies: [all] }));
      const claimed = await claimOne(store());
      expect(Buffer.compare(claimed.content[1] as Uint8Array, all)).toBe(0);
    });

    it("resolves concurrent submissions each with its own row", async () => {
      const rows = await Promise.all(
        Array.from({ length: 300 }, (_, index) => store().submit(submission(`n${index}`))),
      );
      expect(new Set(rows.flatMap(({ submission: row }) => row.recipients.map(({ id }) => id))).size).toBe(300);
      expect(rows[17]?.submission).toMatchObject({ id: "s-n17", contentHash: sha256("n17") });
    });

    it("notes one queued event for each recipient", async () => {
      await store().submit(submission("a", { mails: [mail("a"), mail("b", "b@cabinet.mssante.fr")] }));
      expect(await store().events({ submission: "s-a" })).toMatchObject([
        {
          event: "queued",
          at: T0,
          recipient: PROFESSIONAL,
          reference: "ref-a",
          messageId: "m-a@chu-exemple.mssante.fr",
        },
        { event: "queued", at: T0, recipient: "b@cabinet.mssante.fr", reference: "ref-a" },
      ]);
    });
  });
}
