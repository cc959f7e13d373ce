import type { ClaimedMail, ClaimQuery } from "../../seams/index.js";
import { type Filter, LATE, MAIL_COLUMNS, type Ready, ready } from "../outbox/claim.js";
import type { MailRecord } from "../outbox/contents.js";
import { loadMails } from "./contents.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { giveBack, takes, UNMARKED } from "./hands.js";

/**
 * The priorities that have a ready mail, highest first, each by one step in the index: mails which wait for a later try never stand before those
 * that are due. Named `p`.
 */
function priorities({ sql, params }: Ready): Ready {
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

const LEASE = `UPDATE medimail_mails SET lease_owner = ?, lease_end = ?, handover_at = ?, ${UNMARKED} WHERE id = ANY(?)`;

export async function claim(context: PgContext, query: ClaimQuery): Promise<ClaimedMail[]> {
  if (query.limit <= 0) return [];
  if (context.unread.length > 0) await giveBackUnread(context);
  const { held } = context;
  // Those that this worker still is at, though they were taken from it meanwhile and came back into the queue: not twice.
  const atIt = [...held].flatMap(([id, worker]) => (worker === query.worker ? [id] : []));
  // A look first, but where the last claim found mails: an idle worker that polls takes no lock and writes nothing.
  if (!context.busy && (await dueMails(context.sql, { ...query, limit: 1 }, atIt)).length === 0) return [];
  const claimed = await takes(context, query.worker, async (sql) => {
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
