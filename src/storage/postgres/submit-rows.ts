import type { NewSubmission, RecipientRow } from "../../seams/index.js";
import { dedupeKeys, envelopeIdOf, newRecipient, type Prepared } from "../outbox/submit.js";
import type { PgSql } from "./driver.js";

// One statement for a submission, however many recipients it has. What depends on another row takes its number from there. Rows are numbered in the order of
// mails and recipients. Keys are written in their own order: of two submissions of the same documents one waits for the other at the first of them, and not
// each for what the other has.
const rowsBy = (seq: string): string => `WITH
  s AS (INSERT INTO medimail_submissions (id, tenant, mailbox, key, content_hash, action, priority, created_at, not_before, info)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING pk, tenant, mailbox, priority, created_at),
  c AS (INSERT INTO medimail_contents (submission, part, data)
    SELECT s.pk, g.part, g.data FROM s, unnest(?::bigint[], ?::bytea[]) AS g (part, data)),
  m AS (INSERT INTO medimail_mails (submission, place, body, tenant, mailbox, message_id, envelope_id, size, priority, due_at)
    SELECT s.pk, g.place, g.body, s.tenant, s.mailbox, g.message_id, g.envelope_id, g.size, s.priority, ?
    FROM s, unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[]) AS g (place, body, message_id, envelope_id, size)
    ORDER BY g.place RETURNING id, place, message_id),
  f AS (INSERT INTO medimail_sent_copies (mail) SELECT m.id FROM m WHERE ?::boolean),
  r AS (INSERT INTO medimail_recipients (mail, submission, tenant, mailbox, place, kind, address, address_sealed, updated_at)
    SELECT m.id, s.pk, s.tenant, s.mailbox, g.place, g.kind, g.address, g.address_sealed, s.created_at
    FROM s, m JOIN unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bytea[]) AS g (mail, place, kind, address, address_sealed)
      ON g.mail = m.place ORDER BY m.place, g.place RETURNING id, mail, place),
  k AS (INSERT INTO medimail_dedupe (recipient, key)
    SELECT r.id, g.key FROM r JOIN m ON m.id = r.mail JOIN unnest(?::bigint[], ?::bigint[], ?::bytea[]) AS g (mail, place, key)
      ON g.mail = m.place AND g.place = r.place ORDER BY g.key ON CONFLICT DO NOTHING RETURNING recipient),
  e AS (INSERT INTO medimail_events (seq, submission, tenant, mailbox, event, at, recipient, message_id)
    SELECT ${seq}, o.* FROM (SELECT s.pk, s.tenant, s.mailbox, 'queued', s.created_at, r.id, m.message_id
      FROM s, r JOIN m ON m.id = r.mail ORDER BY r.id) o)
  SELECT r.id, r.place, m.id AS mail, m.place AS mail_place, (SELECT count(*) FROM k) AS keys FROM r JOIN m ON m.id = r.mail`;
// Those of a caller's own transaction are numbered when they are seen (events.ts).
const OURS = rowsBy("nextval('medimail_event_seq')");
const FOREIGN = rowsBy("NULL::bigint");

interface Made {
  id: number;
  place: number;
  mail: number;
  mail_place: number;
  keys: number;
}

/**
 * @returns the recipients, and whether all keys were free: else another transaction, which was not over when we looked, has taken one. Undefined where
 *   a submission of this id or key is there
 */
export async function insertRows(
  sql: PgSql,
  input: NewSubmission,
  prepared: Prepared,
  { foreign }: { foreign: boolean },
): Promise<{ recipients: RecipientRow[]; free: boolean } | undefined> {
  const { mails } = input;
  const given = mails.flatMap((mail, mailPlace) =>
    mail.recipients.map((recipient, place) => {
      const { address = null, keys = [] } = prepared.recipients[mailPlace]?.[place] ?? {};
      return { mail, mailPlace, place, recipient, address, keys };
    }),
  );
  const keys = given.flatMap((row) => row.keys.map((key) => ({ ...row, key })));
  const made = await sql.all<Made>(foreign ? FOREIGN : OURS, [
    input.id,
    input.tenant,
    input.mailbox,
    prepared.key ?? null,
    input.contentHash,
    input.action,
    input.priority,
    input.createdAt,
    input.notBefore ?? null,
    prepared.info,
    prepared.contents.map(({ part }) => part),
    prepared.contents.map(({ data }) => data),
    Math.max(input.createdAt, input.notBefore ?? 0),
    mails.map((_, place) => place),
    mails.map(({ body }) => body),
    mails.map(({ messageId }) => messageId),
    mails.map(({ messageId }) => envelopeIdOf(messageId)),
    mails.map(({ size }) => size),
    input.info.sentCopy ? "true" : "false",
    given.map(({ mailPlace }) => mailPlace),
    given.map(({ place }) => place),
    given.map(({ recipient }) => recipient.kind),
    given.map(({ address }) => (typeof address === "string" ? address : null)),
    given.map(({ address }) => (typeof address === "string" ? null : address)),
    keys.map(({ mailPlace }) => mailPlace),
    keys.map(({ place }) => place),
    keys.map(({ key }) => key),
  ]);
  if (made.length === 0) return undefined;
  const rows = new Map(made.map((row) => [`${row.mail_place} ${row.place}`, row]));
  const recipients = given.flatMap(({ mail, mailPlace, place, recipient }): RecipientRow[] => {
    const row = rows.get(`${mailPlace} ${place}`);
    return row ? [newRecipient(input, mail, recipient, { id: row.id, mailId: row.mail })] : [];
  });
  return { recipients, free: made[0]?.keys === dedupeKeys(prepared).length };
}
