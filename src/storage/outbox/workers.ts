import type { ClaimedMail, WorkerIdentity } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { isSameBoot } from "../liveness.js";
import { MAIL_COLUMNS } from "./claim.js";
import type { MailRecord } from "./contents.js";
import type { OutboxContext } from "./context.js";
import { loadRecovered } from "./recovered.js";

type Known = WorkerIdentity & { heartbeatAt: number };

const BEAT = `INSERT INTO medimail_workers (id, host, boot, pid, pid_start, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`;

export function heartbeat({ queue, database }: OutboxContext, worker: WorkerIdentity, now: number): Promise<void> {
  return queue.write(
    () => {
      database.run(BEAT, [worker.id, worker.host, worker.boot, worker.pid, worker.pidStart, now]);
    },
    { durable: false },
  );
}

/** What the worker still holds goes back: at once before the hand-over mark, to the next `recover` after it. */
export function removeWorker({ queue, database: sql, clock }: OutboxContext, id: string): Promise<void> {
  return queue.write(() => {
    giveBack(sql, id, clock.now(), true);
    sql.run("UPDATE medimail_mails SET lease_end = 0 WHERE lease_owner = ?", [id]);
    sql.run("DELETE FROM medimail_workers WHERE id = ?", [id]);
  });
}

// A prepared mail without the mark of its dot has not gone, where what the system had written is not lost (`sure`).
function giveBack(sql: Sql, owner: string, now: number, sure: boolean): void {
  const unmarked = sure ? "id NOT IN (SELECT mail FROM medimail_handovers)" : "handover_at IS NULL";
  sql.run(
    `UPDATE medimail_mails SET lease_owner = NULL, lease_end = NULL, handover_at = NULL, due_at = min(due_at, ?)
      WHERE lease_owner = ? AND ${unmarked}`,
    [now, owner],
  );
}

export interface RecoverQuery {
  worker: string;
  now: number;
  isDead: (worker: Known) => boolean;
}

export async function recover(context: OutboxContext, query: RecoverQuery): Promise<ClaimedMail[]> {
  const sql = context.database;
  if (deadOwners(sql, query).length === 0) return [];
  const taken = await context.queue.write(() => {
    const mails: MailRecord[] = [];
    // Asked again inside the transaction: another process may have recovered them, or a worker come back.
    for (const { owner, leftovers, boot } of deadOwners(sql, query)) {
      giveBack(sql, owner, query.now, boot !== undefined && isSameBoot(boot, bootOf(sql, query.worker)));
      mails.push(...takeOver(sql, owner, query, context.leaseMs));
      if (!leftovers) sql.run("DELETE FROM medimail_workers WHERE id = ?", [owner]);
    }
    return mails;
  });
  return loadRecovered(context, taken);
}

const ANSWER = "(SELECT answer FROM medimail_handovers WHERE mail = m.id) AS answer";

function bootOf(sql: Sql, worker: string): string {
  return sql.get<{ boot: string }>("SELECT boot FROM medimail_workers WHERE id = ?", [worker])?.boot ?? "";
}

function takeOver(sql: Sql, owner: string, query: RecoverQuery, leaseMs: number): MailRecord[] {
  const marked = sql.all<MailRecord>(
    `SELECT ${MAIL_COLUMNS}, ${ANSWER} FROM medimail_mails m WHERE lease_owner = ? ORDER BY id`,
    [owner],
  );
  for (const { id } of marked) {
    // Whoever takes it over after us must not take the missing mark for "not gone".
    sql.run("INSERT OR IGNORE INTO medimail_handovers (mail) VALUES (?)", [id]);
    sql.run("UPDATE medimail_mails SET lease_owner = ?, lease_end = ? WHERE id = ?", [
      query.worker,
      query.now + leaseMs,
      id,
    ]);
  }
  return marked;
}

const WORKERS = `SELECT id, host, boot, pid, pid_start AS pidStart, heartbeat_at AS heartbeatAt FROM medimail_workers WHERE id <> ?`;
// Leases whose owner never registered or has left: only their end tells.
const LEFTOVERS = `SELECT DISTINCT lease_owner AS owner FROM medimail_mails WHERE lease_owner IS NOT NULL AND lease_owner <> ?
  AND lease_end <= ? AND NOT EXISTS (SELECT 1 FROM medimail_workers w WHERE w.id = lease_owner)`;

function deadOwners(
  sql: Sql,
  { worker, now, isDead }: RecoverQuery,
): { owner: string; leftovers: boolean; boot?: string }[] {
  const dead = sql.all<Known>(WORKERS, [worker]).filter(isDead);
  return [
    ...dead.map(({ id, boot }) => ({ owner: id, leftovers: false, boot })),
    ...sql.all<{ owner: string }>(LEFTOVERS, [worker, now]).map(({ owner }) => ({ owner, leftovers: true })),
  ];
}
