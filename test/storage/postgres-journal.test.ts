import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPostgresOutbox, type PostgresOutbox } from "../../src/storage/index.js";
import { Texts } from "../../src/storage/postgres/driver.js";
import { alongState, walk } from "../../src/storage/postgres/list.js";
import { FIRST, SETTLED } from "../../src/storage/postgres/retention.js";
import { NEXT } from "../../src/storage/postgres/sent-copies.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { accepted, claimAll, mail, submission, T0, trace } from "./samples.js";

const LATER = T0 + 10_000_000;

describeWithPostgres("what PostgreSQL keeps of the past", (server) => {
  let texts: Texts;
  let store: PostgresOutbox;
  beforeEach(async () => {
    const url = await server().database();
    texts = new Texts(new URL(url).searchParams.get("schema") ?? "");
    store = await openPostgresOutbox({ url, key: randomBytes(32) });
  });
  afterEach(() => store.close());
  const query = (sql: string) => server().query(texts.of(sql));

  describe("events", () => {
    it("are not counted as told while their transaction is not over: a reader's cursor would pass them by", async () => {
      await store.submit(submission("a"));
      const last = await store.lastEventSeq();
      expect(last).toBeGreaterThan(0);
      // As a writer that has taken its number and has not committed.
      await query("SELECT nextval('medimail_event_seq')");
      expect(await store.lastEventSeq()).toBe(last);
    });

    it("are erased by their age, and leave the cursors valid", async () => {
      await store.submit(submission("a"));
      await store.submit(submission("b", { createdAt: T0 + 5 }));
      const last = await store.lastEventSeq();
      expect(await store.eraseEvents(T0 + 5)).toBe(1);
      expect(await store.events({})).toMatchObject([{ submission: "s-b" }]);
      expect(await store.eraseEvents(T0 + 6)).toBe(1);
      expect(await store.lastEventSeq()).toBe(last);
      await store.submit(submission("c"));
      expect(await store.events({ after: last })).toMatchObject([{ submission: "s-c" }]);
    });
  });

  describe("traces (ECO.4.1.1)", () => {
    it.each([
      ["changed", "UPDATE medimail_traces SET answer = 'other'", "append-only"],
      ["erased", "DELETE FROM medimail_traces", "by their retention only"],
      ["all erased at once", "TRUNCATE medimail_traces", "append-only"],
    ])("are not %s by SQL", async (_what, sql, message) => {
      await store.appendTraces([trace]);
      await expect(query(sql)).rejects.toThrow(message);
      expect(await store.traces({})).toMatchObject([trace]);
    });

    it("younger than the retention are not erased with those that are older", async () => {
      await store.appendTraces([trace]);
      const before = Date.parse(trace.at);
      await expect(
        query(`BEGIN; INSERT INTO medimail_trace_retention VALUES (${before}); DELETE FROM medimail_traces; COMMIT`),
      ).rejects.toThrow("by their retention only");
      await query("ROLLBACK");
      expect(await store.traces({})).toHaveLength(1);
    });
  });

  it("erases more content than one transaction does, and keeps the idempotency keys", async () => {
    await store.submit(submission("a", { key: "k" }));
    await store.settle((await claimAll(store)).map((claimed) => accepted(claimed)));
    await query(`INSERT INTO medimail_submissions (id, tenant, mailbox, content_hash, action, priority, created_at, info)
      SELECT 'old-' || n, 't', 'm', '', 'create', 5, n, '' FROM generate_series(1, 400) n;
      INSERT INTO medimail_contents (submission, part, data) SELECT pk, 0, '' FROM medimail_submissions WHERE id LIKE 'old-%'`);
    expect(await store.eraseContent(LATER, LATER)).toBe(401);
    expect(await query("SELECT count(*) AS n FROM medimail_contents")).toEqual([{ n: "0" }]);
    expect(await store.get("s-a")).toMatchObject({ key: "k", erasedAt: LATER, info: { documents: [] } });
  });

  it("cancels several recipients at once, and tells of each in their order", async () => {
    const addresses = Array.from({ length: 4 }, (_, n) => `n${n}@cabinet.mssante.fr`);
    await store.submit(submission("a", { mails: addresses.map((address, n) => mail(`a${n}`, address)) }));
    const row = await store.cancel("s-a", T0 + 3, [trace]);
    expect(row.recipients.map(({ state, updatedAt }) => [state, updatedAt])).toEqual(
      addresses.map(() => ["cancelled", T0 + 3]),
    );
    const told = (await store.events({})).filter(({ event }) => event === "cancelled");
    expect(told.map(({ messageId }) => messageId)).toEqual(addresses.map((_, n) => `m-a${n}@chu-exemple.mssante.fr`));
    expect(await claimAll(store, LATER)).toEqual([]);
    // The documents are free again.
    const again = await store.submit(submission("b", { mails: [mail("a0", "n0@cabinet.mssante.fr")] }));
    expect(again.created).toBe(true);
  });

  describe("the plans, whatever the size", () => {
    async function planOf(sql: string): Promise<string> {
      const rows = await query(
        `SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; EXPLAIN ${sql.replaceAll("?", "'1'")}`,
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    }
    const box = { tenant: "a", mailbox: "b" };

    it.each<[string, string, RegExp[]]>([
      [
        "a page of a mailbox",
        walk({ ...box, after: "x" }).sql,
        [/Backward using medimail_submissions_(mailbox|pkey) on/],
      ],
      [
        "those in a state",
        alongState({}, "read").sql,
        [/Unique/, /Index Only Scan Backward using medimail_recipients_state/],
      ],
      [
        "those of a mailbox in a state",
        alongState({ ...box, after: "x" }, "read").sql,
        [/Unique/, /Index Only Scan Backward using medimail_recipients_box/],
      ],
      ["what the retention erases", SETTLED, [/Index Scan using medimail_submissions_kept/, /SubPlan/]],
      ["the first trace since a time", FIRST, [/medimail_traces_at/]],
      ["the next copy to file", NEXT, [/Index Scan using medimail_sent_copies_pkey/]],
    ])("walk %s by an index, in its order", async (_what, sql, steps) => {
      const plan = await planOf(sql);
      for (const step of steps) expect(plan).toMatch(step);
      expect(plan).not.toMatch(/Seq Scan|Anti Join|Hash|Merge/);
    });
  });
});
