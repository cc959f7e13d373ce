import type { ClaimedMail, ClaimQuery } from "../../seams/index.js";
import { MAIL_COLUMNS } from "../outbox/claim.js";
import type { MailRecord } from "../outbox/contents.js";
import { loadMails } from "./contents.js";
import type { PgContext } from "./context.js";
import type { PgSql, PgValue } from "./driver.js";
import { giveBack } from "./hands.js";

const READY = "m.state = 'queued' AND m.lease_owner IS NULL AND m.paused = 0";

interface Filter {
  tenant?: string;
  mailbox?: string;
  submission?: string;
}

/** What follows FROM: the table and its ready mails within the filter. */
function ready({ tenant, mailbox, submission }: Filter): { sql: string; params: PgValue[] } {
  const params: PgValue[] = [];
  let sql = `medimail_mails m WHERE ${READY}`;
  for (const [column, value] of [
    ["tenant", tenant],
    ["mailbox", mailbox],
  ] as const) {
    if (value === undefined) continue;
    sql += ` AND m.${column} = ?`;
    params.push(value);
  }
  if (submission !== undefined) {
    sql += " AND m.submission = (SELECT pk FROM medimail_submissions WHERE id = ?)";
    params.push(submission);
  }
  return { sql, params };
}

/**
 * The priorities that have a ready mail, highest first, each by one step in the index: mails which wait for a later try never stand before those
 * that are due. Named `p`.
 */
function priorities({ sql, params }: { sql: string; params: PgValue[] }): { sql: string; params: PgValue[] } {
  const next = (after: string) => `SELECT m.priority FROM ${sql}${after} ORDER BY m.priority DESC LIMIT 1`;
  return {
    sql: `WITH RECURSIVE p (priority) AS ((${next("")}) UNION ALL
      SELECT (${next(" AND m.priority < p.priority")}) FROM p WHERE p.priority IS NOT NULL)`,
    params: [...params, ...params],
  };
}

const COLUMNS = MAIL_COLUMNS.split(", ");
const OF_MAIL = COLUMNS.map((column) => `m.${column}`).join(", ");
const OF_DUE = COLUMNS.map((column) => `d.${column}`).join(", ");

function dueMails(sql: PgSql, query: ClaimQuery, but: readonly number[]): Promise<MailRecord[]> {
  const filter = ready(query);
  const steps = priorities(filter);
  const others = but.length === 0 ? "" : " AND NOT m.id = ANY(?)";
  return sql.all<MailRecord>(
    `${steps.sql} SELECT ${OF_DUE} FROM p CROSS JOIN LATERAL (
       SELECT ${OF_MAIL}, m.due_at FROM ${filter.sql} AND m.priority = p.priority AND m.due_at <= ?${others}
       ORDER BY m.due_at, m.id LIMIT ?) d
     WHERE p.priority IS NOT NULL ORDER BY p.priority DESC, d.due_at, d.id LIMIT ?`,
    [...steps.params, ...filter.params, query.now, ...(but.length === 0 ? [] : [but]), query.limit, query.limit],
  );
}

const LEASE = `UPDATE medimail_mails SET lease_owner = ?, lease_end = ?, handover_at = ?, marked_at = NULL, answer = NULL WHERE id = ANY(?)`;

export async function claim(context: PgContext, query: ClaimQuery): Promise<ClaimedMail[]> {
  if (query.limit <= 0) return [];
  if (context.unread.length > 0) await giveBackUnread(context);
  const { held } = context;
  // Those that this worker still is at, though they were taken from it meanwhile and came back into the queue: not twice.
  const atIt = [...held].flatMap(([id, worker]) => (worker === query.worker ? [id] : []));
  // A look first, but where the last claim found mails: an idle worker that polls takes no lock and writes nothing.
  if (!context.busy && (await dueMails(context.sql, { ...query, limit: 1 }, atIt)).length === 0) return [];
  const claimed = await context.queue.write(async (sql) => {
    const mails = await dueMails(sql, query, atIt);
    const ids = mails.map(({ id }) => id);
    const handoverAt = query.prepare ? query.now : null;
    if (ids.length > 0) await sql.run(LEASE, [query.worker, query.now + context.leaseMs, handoverAt, ids]);
    return mails;
  });
  for (const { id } of claimed) held.set(id, query.worker);
  context.busy = claimed.length > 0;
  try {
    return await loadMails(context, claimed);
  } catch (error) {
    // The database did not give them: they are due again, at the latest before the next claim.
    context.unread.push(...claimed.map(({ id }) => ({ worker: query.worker, mail: id })));
    await giveBackUnread(context).catch(() => {});
    throw error;
  }
}

async function giveBackUnread(context: PgContext): Promise<void> {
  const { queue, clock, held } = context;
  const unread = context.unread.splice(0);
  try {
    await queue.write(async (sql) => {
      for (const { worker, mail } of unread) await giveBack(sql, worker, [mail], clock.now());
    });
  } catch (error) {
    context.unread.push(...unread);
    throw error;
  }
  for (const { worker, mail } of unread) if (held.get(mail) === worker) held.delete(mail);
}

export async function nextDue({ sql }: PgContext, query: Filter): Promise<number | undefined> {
  const filter = ready(query);
  const steps = priorities(filter);
  const row = await sql.get<{ due: number | null }>(
    `${steps.sql} SELECT min(d.due_at) AS due FROM p CROSS JOIN LATERAL (
       SELECT m.due_at FROM ${filter.sql} AND m.priority = p.priority ORDER BY m.due_at LIMIT 1) d`,
    [...steps.params, ...filter.params],
  );
  return row?.due ?? undefined;
}

/** Unless somebody scheduled them for then. */
const LATE = `m.due_at > ? AND NOT EXISTS (SELECT 1 FROM medimail_submissions s WHERE s.pk = m.submission AND s.not_before > ?)`;

/** See {@link OutboxStore.hasten}. */
export async function hasten(
  { sql, queue }: PgContext,
  { now, beyond, ...box }: { tenant: string; mailbox: string; now: number; beyond: number },
): Promise<number> {
  const filter = ready(box);
  const late = `FROM ${filter.sql} AND ${LATE}`;
  const params = [...filter.params, beyond, now];
  // A look without the lock first: as a rule there is none.
  if (!(await sql.get(`SELECT 1 ${late} LIMIT 1`, params))) return 0;
  return queue.write(
    async (locked) =>
      (await locked.run(`UPDATE medimail_mails SET due_at = ? WHERE id IN (SELECT m.id ${late})`, [now, ...params]))
        .changes,
  );
}
