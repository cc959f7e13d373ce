import type { ClaimedMail, ClaimQuery } from "../../seams/index.js";
import type { Sql, SqlValue } from "../driver.js";
import type { MailRecord } from "./contents.js";
import { loadMails } from "./contents.js";
import type { OutboxContext } from "./context.js";
import { forget, giveBack } from "./hands.js";
import { type Scope, scoped, whereOf } from "./scope.js";

const COLUMNS = "id, submission, place, body, tenant, mailbox, message_id, size, attempts";
export const MAIL_COLUMNS = COLUMNS;
const READY = ["m.state = 'queued'", "m.lease_owner IS NULL", "m.paused = 0"];

/** Which mails: absent, all. */
export interface Filter extends Scope {
  submission?: string;
}

/** What follows FROM, with the table as `m`. */
export interface Ready {
  sql: string;
  params: SqlValue[];
}

/** The ready mails within the filter. `along`: of one submission there are few, and SQLite is to begin with them. */
export function ready({ submission, ...scope }: Filter, along = ""): Ready {
  const { conditions, params } = scoped(scope, "m");
  if (submission !== undefined) {
    conditions.push("m.submission = (SELECT pk FROM medimail_submissions WHERE id = ?)");
    params.push(submission);
  }
  const index = submission === undefined ? "" : along;
  return { sql: `medimail_mails m ${index}${whereOf([...READY, ...conditions])}`, params };
}

// Left to itself SQLite would walk the whole backlog in order of time.
const OF_SUBMISSION = "INDEXED BY medimail_mails_submission ";
const readyHere = (filter: Filter): Ready => ready(filter, OF_SUBMISSION);

/** Mails of one priority, in the order of time. */
const DUE = "due_at <= ? ORDER BY due_at, id LIMIT ?";

/**
 * Priorities that have a ready mail, highest first. Each is one step in the index, so that mails which wait for a later
 * try never stand before those that are due.
 */
function* priorities(sql: Sql, filter: Ready, below?: number): Generator<number> {
  const highest = `SELECT max(priority) AS p FROM ${filter.sql}`;
  let row =
    below === undefined
      ? sql.get<{ p: number | null }>(highest, filter.params)
      : sql.get<{ p: number | null }>(`${highest} AND priority < ?`, [...filter.params, below]);
  while (row && row.p !== null) {
    yield row.p;
    row = sql.get(`${highest} AND priority < ?`, [...filter.params, row.p]);
  }
}

function dueMails(sql: Sql, query: ClaimQuery): MailRecord[] {
  const filter = readyHere(query);
  // The usual case in one statement: all that is due has the highest priority that waits.
  const mails = sql.all<MailRecord & { priority: number }>(
    `SELECT ${COLUMNS}, priority FROM ${filter.sql} AND priority = (SELECT max(priority) FROM ${filter.sql}) AND ${DUE}`,
    [...filter.params, ...filter.params, query.now, query.limit],
  );
  if (mails.length >= query.limit) return mails;
  for (const priority of priorities(sql, filter, mails[0]?.priority)) {
    mails.push(
      ...sql.all<MailRecord & { priority: number }>(
        `SELECT ${COLUMNS}, priority FROM ${filter.sql} AND priority = ? AND ${DUE}`,
        [...filter.params, priority, query.now, query.limit - mails.length],
      ),
    );
    if (mails.length >= query.limit) break;
  }
  return mails;
}

/**
 * But those that this worker still is at: they were taken from it while it was thought dead, and have come back into the queue. It does not
 * hold them until it has claimed them again; if it did so now, it would be at them twice.
 */
function claimable({ database, held }: OutboxContext, query: ClaimQuery): MailRecord[] {
  const isAtIt = ({ id }: MailRecord) => held.get(id) === query.worker;
  const mails = dueMails(database, query);
  if (!mails.some(isAtIt)) return mails;
  const more = dueMails(database, { ...query, limit: query.limit + held.size });
  return more.filter((mail) => !isAtIt(mail)).slice(0, query.limit);
}

const LEASE = "UPDATE medimail_mails SET lease_owner = ?, lease_end = ?, handover_at = ? WHERE id = ?";

export async function claim(context: OutboxContext, query: ClaimQuery): Promise<ClaimedMail[]> {
  if (query.limit <= 0) return [];
  if (context.unread.length > 0) await giveBackUnread(context);
  // A look first, but where the last claim found mails: an idle worker that polls takes no lock and writes nothing.
  if (!context.busy && claimable(context, { ...query, limit: 1 }).length === 0) return [];
  const leaseEnd = query.now + context.leaseMs;
  const { prepare = false } = query;
  const claimed = await context.queue.write(
    () => {
      const mails = claimable(context, query);
      const handoverAt = prepare ? query.now : null;
      if (prepare && mails.length > 0)
        context.marks.begin(
          query.worker,
          mails.map(({ id }) => id),
        );
      for (const { id } of mails) context.database.run(LEASE, [query.worker, leaseEnd, handoverAt, id]);
      return mails;
    },
    // A lease lost in a power cut leaves the mail to be claimed again: no fsync of its own.
    { durable: prepare, waitMs: query.waitMs ?? 0 },
  );
  for (const { id } of claimed) {
    context.held.set(id, query.worker);
    if (prepare) context.prepared.set(id, query.worker);
    else context.prepared.delete(id);
  }
  context.busy = claimed.length > 0;
  try {
    return await loadMails(context, claimed);
  } catch (error) {
    // The disk did not give them, or took no note of one that cannot be read: they are due again, at the latest before the next claim.
    context.unread.push(...claimed.map(({ id }) => ({ worker: query.worker, mail: id })));
    await giveBackUnread(context).catch(() => {});
    throw error;
  }
}

async function giveBackUnread(context: OutboxContext): Promise<void> {
  const { database, queue, clock } = context;
  const unread = context.unread.splice(0);
  try {
    await queue.write(() => {
      const now = clock.now();
      for (const { worker, mail } of unread) giveBack(database, worker, mail, now);
    });
  } catch (error) {
    context.unread.push(...unread);
    throw error;
  }
  for (const { worker, mail } of unread) forget(context, worker, mail);
}

export function nextDue(context: OutboxContext, query: Filter): number | undefined {
  const filter = readyHere(query);
  let next: number | undefined;
  for (const priority of priorities(context.database, filter)) {
    const row = context.database.get<{ due: number | null }>(
      `SELECT min(due_at) AS due FROM ${filter.sql} AND priority = ?`,
      [...filter.params, priority],
    );
    if (row && row.due !== null && (next === undefined || row.due < next)) next = row.due;
  }
  return next;
}

/** Unless somebody scheduled them for then. */
export const LATE = `m.due_at > ? AND NOT EXISTS (SELECT 1 FROM medimail_submissions s WHERE s.pk = m.submission AND s.not_before > ?)`;

/** See {@link OutboxStore.hasten}. */
export async function hasten(
  { database, queue }: OutboxContext,
  { now, beyond, ...box }: { tenant: string; mailbox: string; now: number; beyond: number },
): Promise<number> {
  const filter = readyHere(box);
  const late = `FROM ${filter.sql} AND ${LATE}`;
  const params = [...filter.params, beyond, now];
  // A look without a lock first: as a rule there is none.
  if (!database.get(`SELECT 1 ${late} LIMIT 1`, params)) return 0;
  return await queue.write(
    () =>
      database.run(`UPDATE medimail_mails SET due_at = ? WHERE id IN (SELECT m.id ${late})`, [now, ...params]).changes,
  );
}
