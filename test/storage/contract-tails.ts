import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type ContentStream, contentPieces, type MailContent, type OutboxStore } from "../../src/seams/index.js";
import { accepted, claimAll, claimOne, MAILBOX, mail, submission, T0, TENANT, WORKER } from "./samples.js";

/** Not of one length with the pieces of any store, and none like another. */
export function longBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let block = createHash("sha256").update(String(seed)).digest();
  for (let at = 0; at < length; at += 32) {
    block.copy(bytes, at);
    block = createHash("sha256").update(block).digest();
  }
  return bytes;
}

export async function read(content: MailContent): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of contentPieces(content)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Stages `bytes` for a submission, cut in pieces of `length`. */
export async function staged(store: OutboxStore, id: string, bytes: Buffer, length = 70_001) {
  const writer = await store.stage(id);
  for (let at = 0; at < bytes.length; at += length) await writer.write(bytes.subarray(at, at + length));
  return await writer.end();
}

const LONG = longBytes(1_000_003);
const tailOf = ({ content }: { content: MailContent }) => content[2] as ContentStream;

export function tailContract(store: () => OutboxStore): void {
  describe("tails", () => {
    it("given with the submission are read back in pieces, as often as is asked, after head and body", async () => {
      await store().submit(
        submission("a", { tail: [LONG.subarray(0, 10), LONG.subarray(10, 600_000), LONG.subarray(600_000)] }),
      );
      const claimed = await claimOne(store());
      expect(tailOf(claimed).size).toBe(LONG.length);
      const whole = Buffer.concat([Buffer.from("Subject: a\r\n\r\nbody of a"), LONG]);
      expect((await read(claimed.content)).equals(whole)).toBe(true);
      expect((await read(claimed.content)).equals(whole)).toBe(true);
      for await (const piece of tailOf(claimed).pieces()) expect(piece.byteLength).toBeLessThanOrEqual(1024 * 1024);
    });

    it("of a few bytes, and of none, are tails too", async () => {
      await store().submit(submission("a", { tail: [Buffer.from("end")] }));
      await store().submit(submission("b", { tail: [] }));
      const [a, b] = await claimAll(store());
      expect(String(await read([tailOf(a as NonNullable<typeof a>)]))).toBe("end");
      expect((await read([tailOf(b as NonNullable<typeof b>)])).length).toBe(0);
    });

    it("are shared by the mails of the submission", async () => {
      await store().submit(
        submission("a", { tail: [LONG], mails: [mail("p1"), mail("p2", "autre@cabinet.mssante.fr")] }),
      );
      const mails = await claimAll(store());
      expect(mails).toHaveLength(2);
      for (const one of mails) expect((await read([tailOf(one)])).equals(LONG)).toBe(true);
    });

    it("staged before are taken up by their submission, however they were cut", async () => {
      for (const length of [1, 70_001, 262_144, 2_000_000]) {
        const bytes = length === 1 ? LONG.subarray(0, 300) : LONG;
        const tail = await staged(store(), `s-${length}`, bytes, length);
        expect(tail).toMatchObject({ submission: `s-${length}`, size: bytes.length });
        await store().submit(submission(`${length}`, { tail }));
        expect((await read([tailOf(await claimOne(store()))])).equals(bytes)).toBe(true);
      }
    });

    it("staged and not submitted are sent to nobody", async () => {
      await staged(store(), "s-a", LONG);
      expect(await claimAll(store())).toEqual([]);
      expect(await store().get("s-a")).toBeUndefined();
    });

    it("are of one submission alone, and taken up once", async () => {
      const tail = await staged(store(), "s-a", LONG);
      await expect(store().submit(submission("b", { tail }))).rejects.toMatchObject({ code: "storage_failed" });
      expect(await store().get("s-b")).toBeUndefined();
      await store().submit(submission("a", { tail }));
      await store().discard("s-a");
      expect((await read([tailOf(await claimOne(store()))])).equals(LONG)).toBe(true);
    });

    it("that were discarded are taken up by nobody", async () => {
      const tail = await staged(store(), "s-a", LONG);
      await store().discard("s-a");
      await expect(store().submit(submission("a", { tail }))).rejects.toMatchObject({ code: "storage_failed" });
      expect(await store().get("s-a")).toBeUndefined();
    });

    it("of a key that was used before are given up for the first submission", async () => {
      await store().submit(submission("a", { key: "k" }));
      const tail = await staged(store(), "s-b", LONG);
      const again = await store().submit(submission("a", { id: "s-b", key: "k", tail }));
      expect(again).toMatchObject({ created: false, submission: { id: "s-a" } });
      await expect(store().submit(submission("b", { tail }))).rejects.toMatchObject({ code: "storage_failed" });
    });

    it("do not show in what is told of a submission", async () => {
      const { submission: row } = await store().submit(submission("a", { key: "k", tail: [LONG] }));
      expect(row.info).toEqual(submission("a").info);
      expect(await store().get("s-a")).toEqual(row);
      expect((await claimOne(store())).info).toEqual(row.info);
    });

    it("are in the copy for Sent", async () => {
      const tail = await staged(store(), "s-a", LONG);
      await store().submit(submission("a", { tail, info: { documents: [], kind: "mail", sentCopy: true } }));
      await store().settle([accepted(await claimOne(store()))]);
      const copy = await store().takeSentCopy({ tenant: TENANT, mailbox: MAILBOX, now: T0 + 10, until: T0 + 20 });
      expect((await read(copy?.content ?? [])).subarray(-LONG.length).equals(LONG)).toBe(true);
    });

    it("are erased with the content of their submission: what reads them then says that they are not there", async () => {
      await store().submit(submission("a", { tail: [LONG] }));
      const claimed = await claimOne(store());
      await store().settle([accepted(claimed)]);
      expect(await store().eraseContent(T0 + 10_000_000, T0 + 10_000_000)).toBe(1);
      await expect(read(claimed.content)).rejects.toMatchObject({ code: "storage_corrupt" });
    });

    it("left for an hour are erased; one that is still written to is not", async () => {
      // The store's own clock tells when a piece was written.
      const left = await staged(store(), "s-left", LONG);
      await store().eraseContent(0, Date.now() + 3_500_000);
      const writer = await store().stage("s-live");
      await store().eraseContent(0, Date.now() + 3_700_000);
      await expect(store().submit(submission("left", { tail: left }))).rejects.toMatchObject({
        code: "storage_failed",
      });
      await expect(writer.write(LONG)).rejects.toMatchObject({ code: "storage_failed", retryable: true });
      const live = await staged(store(), "s-other", LONG);
      await store().eraseContent(0, Date.now());
      await store().submit(submission("other", { tail: live }));
      expect((await store().claim({ worker: WORKER, now: T0, limit: 10 })).length).toBe(1);
    });
  });
}
