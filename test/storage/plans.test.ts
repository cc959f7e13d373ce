import { describe, expect, it } from "vitest";
import { openSqlite } from "../../src/storage/index.js";
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
      "medimail_recipients_attention",
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

  it("find the next copy to file among the copies, not among all mails", () => {
    const database = openSqlite({ path: ":memory:" });
    for (const migration of OUTBOX_MIGRATIONS) database.exec(migration.sql);
    const plan = database
      .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${NEXT}`, [9, "a", "b"])
      .map(({ detail }) => detail);
    database.close();
    expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual(["SCAN c"]);
    expect(plan[0]).toBe("SCAN c");
  });
});
