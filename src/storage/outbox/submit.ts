import { MedimailError } from "../../errors.js";
import type { NewMail, NewRecipient, NewSubmission, RecipientRow, SubmissionRow } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { DatabaseLike, Sql } from "../driver.js";
import { bytesOf, StatementCache } from "../driver.js";
import { storageError } from "../sqlite-errors.js";
import { alreadySent } from "./changes.js";
import type { OutboxContext } from "./context.js";
import {
  addressContext,
  contentContext,
  headPart,
  infoContext,
  sealedJson,
  storedAddress,
  storedKey,
} from "./context.js";
import { insertEvent } from "./journal.js";
import type { SealedInfo } from "./rows.js";
import { shownSubmission, submissionRecordByKey } from "./rows.js";
import { discardWithin, keepTail, sealedTail } from "./tails.js";

export interface Submitted {
  submission: SubmissionRow;
  created: boolean;
}

/** What encryption and hashing make of a submission: done before the transaction, which then only writes. */
export interface Prepared {
  key?: string;
  info: Buffer;
  contents: { part: number; data: Buffer }[];
  recipients: { address: string | Buffer; keys: Buffer[] }[][];
}

export function submit(
  context: OutboxContext,
  input: NewSubmission,
  { tx, ...wait }: { tx?: unknown; waitMs?: number } = {},
): Promise<Submitted> {
  // In the caller's transaction everything happens before this function returns: a synchronous transaction ends with it.
  if (tx !== undefined) return submitWithin(context, input, tx);
  try {
    checkShape(input);
    const prepared = prepare(context, input);
    return context.queue.write(() => insert(context, context.database, input, prepared), wait);
  } catch (error) {
    return Promise.reject(error);
  }
}

export function checkShape(input: NewSubmission): void {
  const wrong =
    input.mails.length === 0 ||
    input.mails.some(({ body, recipients }) => recipients.length === 0 || input.bodies[body] === undefined);
  if (wrong)
    throw new MedimailError("invalid_argument", "each mail of a submission needs a recipient and a body", {
      path: "mails",
    });
}

export function prepare(context: Pick<OutboxContext, "cipher" | "lookup">, input: NewSubmission): Prepared {
  const { cipher, lookup } = context;
  const scope = `${input.tenant}\n${input.mailbox}\n`;
  const sealPart = (part: number, bytes: Uint8Array) => ({
    part,
    data: cipher.seal(bytes, contentContext(input.id, part)),
  });
  const dedupe = (recipient: NewRecipient) =>
    [...new Set(recipient.dedupe)].map((key) => lookup("dedupe", scope + key));
  return {
    ...(input.key === undefined ? {} : { key: storedKey(context, input.tenant, input.mailbox, input.key) }),
    info: sealedJson(cipher, sealedInfo(cipher, input), infoContext(input.id)),
    contents: [
      ...input.bodies.map((bytes, index) => sealPart(index, bytes)),
      ...input.mails.map((mail, place) => sealPart(headPart(place), mail.head)),
    ],
    recipients: input.mails.map((mail, mailPlace) =>
      mail.recipients.map((recipient, place) => ({
        address: storedAddress(cipher, recipient, addressContext(input.id, mailPlace, place)),
        keys: dedupe(recipient),
      })),
    ),
  };
}

function sealedInfo(cipher: ContentCipher, { info, key, tail: given }: NewSubmission): SealedInfo {
  const tail = sealedTail(given);
  const sealed: SealedInfo = tail ? { ...info, tail } : info;
  return key === undefined || !cipher.encrypts ? sealed : { ...sealed, key };
}

function insert(context: OutboxContext, sql: Sql, input: NewSubmission, prepared: Prepared): Submitted {
  const first = sameKey(context, sql, input);
  if (first) {
    if (input.tail) discardWithin(sql, input.id);
    return { submission: first, created: false };
  }
  takeKeys(sql, input, prepared);
  const pk = insertSubmission(sql, input, prepared);
  keepTail(context, sql, input);
  const recipients: RecipientRow[] = [];
  for (const [place, mail] of input.mails.entries()) {
    const mailId = insertMail(sql, pk, input, mail, place);
    if (input.info.sentCopy) sql.run("INSERT INTO medimail_sent_copies (mail) VALUES (?)", [mailId]);
    for (const [index, recipient] of mail.recipients.entries()) {
      const id = insertRecipient(sql, pk, mailId, index, input, recipient, prepared.recipients[place]?.[index]);
      const { messageId } = mail;
      insertEvent(
        sql,
        { pk, tenant: input.tenant, mailbox: input.mailbox },
        { event: "queued", at: input.createdAt, recipientId: id, messageId },
      );
      recipients.push(newRecipient(input, mail, recipient, { id, mailId }));
    }
  }
  return { submission: asRow(input, recipients), created: true };
}

function sameKey(context: OutboxContext, sql: Sql, input: NewSubmission): SubmissionRow | undefined {
  if (input.key === undefined) return undefined;
  const found = submissionRecordByKey(context, sql, input.tenant, input.mailbox, input.key);
  if (!found) return undefined;
  assertSameContent(found, input);
  return shownSubmission(sql, context.cipher, found);
}

/** @throws `idempotency_conflict` */
export function assertSameContent(found: { id: string; content_hash: string }, input: NewSubmission): void {
  if (found.content_hash === input.contentHash) return;
  throw new MedimailError("idempotency_conflict", "the same key was used for another content", {
    hint: `It belongs to submission ${found.id}. Use a new key for what is another submission.`,
  });
}

const HOLDER = `SELECT s.id FROM medimail_dedupe d JOIN medimail_recipients r ON r.id = d.recipient
  JOIN medimail_submissions s ON s.pk = r.submission WHERE d.key = ? AND d.active = 1`;

/** @throws `invalid_argument` where one is there twice */
export function dedupeKeys(prepared: Prepared): Buffer[] {
  const all = prepared.recipients.flat().flatMap(({ keys }) => keys);
  if (new Set(all.map((key) => key.toString("latin1"))).size < all.length)
    throw new MedimailError("invalid_argument", "a recipient is named twice", { path: "mails" });
  return all;
}

function takeKeys(sql: Sql, input: NewSubmission, prepared: Prepared): void {
  for (const key of dedupeKeys(prepared)) {
    if (input.resend) {
      sql.run("UPDATE medimail_dedupe SET active = 0 WHERE key = ? AND active = 1", [key]);
      continue;
    }
    const holder = sql.get<{ id: string }>(HOLDER, [key]);
    if (holder) throw alreadySent(holder.id);
  }
}

const SUBMISSION = `INSERT INTO medimail_submissions (id, tenant, mailbox, key, content_hash, action, priority, created_at, not_before, info)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ONE_CONTENT = "INSERT INTO medimail_contents (submission, part, data) VALUES (?, ?, ?)";
// The usual case, one body and one head, in one statement.
const TWO_CONTENTS = `${ONE_CONTENT}, (?, ?, ?)`;

function insertSubmission(sql: Sql, input: NewSubmission, prepared: Prepared): number {
  const { lastInsertRowid: pk } = sql.run(SUBMISSION, [
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
  ]);
  const [body, head] = prepared.contents;
  if (prepared.contents.length === 2 && body && head) {
    sql.run(TWO_CONTENTS, [pk, body.part, body.data, pk, head.part, head.data]);
  } else {
    for (const { part, data } of prepared.contents) sql.run(ONE_CONTENT, [pk, part, data]);
  }
  return pk;
}

const MAIL = `INSERT INTO medimail_mails (submission, place, body, tenant, mailbox, message_id, envelope_id, size, priority, due_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function insertMail(sql: Sql, pk: number, input: NewSubmission, mail: NewMail, place: number): number {
  const due = Math.max(input.createdAt, input.notBefore ?? 0);
  return sql.run(MAIL, [
    pk,
    place,
    mail.body,
    input.tenant,
    input.mailbox,
    mail.messageId,
    envelopeIdOf(mail.messageId),
    mail.size,
    input.priority,
    due,
  ]).lastInsertRowid;
}

/** The ENVID of a mail (RFC 3461): its Message-ID without the domain. Opaque, and found again from either. */
export function envelopeIdOf(messageId: string): string {
  const at = messageId.lastIndexOf("@");
  return at < 0 ? messageId : messageId.slice(0, at);
}

const RECIPIENT =
  "INSERT INTO medimail_recipients (mail, submission, place, kind, address, updated_at) VALUES (?, ?, ?, ?, ?, ?)";

function insertRecipient(
  sql: Sql,
  pk: number,
  mailId: number,
  place: number,
  input: NewSubmission,
  recipient: NewRecipient,
  prepared: { address: string | Buffer; keys: Buffer[] } | undefined,
): number {
  const address = prepared?.address ?? null;
  const id = sql.run(RECIPIENT, [mailId, pk, place, recipient.kind, address, input.createdAt]).lastInsertRowid;
  for (const key of prepared?.keys ?? [])
    sql.run("INSERT INTO medimail_dedupe (recipient, key) VALUES (?, ?)", [id, key]);
  return id;
}

/** As it is right after its submission. */
export function newRecipient(
  { id: submission, createdAt: updatedAt }: NewSubmission,
  { messageId }: NewMail,
  { address, kind }: NewRecipient,
  ids: { id: number; mailId: number },
): RecipientRow {
  return { ...ids, submission, address, kind, state: "queued", messageId, attempts: 0, updatedAt };
}

export function asRow(input: NewSubmission, recipients: RecipientRow[]): SubmissionRow {
  const { id, tenant, mailbox, key, contentHash, action, priority, createdAt, info } = input;
  const row: SubmissionRow = {
    id,
    tenant,
    mailbox,
    contentHash,
    action,
    priority,
    createdAt,
    paused: false,
    info,
    recipients,
  };
  return key === undefined ? row : { ...row, key };
}

const wrappers = new WeakMap<object, StatementCache>();

// Not `async`, and nothing is awaited: see `submit`.
function submitWithin(context: OutboxContext, input: NewSubmission, tx: unknown): Promise<Submitted> {
  try {
    checkShape(input);
    const sql = callersDatabase(context, tx);
    return Promise.resolve(insert(context, sql, input, prepare(context, input)));
  } catch (error) {
    return Promise.reject(storageError(error));
  }
}

function callersDatabase(context: OutboxContext, tx: unknown): Sql {
  if (typeof tx !== "object" || tx === null || typeof (tx as DatabaseLike).prepare !== "function") {
    throw new MedimailError("invalid_argument", "tx is not a better-sqlite3-like database", { path: "tx" });
  }
  if ((tx as DatabaseLike).inTransaction === false) {
    throw new MedimailError("invalid_argument", "tx has no open transaction", {
      path: "tx",
      hint: "Call submit between BEGIN and COMMIT.",
    });
  }
  let sql = wrappers.get(tx);
  if (!sql) {
    sql = new StatementCache(tx as DatabaseLike);
    wrappers.set(tx, sql);
  }
  if (storeIdOf(sql) !== context.storeId) {
    throw new MedimailError("invalid_argument", "tx is not a connection to the outbox's own file", {
      path: "tx",
      hint: "Open the outbox with the path of your own database: its tables (medimail_…) are made there.",
    });
  }
  return sql;
}

/** Random, one for each database; undefined where the outbox's tables are not there. */
export function storeIdOf(sql: Sql): string | undefined {
  try {
    const row = sql.get<{ value: ArrayBuffer | Uint8Array }>("SELECT value FROM medimail_meta WHERE name = 'store-id'");
    return row && bytesOf(row.value).toString("hex");
  } catch {
    return undefined;
  }
}
