import type { ClaimedMail, SubmissionInfo, WorkerBeat, WorkerIdentity } from "../../seams/index.js";
import { MAIL_COLUMNS } from "../outbox/claim.js";
import type { MailRecord } from "../outbox/contents.js";
import { openedInfo } from "../outbox/context.js";
import { tolerant } from "../outbox/reading.js";
import { LEFTOVERS } from "../outbox/workers.js";
import { claimedOf, storedOf } from "./contents.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { giveBack, takes } from "./hands.js";

type Known = WorkerIdentity & WorkerBeat;

const BEAT = `INSERT INTO medimail_workers (id, host, boot, pid, pid_start, heartbeat_at, elapsed_at, heard_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, elapsed_at = excluded.elapsed_at, heard_at = excluded.heard_at`;

/** Beside the queue: whoever holds the lock for long must not make the others look dead. */
export async function heartbeat({ sql, clock }: PgContext, worker: WorkerIdentity, now: number): Promise<void> {
  const { id, host, boot, pid, pidStart } = worker;
  await sql.run(BEAT, [id, host, boot, pid, pidStart, now, clock.elapsed?.() ?? null]);
}

interface Held extends MailRecord {
  marked_at: number | null;
  answer: string | null;
}

const HELD = `SELECT ${MAIL_COLUMNS}, marked_at, answer FROM medimail_mails WHERE lease_owner = ? ORDER BY id`;

/** Unmarked mails have not gone. Gives back the marked ones. `but`: mails that the owner knows of. */
async function giveBackUnmarked(
  sql: PgSql,
  owner: string,
  now: number,
  but: (mail: number) => boolean = () => false,
): Promise<Held[]> {
  const held = (await sql.all<Held>(HELD, [owner])).filter(({ id }) => !but(id));
  const back = held.filter(({ marked_at: at }) => at === null);
  await giveBack(
    sql,
    owner,
    back.map(({ id }) => id),
    now,
  );
  return held.filter(({ marked_at: at }) => at !== null);
}

/** What the worker still holds goes back: at once before the hand-over mark, to the next `recover` after it. */
export async function removeWorker({ queue, clock, held }: PgContext, id: string): Promise<void> {
  await queue.write(async (sql) => {
    const gone = await giveBackUnmarked(sql, id, clock.now());
    if (gone.length > 0) await sql.run("UPDATE medimail_mails SET lease_end = 0 WHERE lease_owner = ?", [id]);
    await sql.run("DELETE FROM medimail_workers WHERE id = ?", [id]);
  });
  for (const [mail, owner] of held) if (owner === id) held.delete(mail);
}

export interface RecoverQuery {
  worker: string;
  now: number;
  isDead: (worker: Known) => boolean;
}

/** Mails of dead workers that were marked, now in the hands of `worker`, which is still to be told of them. */
export interface Estate {
  worker: string;
  mails: Held[];
}

export async function recover(context: PgContext, query: RecoverQuery): Promise<ClaimedMail[]> {
  const { sql, leaseMs } = context;
  const { worker, now } = query;
  if (context.astray.has(worker)) await findAstray(context, worker, now);
  if ((await deadOwners(sql, query)).length > 0) {
    const mails = await takes(context, worker, (locked) => takeOver(locked, query, now + leaseMs));
    if (mails.length > 0) context.estates.push({ worker, mails });
  }
  const ours = context.estates.filter((estate) => estate.worker === worker);
  if (ours.length === 0) return [];
  const recovered = await loadRecovered(
    context,
    ours.flatMap(({ mails }) => mails),
  );
  // Not before they are read: what the database does not give is asked for again.
  context.estates = context.estates.filter((estate) => !ours.includes(estate));
  return recovered;
}

/** What it holds without having been told: back into the queue, or an estate. */
async function findAstray({ queue, held, estates, astray }: PgContext, worker: string, now: number): Promise<void> {
  const toBeTold = new Set(estates.flatMap(({ mails }) => mails.map(({ id }) => id)));
  const mails = await queue.write((sql) =>
    giveBackUnmarked(sql, worker, now, (mail) => held.get(mail) === worker || toBeTold.has(mail)),
  );
  if (mails.length > 0) estates.push({ worker, mails });
  astray.delete(worker);
}

const TAKE = "UPDATE medimail_mails SET lease_owner = ?, lease_end = ? WHERE lease_owner = ?";

async function takeOver(sql: PgSql, query: RecoverQuery, leaseEnd: number): Promise<Held[]> {
  const taken: Held[] = [];
  // Asked again inside the transaction: another process may have recovered them, or a worker come back.
  for (const { owner, leftovers } of await deadOwners(sql, query)) {
    taken.push(...(await giveBackUnmarked(sql, owner, query.now)));
    await sql.run(TAKE, [query.worker, leaseEnd, owner]);
    if (!leftovers) await sql.run("DELETE FROM medimail_workers WHERE id = ?", [owner]);
  }
  return taken;
}

/** Without their content: they are to be settled and not sent. Such a mail is in doubt though nothing of it can be opened here. */
async function loadRecovered(context: PgContext, mails: readonly Held[]): Promise<ClaimedMail[]> {
  const ids = mails.map(({ id }) => id);
  const { submissions, recipients } = await storedOf(context, mails);
  const held = await context.sql.all<{ id: number }>(
    "SELECT id FROM medimail_mails WHERE id = ANY(?) AND marked_at IS NOT NULL AND lease_owner IS NOT NULL",
    [ids],
  );
  const still = new Set(held.map(({ id }) => id));
  const { read } = tolerant();
  return mails
    .filter(({ id }) => still.has(id))
    .map((mail) => {
      const stored = submissions.get(mail.submission);
      const { id = "", action = "", created_at: createdAt = 0, info: sealed = null } = stored ?? {};
      const info = read((): SubmissionInfo => openedInfo(context.cipher, sealed, id), { documents: [] });
      const claimed = claimedOf(context, mail, { id, action, createdAt, info }, [], recipients, (open) =>
        read(open, ""),
      );
      return mail.answer === null ? claimed : { ...claimed, answer: mail.answer };
    });
}

const WORKERS = `SELECT id, host, boot, pid, pid_start AS "pidStart", heartbeat_at AS "heartbeatAt", elapsed_at AS "elapsedAt",
  EXTRACT(EPOCH FROM clock_timestamp() - heard_at) * 1000 AS "silentMs" FROM medimail_workers WHERE id <> ?`;

/** All that are registered, alive or dead, but one. For how long they have said nothing, the server's clock says: those of two machines may differ. */
export async function knownWorkers(sql: PgSql, except = ""): Promise<Known[]> {
  const rows = await sql.all<Known & { elapsedAt: number | null }>(WORKERS, [except]);
  return rows.map(({ elapsedAt, ...other }) => (elapsedAt === null ? other : { ...other, elapsedAt }));
}

async function deadOwners(
  sql: PgSql,
  { worker, now, isDead }: RecoverQuery,
): Promise<{ owner: string; leftovers: boolean }[]> {
  const dead = (await knownWorkers(sql, worker)).filter(isDead);
  const left = await sql.all<{ owner: string }>(LEFTOVERS, [worker, now]);
  return [
    ...dead.map(({ id }) => ({ owner: id, leftovers: false })),
    ...left.map(({ owner }) => ({ owner, leftovers: true })),
  ];
}
