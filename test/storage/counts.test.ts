import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecipientState } from "../../src/seams/index.js";
import type { SqliteOutbox } from "../../src/storage/index.js";
import { migrate, openSqlite, openSqliteOutbox } from "../../src/storage/index.js";
import { OUTBOX_MIGRATIONS } from "../../src/storage/outbox/schema.js";
import { accepted, claimOne, MAILBOX, mail, PATIENT, settledAs, submission, T0, TENANT } from "./samples.js";

let folder: string;
let path: string;
const stores: SqliteOutbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-counts-"));
  path = join(folder, "outbox.db");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<SqliteOutbox> {
  const store = await openSqliteOutbox({ path });
  stores.push(store);
  return store;
}

/** Counted one by one. */
function counted(): Record<string, number> {
  const raw = new Libsql(path);
  const rows = raw
    .prepare(
      `SELECT m.mailbox || ' ' || r.state AS name, count(*) AS n FROM medimail_recipients r JOIN medimail_mails m ON m.id = r.mail GROUP BY 1
       UNION ALL SELECT mailbox || ' submissions', count(*) FROM medimail_submissions GROUP BY 1`,
    )
    .all([]) as { name: string; n: number }[];
  raw.close();
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

async function told(store: SqliteOutbox, ...mailboxes: string[]): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const mailbox of mailboxes) {
    const { submissions, byState } = await store.stats({ tenant: TENANT, mailbox, now: T0 });
    for (const [state, n] of Object.entries({ ...byState, submissions })) if (n > 0) all[`${mailbox} ${state}`] = n;
  }
  return all;
}

const OTHER = "other@chu-exemple.mssante.fr";

describe("the counts of the outbox", () => {
  it("are those of its rows, whatever becomes of them", async () => {
    const store = await open();
    const check = async () => expect(await told(store, MAILBOX, OTHER)).toEqual(counted());
    for (const name of ["a", "b", "c", "d", "e"]) await store.submit(submission(name));
    await store.submit(submission("f", { mailbox: OTHER, mails: [mail("f"), mail("g", PATIENT)] }));
    await check();
    await store.settle([accepted(await claimOne(store))]);
    await store.settle([settledAs(await claimOne(store), "failed")]);
    await store.settle([settledAs(await claimOne(store), "unknown")]);
    await check();
    await store.requeue("s-b", ["failed"], T0, []);
    await store.cancel("s-d", T0, []);
    const report = { tenant: TENANT, mailbox: MAILBOX, source: "r", kind: "mdn" as const, at: T0, data: {} };
    const read = ({ id = 0 }: { id?: number } = {}) => [
      { recipientId: id, change: { id, state: "read" as const }, events: [] },
    ];
    await store.recordReceipt({ ...report, originalMessageId: "m-a@chu-exemple.mssante.fr" }, ([one]) => read(one));
    await check();
    await store.eraseContent(Date.now() + 1, T0);
    await check();
    expect((await store.stats({ now: T0 })).submissions).toBe(6);
  });

  it("are right where a submission was part of the caller's transaction, or of one that was rolled back", async () => {
    const store = await open();
    const own = new Libsql(path);
    for (const [name, end] of [
      ["a", "COMMIT"],
      ["b", "ROLLBACK"],
    ] as const) {
      own.exec("BEGIN");
      await store.submit(submission(name), { tx: own });
      own.exec(end);
    }
    own.close();
    expect(await told(store, MAILBOX)).toEqual({ [`${MAILBOX} submissions`]: 1, [`${MAILBOX} queued`]: 1 });
  });

  it("are made of the rows that an older version wrote", async () => {
    const before = openSqlite({ path });
    migrate(before, "outbox", OUTBOX_MIGRATIONS.slice(0, -1));
    before.exec(`
      INSERT INTO medimail_submissions (pk, id, tenant, mailbox, content_hash, action, priority, created_at) VALUES (1, 's', '${TENANT}', '${MAILBOX}', 'h', 'create', 0, 1);
      INSERT INTO medimail_mails (id, submission, place, body, tenant, mailbox, message_id, envelope_id, size, priority, due_at) VALUES (1, 1, 0, 0, '${TENANT}', '${MAILBOX}', 'm@x', 'm', 1, 0, 1);
      INSERT INTO medimail_recipients (id, mail, submission, place, kind, state, updated_at) VALUES (1, 1, 1, 0, 'professional', 'read', 1), (2, 1, 1, 1, 'professional', 'read', 1);`);
    before.close();
    const store = await open();
    expect(await told(store, MAILBOX)).toEqual({ [`${MAILBOX} submissions`]: 1, [`${MAILBOX} read`]: 2 });
    expect(await store.list({ tenant: TENANT, mailbox: MAILBOX, state: "read" })).toMatchObject([{ id: "s" }]);
  });
});

describe("a page of those in a state", () => {
  it("is the same along the state and along the mailbox, of a mailbox with many and of one with few", async () => {
    const store = await open();
    const names = Array.from({ length: 12 }, (_, n) => `n${n}`);
    for (const [n, name] of names.entries()) {
      const mails = [mail(`${name}-1`), mail(`${name}-2`)];
      await store.submit(submission(name, { mails, ...(n % 4 === 0 ? { mailbox: OTHER } : {}) }));
    }
    for (const name of ["n1", "n5", "n8", "n9"]) await store.cancel(`s-${name}`, T0, []);
    const pages = async (mailbox: string | undefined, state: RecipientState) => {
      const found: string[] = [];
      const scope = mailbox === undefined ? {} : { tenant: TENANT, mailbox };
      for (let after: string | undefined; ; after = found.at(-1)) {
        const page = await store.list({ ...scope, state, limit: 2, ...(after === undefined ? {} : { after }) });
        found.push(...page.map(({ id }) => id));
        if (page.length < 2) return found.join(" ");
      }
    };
    expect(await pages(MAILBOX, "cancelled")).toBe("s-n9 s-n5 s-n1");
    expect(await pages(OTHER, "cancelled")).toBe("s-n8");
    expect(await pages(MAILBOX, "queued")).toBe("s-n11 s-n10 s-n7 s-n6 s-n3 s-n2");
    expect(await pages(OTHER, "queued")).toBe("s-n4 s-n0");
    expect(await pages(undefined, "cancelled")).toBe("s-n9 s-n8 s-n5 s-n1");
    expect(await pages(MAILBOX, "read")).toBe("");
  });
});
