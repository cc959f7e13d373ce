import type { ClaimedMail, WorkerBeat, WorkerIdentity } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { isSameBoot } from "../liveness.js";
import { MAIL_COLUMNS } from "./claim.js";
import type { MailRecord } from "./contents.js";
import type { OutboxContext } from "./context.js";
import { giveBack } from "./hands.js";
import type { Marked } from "./marks-file.js";
import { loadRecovered } from "./recovered.js";

type Known = WorkerIdentity & WorkerBeat;

const BEAT = `INSERT INTO medimail_workers (id, host, boot, pid, pid_start, heartbeat_at, elapsed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, elapsed_at = excluded.elapsed_at`;

export function heartbeat(
  { queue, database, clock }: OutboxContext,
  worker: WorkerIdentity,
  now: number,
): Promise<void> {
  return queue.write(
    () => {
      const { id, host, boot, pid, pidStart } = worker;
      database.run(BEAT, [id, host, boot, pid, pidStart, now, clock.elapsed?.() ?? null]);
    },
    { durable: false },
  );
}

/** What the worker still holds goes back: at once before the hand-over mark, to the next `recover` after it. */
export async function removeWorker(context: OutboxContext, id: string): Promise<void> {
  const { queue, database: sql, clock, marks, prepared, held: mine } = context;
  const left = await queue.write(() => {
    const marked = marks.of(id);
    const held = sql.all<Held>(HELD, [id]);
    const gone = held.filter((mail) => mail.prepared === 1 && (!marked || marked.has(mail.id)));
    for (const mail of held) if (!gone.includes(mail)) giveBack(sql, id, mail.id, clock.now());
    if (gone.length > 0) sql.run("UPDATE medimail_mails SET lease_end = 0 WHERE lease_owner = ?", [id]);
    sql.run("DELETE FROM medimail_workers WHERE id = ?", [id]);
    return gone.length;
  });
  for (const owners of [prepared, mine]) for (const [mail, owner] of owners) if (owner === id) owners.delete(mail);
  // What it had marked, with the answers to it, is for whoever takes it over.
  if (left === 0) marks.end(id);
  else marks.taken(id);
}

const KNOWN = `SELECT id FROM medimail_workers UNION SELECT lease_owner FROM medimail_mails WHERE lease_owner IS NOT NULL`;
/** Nobody writes a mark so long after the one before while it is in the middle of mails. */
const LEFT_MS = 3_600_000;

/** Files of marks of workers that are neither registered nor hold a mail: nobody will take over from them. */
export function removeLeftMarks({ database, marks }: OutboxContext): void {
  const known = database.all<{ id: string }>(KNOWN).map(({ id }) => id);
  // The times of files are the system's, whatever clock the caller gave.
  marks.removeLeft(known, Date.now() - LEFT_MS);
}

interface Held {
  id: number;
  prepared: 0 | 1;
}

const HELD = "SELECT id, handover_at IS NOT NULL AS prepared FROM medimail_mails WHERE lease_owner = ?";
const TAKE = "UPDATE medimail_mails SET lease_owner = ?, lease_end = ? WHERE id = ?";

export interface RecoverQuery {
  worker: string;
  now: number;
  isDead: (worker: Known) => boolean;
}

/** Of one dead worker: the mails that it had prepared, now in the hands of `worker`. */
export interface Estate {
  owner: string;
  worker: string;
  mails: MailRecord[];
  /** What it wrote into the system's cache is not lost: a mail that it has not marked has not gone. */
  sure: boolean;
  /** What its file said, once it was read: what stands there later is another's. */
  found?: { marked: Marked | undefined };
}

/**
 * In two steps, since a worker that is thought dead may live (its container was paused): it marks, and then looks whether it still holds
 * the mail. So its mails are taken first, each as if it had gone; only then are its marks read, and what it has not marked is given back.
 */
export async function recover(context: OutboxContext, query: RecoverQuery): Promise<ClaimedMail[]> {
  const { database, queue } = context;
  if (deadOwners(database, query).length > 0) {
    const taken = await queue.write(() => takeOver(context, query));
    context.estates.push(...taken);
  }
  const ours = context.estates.filter(({ worker }) => worker === query.worker);
  context.estates = context.estates.filter((estate) => !ours.includes(estate));
  const recovered: ClaimedMail[] = [];
  for (let estate = ours.shift(); estate; estate = ours.shift()) {
    try {
      recovered.push(...(await divided(context, estate, query.now)));
    } catch (error) {
      // One that the store does not let us divide is tried again at the next call.
      context.estates.push(estate, ...ours);
      if (recovered.length === 0) throw error;
      break;
    }
  }
  return recovered;
}

/** What has not gone is given back. The others, if nobody has taken them from us meanwhile. */
async function divided(context: OutboxContext, estate: Estate, now: number): Promise<ClaimedMail[]> {
  const { database: sql, queue, marks } = context;
  const { worker, owner, mails, sure } = estate;
  estate.found ??= { marked: marks.take(owner) };
  const { marked } = estate.found;
  const back = sure && marked ? mails.filter(({ id }) => !marked.has(id)) : [];
  const gone = mails.filter((mail) => !back.includes(mail));
  const answers = new Map(gone.flatMap(({ id }) => pairOf(id, marked?.get(id))));
  // Both for whoever takes them over from us.
  marks.undo(
    worker,
    back.map(({ id }) => id),
  );
  marks.add(
    worker,
    [],
    [...answers].map(([mailId, answer]) => ({ mailId, answer })),
  );
  if (back.length > 0) {
    await queue.write(() => {
      for (const { id } of back) giveBack(sql, worker, id, now);
    });
  }
  const ours = new Set(sql.all<Held>(HELD, [worker]).map(({ id }) => id));
  return loadRecovered(
    context,
    gone.filter(({ id }) => ours.has(id)),
    answers,
  );
}

const pairOf = (id: number, answer: string | undefined): [number, string][] =>
  answer === undefined ? [] : [[id, answer]];

function takeOver({ database: sql, marks, leaseMs }: OutboxContext, query: RecoverQuery): Estate[] {
  const { worker, now } = query;
  // Asked again inside the transaction: another process may have recovered them, or a worker come back.
  return deadOwners(sql, query).map(({ owner, leftovers, boot }) => {
    for (const { id, prepared } of sql.all<Held>(HELD, [owner])) if (prepared === 0) giveBack(sql, owner, id, now);
    const mails = sql.all<MailRecord>(`SELECT ${MAIL_COLUMNS} FROM medimail_mails WHERE lease_owner = ? ORDER BY id`, [
      owner,
    ]);
    const ids = mails.map(({ id }) => id);
    marks.add(worker, ids);
    for (const id of ids) sql.run(TAKE, [worker, now + leaseMs, id]);
    if (!leftovers) sql.run("DELETE FROM medimail_workers WHERE id = ?", [owner]);
    return {
      owner,
      worker,
      mails,
      sure: boot !== undefined && isSameBoot(boot, bootOf(sql, worker)),
    };
  });
}

function bootOf(sql: Sql, worker: string): string {
  return sql.get<{ boot: string }>("SELECT boot FROM medimail_workers WHERE id = ?", [worker])?.boot ?? "";
}

const WORKERS = `SELECT id, host, boot, pid, pid_start AS pidStart, heartbeat_at AS heartbeatAt, elapsed_at AS elapsedAt
  FROM medimail_workers WHERE id <> ?`;

/** All that are registered, alive or dead, but one. */
export const knownWorkers = (sql: Sql, except = ""): Known[] =>
  sql
    .all<Known & { elapsedAt: number | null }>(WORKERS, [except])
    .map(({ elapsedAt, ...other }) => (elapsedAt === null ? other : { ...other, elapsedAt }));

// Leases whose owner never registered or has left: only their end tells.
export const LEFTOVERS = `SELECT DISTINCT lease_owner AS owner FROM medimail_mails WHERE lease_owner IS NOT NULL AND lease_owner <> ?
  AND lease_end <= ? AND NOT EXISTS (SELECT 1 FROM medimail_workers w WHERE w.id = lease_owner)`;

function deadOwners(
  sql: Sql,
  { worker, now, isDead }: RecoverQuery,
): { owner: string; leftovers: boolean; boot?: string }[] {
  const dead = knownWorkers(sql, worker).filter(isDead);
  return [
    ...dead.map(({ id, boot }) => ({ owner: id, leftovers: false, boot })),
    ...sql.all<{ owner: string }>(LEFTOVERS, [worker, now]).map(({ owner }) => ({ owner, leftovers: true })),
  ];
}
