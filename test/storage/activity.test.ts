import { expect, it } from "vitest";
import { outboxActivity } from "../../src/storage/activity.js";
import { openSqlite, type SqliteDatabase } from "../../src/storage/index.js";
import { OUTBOX_MIGRATIONS } from "../../src/storage/outbox/schema.js";

const STATES = ["queued", "accepted", "delivered", "read", "integrated", "refused", "failed"] as const;
const HOUR = 3_600_000;

/** A hundred submissions over ten hours, not in the order of their days, as those of several processes may be. */
function filled(): SqliteDatabase {
  const database = openSqlite({ path: ":memory:" });
  for (const { sql } of OUTBOX_MIGRATIONS) database.exec(sql);
  for (let n = 0; n < 100; n += 1) {
    const at = ((n * 37) % 100) * (HOUR / 10);
    const state = STATES[n % STATES.length] as string;
    const { lastInsertRowid: pk } = database.run(
      "INSERT INTO medimail_submissions (id, tenant, mailbox, content_hash, action, priority, created_at) VALUES (?, 't', 'm', '', ?, 0, ?)",
      [`s${n}`, n % 3 === 0 ? "mail" : "create", at],
    );
    const { lastInsertRowid: mail } = database.run(
      `INSERT INTO medimail_mails (submission, place, body, tenant, mailbox, message_id, envelope_id, size, priority, due_at)
       VALUES (?, 0, 0, 't', 'm', ?, ?, ?, 0, 0)`,
      [pk, `${n}@x`, `${n}`, 1_000 + n],
    );
    const error = state === "refused" ? `{"code":"integration_refused","application":"90${n % 7}"}` : null;
    database.run(
      "INSERT INTO medimail_recipients (mail, submission, place, kind, address, state, error, updated_at) VALUES (?, ?, 0, ?, 'a', ?, ?, 0)",
      [mail, pk, n % 2 ? "patient" : "professional", state, error],
    );
    database.run(
      "INSERT INTO medimail_receipts (tenant, mailbox, source, kind, at, submission) VALUES ('t', 'm', ?, ?, ?, ?)",
      [`${n}`, n % 4 ? "dsn" : "mdn", at, n % 5 ? pk : null],
    );
  }
  return database;
}

it.each([1, 7, 99, 100, 1_000])(
  "counts the same in pieces of %i rows, nobody twice and nobody left out",
  async (chunk) => {
    const database = filled();
    const query = { since: 0, until: 10 * HOUR, stepMs: HOUR };
    const { sent, mails, receipts } = await outboxActivity(database, query, chunk);
    expect(sent.reduce((all, { recipients }) => all + recipients, 0)).toBe(100);
    expect(mails.reduce((all, { count }) => all + count, 0)).toBe(100);
    expect(mails.reduce((all, { bytes }) => all + bytes, 0)).toBe(100_000 + 4_950);
    expect(Math.max(...mails.map(({ largest }) => largest))).toBe(1_099);
    expect(receipts.reduce((all, { count }) => all + count, 0)).toBe(100);
    expect(new Set(sent.map(({ recipients: _, ...is }) => JSON.stringify(is))).size).toBe(sent.length);
    expect({ sent, mails, receipts }).toEqual(await outboxActivity(database, query));
    database.close();
  },
);

it("lets other work of the process run between two pieces", async () => {
  const database = filled();
  let ran = 0;
  let over = false;
  const beside = (async () => {
    while (!over) {
      ran += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await outboxActivity(database, { since: 0, until: 10 * HOUR, stepMs: HOUR }, 10);
  over = true;
  await beside;
  expect(ran).toBeGreaterThanOrEqual(10);
  database.close();
});
