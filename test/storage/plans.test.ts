import { describe, expect, it } from "vitest";
import type { SqliteDatabase } from "../../src/storage/driver.js";
import { openSqlite } from "../../src/storage/index.js";
import type { OutboxContext } from "../../src/storage/outbox/context.js";
import { alongState, walk } from "../../src/storage/outbox/list.js";
import { SETTLED, traces } from "../../src/storage/outbox/retention.js";
import { OUTBOX_MIGRATIONS } from "../../src/storage/outbox/schema.js";
import { NEXT } from "../../src/storage/outbox/sent-copies.js";

const READY = "state = 'queued' AND lease_owner IS NULL AND paused = 0";

describe("the indexes of the outbox", () => {
  it.each([
    [
      "the mails due of a mailbox",
      `SELECT id FROM medimail_mails WHERE ${READY} AND tenant = 'a' AND mailbox = 'b' AND priority = 5 AND due_at <= 9 ORDER BY due_at, id LIMIT 5`,
      "medimail_mails_ready_box",
    ],
    [
      "the mails due of all mailboxes",
      `SELECT id FROM medimail_mails WHERE ${READY} AND priority = 5 AND due_at <= 9 ORDER BY due_at, id LIMIT 5`,
      "medimail_mails_ready",
    ],
    [
      "the mails due of the highest priority of a mailbox",
      `SELECT id FROM medimail_mails WHERE ${READY} AND tenant = 'a' AND mailbox = 'b' AND priority = (SELECT max(priority) FROM medimail_mails
         WHERE ${READY} AND tenant = 'a' AND mailbox = 'b') AND due_at <= 9 ORDER BY due_at, id LIMIT 5`,
      "medimail_mails_ready_box",
    ],
    [
      "the next priority",
      `SELECT max(priority) FROM medimail_mails WHERE ${READY} AND priority < 5`,
      "medimail_mails_ready",
    ],
    [
      "what needs a person",
      "SELECT DISTINCT submission FROM medimail_recipients WHERE state = 'failed'",
      "medimail_recipients_state",
    ],
    [
      "who holds a document",
      "SELECT recipient FROM medimail_dedupe WHERE key = x'00' AND active = 1",
      "medimail_dedupe_key",
    ],
    ["a mail by its ENVID", "SELECT id FROM medimail_mails WHERE envelope_id = 'x'", "medimail_mails_envelope"],
  ])("serve %s without a scan", (_what, sql, index) => {
    const database = openSqlite({ path: ":memory:" });
    for (const migration of OUTBOX_MIGRATIONS) database.exec(migration.sql);
    const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
    database.close();
    expect(plan[0]).toMatch(new RegExp(`SEARCH .* INDEX ${index}( |$)`));
    expect(plan.join()).not.toContain("TEMP B-TREE FOR ORDER BY");
  });

  function planOf(work: (database: SqliteDatabase) => string): string[] {
    const database = openSqlite({ path: ":memory:" });
    try {
      for (const migration of OUTBOX_MIGRATIONS) database.exec(migration.sql);
      return database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${work(database)}`).map(({ detail }) => detail);
    } finally {
      database.close();
    }
  }

  const plain = ({ sql }: { sql: string }) => sql.replaceAll("?", "'1'");
  const box = { tenant: "a", mailbox: "b" };

  it.each<[string, () => string, string[]]>([
    [
      "a page of a mailbox",
      () => plain(walk({ ...box, after: "x" })),
      ["SEARCH s USING INDEX medimail_submissions_mailbox (tenant=? AND mailbox=? AND rowid<?)"],
    ],
    [
      "those of a mailbox in a state, along the mailbox",
      () => plain(walk(box, 5, "read")),
      ["SEARCH s USING INDEX medimail_submissions_mailbox (tenant=? AND mailbox=?)"],
    ],
    [
      "those of a mailbox in a state, along the state",
      () => plain(alongState({ ...box, after: "x" }, "read", 5)),
      [
        "SEARCH r USING COVERING INDEX medimail_recipients_state (state=? AND submission<?)",
        "SEARCH s USING INTEGER PRIMARY KEY",
      ],
    ],
    [
      "what the retention erases",
      () => SETTLED.replaceAll("?", "1"),
      ["SEARCH s USING INDEX medimail_submissions_kept (created_at<?)"],
    ],
  ])("walk %s in order, and no further than asked", (_what, asked, steps) => {
    const plan = planOf(asked);
    expect(
      plan.filter((step) => /^(SEARCH|SCAN) [rs] /.test(step)).map((step, n) => step.slice(0, steps[n]?.length)),
    ).toEqual(expect.arrayContaining(steps));
    expect(plan.join()).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  it("find the next copy to file among the copies, not among all mails", () => {
    const [first, ...then] = planOf(() => NEXT.replaceAll("?", "1"));
    expect(first).toBe("SCAN c");
    expect(then.join()).not.toMatch(/SCAN [^C]|TEMP B-TREE/);
  });

  it("begin the traces since a time where the index of times says", () => {
    const plan = planOf((database) => {
      let asked = "";
      const get = (sql: string) => {
        asked = sql.replaceAll("?", "1");
        return undefined;
      };
      const recording = { ...database, get, all: () => [] } as never;
      traces({ database: recording } as unknown as OutboxContext, { since: "2026-11-23T10:00:00.000+01:00" });
      return asked;
    });
    expect(plan).toEqual(["SEARCH medimail_traces USING COVERING INDEX medimail_traces_at (at_ms>?)"]);
  });

  it("give a page of traces between two times without sorting all that are left", () => {
    const plan = planOf((database) => {
      let asked = "";
      const all = (sql: string) => {
        asked = sql.replaceAll("?", "1");
        return [];
      };
      const recording = { ...database, get: database.get.bind(database), all } as never;
      const times = { since: "2026-11-23T10:00:00.000+01:00", until: "2026-11-24T10:00:00.000+01:00" };
      traces({ database: recording } as unknown as OutboxContext, { ...times, after: 7 });
      return asked;
    });
    expect(plan).toEqual(["SEARCH medimail_traces USING INTEGER PRIMARY KEY (rowid>?)"]);
  });
});
