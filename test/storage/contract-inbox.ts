import { describe, expect, it } from "vitest";
import type { InboxSighting, InboxStore, OutboxStore } from "../../src/seams/index.js";

export const SCOPE = { tenant: "default", mailbox: "dr@exemple.mssante.fr" };
const OTHER = { tenant: "default", mailbox: "autre@exemple.mssante.fr" };
const PLACE = { folder: "INBOX", uid: 1, uidValidity: "7" };
export const sighting = (changes: Partial<InboxSighting> = {}): InboxSighting => ({
  uniqueId: "1.2.3^CANARY-DOCUMENT",
  setId: "1.2.3^CANARY-SERIES",
  versionNumber: 1,
  action: "create",
  mailId: "1@exemple",
  receivedAt: 1_000,
  seenAt: 2_000,
  ...changes,
});
const claimed = { ...SCOPE, owner: "me", isDead: () => false, now: 10_000, limit: 10 };

export interface OpenedInbox extends Pick<OutboxStore, "eraseContent"> {
  inbox: InboxStore;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What every implementation of `InboxStore` keeps; run it for each. */
export function inboxContract(open: () => Promise<OpenedInbox>): void {
  describe("the registry of what came in", () => {
    it("finds a document by its id and by its series, in its own mailbox only", async () => {
      await using store = await open();
      await store.inbox.remember(SCOPE, [
        sighting(),
        sighting({ uniqueId: "1.2.3^B", versionNumber: 2, mailId: "2@exemple" }),
      ]);
      const byId = await store.inbox.related(SCOPE, { uniqueIds: ["1.2.3^CANARY-DOCUMENT"], setIds: [] });
      expect(byId).toMatchObject([{ ...sighting(), state: "seen", pending: false }]);
      const bySeries = await store.inbox.related(SCOPE, { uniqueIds: [], setIds: ["1.2.3^CANARY-SERIES"] });
      expect(bySeries.map(({ versionNumber }) => versionNumber)).toEqual([2, 1]);
      expect(
        await store.inbox.related(OTHER, { uniqueIds: ["1.2.3^CANARY-DOCUMENT"], setIds: ["1.2.3^CANARY-SERIES"] }),
      ).toEqual([]);
    });

    it("notes one document of one mail once", async () => {
      await using store = await open();
      for (let time = 0; time < 3; time += 1) await store.inbox.remember(SCOPE, [sighting({ seenAt: time })]);
      expect(await store.inbox.list(SCOPE, {})).toMatchObject([{ seenAt: 0 }]);
    });

    it("counts documents by day, action and state, of its own mailbox", async () => {
      await using store = await open();
      await store.inbox.remember(SCOPE, [
        sighting(),
        sighting({ uniqueId: "1.2.3^B", mailId: "2@exemple", receivedAt: 90_000_000 }),
        sighting({ uniqueId: "1.2.3^C", mailId: "3@exemple", receivedAt: 90_000_001 }),
      ]);
      await store.inbox.remember(OTHER, [sighting()]);
      await store.inbox.markIntegrated(SCOPE, { uniqueId: "1.2.3^C", action: "create" }, 90_000_002);
      const query = { since: 0, until: 172_800_000, stepMs: 86_400_000 };
      expect(await store.inbox.activity(SCOPE, query)).toEqual([
        { step: 0, action: "create", state: "seen", count: 1 },
        { step: 1, action: "create", state: "integrated", count: 1 },
        { step: 1, action: "create", state: "seen", count: 1 },
      ]);
      expect(await store.inbox.activity(SCOPE, { ...query, since: 1_001, until: 90_000_001 })).toEqual([
        { step: 1, action: "create", state: "seen", count: 1 },
      ]);
    });

    it("queues a (document, action) once, whatever the mail, and what was only seen before too", async () => {
      await using store = await open();
      await store.inbox.remember(SCOPE, [sighting()]);
      await store.inbox.enqueue(SCOPE, [sighting()], PLACE, 5_000);
      await store.inbox.enqueue(SCOPE, [sighting({ mailId: "2@exemple" })], PLACE, 5_000);
      await store.inbox.enqueue(SCOPE, [sighting({ mailId: "3@exemple", action: "delete" })], PLACE, 5_000);
      expect((await store.inbox.claim(claimed)).map(({ action, mailId, place }) => [action, mailId, place])).toEqual([
        ["create", "1@exemple", PLACE],
        ["delete", "3@exemple", PLACE],
      ]);
    });

    it("gives what is due later than anything is put off: the clock was set back", async () => {
      await using store = await open();
      await store.inbox.enqueue(SCOPE, [sighting()], PLACE, 5_000);
      expect(await store.inbox.claim({ ...claimed, now: 0, beyond: 5_000 })).toEqual([]);
      expect(await store.inbox.claim({ ...claimed, now: 0, beyond: 4_999 })).toMatchObject([{ attempts: 1 }]);
    });

    it("gives what is held to nobody else while its owner lives, and takes it over from a dead one", async () => {
      await using store = await open();
      await store.inbox.enqueue(SCOPE, [sighting()], PLACE, 5_000);
      expect(await store.inbox.claim({ ...claimed, now: 4_999 })).toEqual([]);
      expect(await store.inbox.claim(claimed)).toMatchObject([{ attempts: 1 }]);
      expect(await store.inbox.claim({ ...claimed, owner: "other" })).toEqual([]);
      const taken = await store.inbox.claim({ ...claimed, owner: "other", isDead: (owner) => owner === "me" });
      expect(taken).toMatchObject([{ attempts: 2 }]);
    });

    it("gives the documents of one mail to one owner at a time", async () => {
      await using store = await open();
      await store.inbox.enqueue(SCOPE, [sighting(), sighting({ uniqueId: "1.2.3^B" })], PLACE, 5_000);
      expect(await store.inbox.claim({ ...claimed, limit: 1 })).toHaveLength(1);
      expect(await store.inbox.claim({ ...claimed, owner: "other" })).toEqual([]);
      expect(await store.inbox.claim(claimed)).toHaveLength(1);
    });

    it("keeps each outcome", async () => {
      await using store = await open();
      await store.inbox.enqueue(SCOPE, [sighting()], PLACE, 5_000);
      const [{ id } = { id: 0 }] = await store.inbox.claim(claimed);
      await store.inbox.settle(id, { state: "later", dueAt: 20_000, error: "handler_failed" });
      expect(await store.inbox.claim(claimed)).toEqual([]);
      await store.inbox.claim({ ...claimed, now: 20_000 });
      await store.inbox.settle(id, { state: "aside", error: "handler_failed" });
      expect(await store.inbox.list(SCOPE, { state: "aside" })).toMatchObject([
        { attempts: 2, error: "handler_failed" },
      ]);
      expect(await store.inbox.retry(OTHER, id, 0)).toBe(false);
      expect(await store.inbox.retry(SCOPE, id, 0)).toBe(true);
      await store.inbox.claim(claimed);
      await store.inbox.settle(id, { state: "integrated", at: 30_000 });
      expect(await store.inbox.claim({ ...claimed, now: 30_000 })).toMatchObject([
        { state: "integrated", pending: true },
      ]);
      await store.inbox.settle(id, { state: "finished" });
      expect(await store.inbox.ofMail(SCOPE, "1@exemple")).toMatchObject([
        { state: "integrated", integratedAt: 30_000, pending: false },
      ]);
    });
  });
}

/** Of one that is kept when it is closed. */
export function resealContract(place: () => (key: Uint8Array | Uint8Array[]) => Promise<OpenedInbox>): void {
  it("is sealed anew while a former key is in the ring, so that the key may leave it", async () => {
    const open = place();
    const [old, next] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];
    const many = Array.from({ length: 450 }, (_, n) => sighting({ mailId: `${n}@exemple`, uniqueId: `1.2.3^${n}` }));
    {
      await using store = await open(old);
      await store.inbox.remember(SCOPE, many);
    }
    {
      await using store = await open([next, old]);
      await store.inbox.remember(SCOPE, [sighting({ uniqueId: "1.2.3^new" })]);
      await store.eraseContent(0, 1);
    }
    await using store = await open(next);
    const known = await store.inbox.list(SCOPE, { limit: 1_000 });
    expect(known.map(({ uniqueId }) => uniqueId).sort()).toEqual(
      [...many.map((one) => one.uniqueId), "1.2.3^new"].sort(),
    );
  });
}
