import type { ContentStream, NewSubmission, TailWriter } from "../../seams/index.js";
import { bytesOf } from "../driver.js";
import {
  ADD,
  COUNT,
  damaged,
  gone,
  inPieces,
  isStaged,
  LEFT_MS,
  pieceContext,
  READ,
  type SealedTail,
  TAKE,
  TOUCH,
  tailStream,
  tailWriter,
} from "../outbox/tails.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { pgError } from "./errors.js";
import { readAgain } from "./pool.js";

const BEGIN = "INSERT INTO medimail_tails (submission, taken, touched_at) VALUES (?, ?, ?) RETURNING id";
// One that a caller's open transaction is taking up is passed over: waiting for it would hold up every writer.
const UNTAKEN = "SELECT id FROM medimail_tails WHERE submission = ? AND taken = 0 FOR UPDATE SKIP LOCKED";
const LEFT = "SELECT id FROM medimail_tails WHERE taken = 0 AND touched_at < ? FOR UPDATE SKIP LOCKED";
const OF_SUBMISSIONS =
  "SELECT t.id FROM medimail_tails t JOIN medimail_submissions s ON s.id = t.submission WHERE s.pk = ANY(?)";

interface Found {
  id: number;
}

/** As that of the file store. @throws `storage_failed` */
export async function stage(context: PgContext, submission: string): Promise<TailWriter> {
  const { queue, cipher, clock } = context;
  const tail = await queue.write(async (sql) => {
    await eraseLeft(sql, clock.now());
    return await begin(sql, submission, 0, clock.now());
  });
  return tailWriter(submission, (piece, place) => {
    const data = cipher.seal(piece, pieceContext(submission, place));
    return queue.write(async (sql) => {
      if ((await sql.run(TOUCH, [clock.now(), tail])).changes !== 1) throw gone();
      await sql.run(ADD, [tail, place, data]);
    });
  });
}

/** Those that no submission has taken up. */
export function discard({ queue }: PgContext, submission: string): Promise<void> {
  return queue.write((sql) => discardWithin(sql, submission));
}

export async function discardWithin(sql: PgSql, submission: string): Promise<void> {
  await erase(sql, await sql.all<Found>(UNTAKEN, [submission]));
}

export async function eraseLeft(sql: PgSql, now: number): Promise<void> {
  await erase(sql, await sql.all<Found>(LEFT, [now - LEFT_MS]));
}

/** Of submissions whose content is erased. */
export async function eraseTailsOf(sql: PgSql, submissions: readonly number[]): Promise<void> {
  await erase(sql, await sql.all<Found>(OF_SUBMISSIONS, [submissions]));
}

async function erase(sql: PgSql, tails: readonly Found[]): Promise<void> {
  if (tails.length === 0) return;
  const ids = tails.map(({ id }) => id);
  await sql.run("DELETE FROM medimail_pieces WHERE tail = ANY(?)", [ids]);
  await sql.run("DELETE FROM medimail_tails WHERE id = ANY(?)", [ids]);
}

async function begin(sql: PgSql, submission: string, taken: 0 | 1, at: number): Promise<number> {
  const row = await sql.get<Found>(BEGIN, [submission, taken, at]);
  if (!row) throw gone();
  return row.id;
}

/** Within the transaction of its submission: takes up what was staged, or stores what was given. @throws `storage_failed` */
export async function keepTail(
  { cipher }: Pick<PgContext, "cipher">,
  sql: PgSql,
  { id, tail, createdAt }: NewSubmission,
): Promise<void> {
  if (tail === undefined) return;
  if (isStaged(tail)) {
    const taken = tail.submission === id && (await sql.run(TAKE, [id])).changes === 1;
    if (!taken || (await sql.get<{ count: number }>(COUNT, [id]))?.count !== tail.pieces) throw gone();
    return;
  }
  const key = await begin(sql, id, 1, createdAt);
  let place = 0;
  for (const piece of inPieces(tail)) {
    await sql.run(ADD, [key, place, cipher.seal(piece, pieceContext(id, place))]);
    place += 1;
  }
}

/** The tail of a stored submission. Its pieces are opened as they are read: `storage_corrupt`, `storage_key_wrong`, `storage_failed` then. */
export function storedTail(context: PgContext, submission: string, tail: SealedTail): ContentStream {
  return tailStream(tail, (place) => readPiece(context, submission, place));
}

async function readPiece({ sql, cipher }: PgContext, submission: string, place: number): Promise<Uint8Array> {
  let row: { data: Uint8Array } | undefined;
  try {
    row = await readAgain(() => sql.get<{ data: Uint8Array }>(READ, [submission, place]));
  } catch (error) {
    throw pgError(error);
  }
  if (!row) throw damaged();
  return cipher.open(bytesOf(row.data), pieceContext(submission, place));
}
