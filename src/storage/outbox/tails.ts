import { MedimailError } from "../../errors.js";
import type { ContentStream, NewSubmission, StagedTail, TailWriter } from "../../seams/index.js";
import { bytesOf, type Sql } from "../driver.js";
import { storageError } from "../sqlite-errors.js";
import type { OutboxContext } from "./context.js";

/** Bytes of a piece: what a long mail costs of memory, written or read. */
const PIECE = 256 * 1024;
/** A tail that nothing was written to for so long was left by a process that died. */
export const LEFT_MS = 3_600_000;

/** What of a tail stands in the sealed info of its submission, so that a piece taken away or added is seen. */
export type SealedTail = Pick<StagedTail, "size" | "pieces">;

// A piece moved to another place or another submission does not decrypt there.
export const pieceContext = (submission: string, place: number): string => `medimail_pieces|${submission}|${place}`;

const BEGIN = "INSERT INTO medimail_tails (submission, taken, touched_at) VALUES (?, ?, ?)";
export const ADD = "INSERT INTO medimail_pieces (tail, place, data) VALUES (?, ?, ?)";
export const TOUCH = "UPDATE medimail_tails SET touched_at = ? WHERE id = ? AND taken = 0";
export const TAKE = "UPDATE medimail_tails SET taken = 1 WHERE submission = ? AND taken = 0";
export const COUNT =
  "SELECT count(*) AS count FROM medimail_pieces p JOIN medimail_tails t ON t.id = p.tail WHERE t.submission = ?";
export const READ =
  "SELECT data FROM medimail_pieces WHERE tail = (SELECT id FROM medimail_tails WHERE submission = ?) AND place = ?";
const UNTAKEN = "SELECT id FROM medimail_tails WHERE submission = ? AND taken = 0";
const LEFT = "SELECT id FROM medimail_tails WHERE taken = 0 AND touched_at < ?";

/** Pieces are durable with the submission that takes them up, whose commit syncs all that was written before: none has an fsync of its own. */
const LATER = { durable: false } as const;

export async function stage(context: OutboxContext, submission: string): Promise<TailWriter> {
  const { queue, database: sql, cipher, clock } = context;
  const tail = await queue.write(() => {
    eraseLeft(sql, clock.now());
    return sql.run(BEGIN, [submission, 0, clock.now()]).lastInsertRowid;
  }, LATER);
  return tailWriter(submission, (piece, place) => {
    const data = cipher.seal(piece, pieceContext(submission, place));
    return queue.write(() => {
      if (sql.run(TOUCH, [clock.now(), tail]).changes !== 1) throw gone();
      sql.run(ADD, [tail, place, data]);
    }, LATER);
  });
}

/** @param keep stores one piece; its bytes are written to again once it has resolved */
export function tailWriter(submission: string, keep: (piece: Uint8Array, place: number) => Promise<void>): TailWriter {
  const buffer = Buffer.allocUnsafe(PIECE);
  let filled = 0;
  let size = 0;
  let pieces = 0;

  async function flush(): Promise<void> {
    await keep(buffer.subarray(0, filled), pieces);
    pieces += 1;
    filled = 0;
  }

  return {
    async write(piece) {
      for (let at = 0; at < piece.length; ) {
        const some = piece.subarray(at, at + PIECE - filled);
        buffer.set(some, filled);
        filled += some.length;
        size += some.length;
        at += some.length;
        if (filled === PIECE) await flush();
      }
    },
    async end() {
      if (filled > 0) await flush();
      return { submission, size, pieces };
    },
  };
}

/** Those that no submission has taken up. */
export function discard({ queue, database: sql }: OutboxContext, submission: string): Promise<void> {
  return queue.write(() => discardWithin(sql, submission), LATER);
}

export function discardWithin(sql: Sql, submission: string): void {
  for (const { id } of sql.all<{ id: number }>(UNTAKEN, [submission])) eraseTail(sql, id);
}

export function eraseLeft(sql: Sql, now: number): void {
  for (const { id } of sql.all<{ id: number }>(LEFT, [now - LEFT_MS])) eraseTail(sql, id);
}

/** Of a submission whose content is erased. */
export function eraseTailOf(sql: Sql, submission: number): void {
  const found = sql.get<{ id: number }>(
    "SELECT t.id FROM medimail_tails t JOIN medimail_submissions s ON s.id = t.submission WHERE s.pk = ?",
    [submission],
  );
  if (found) eraseTail(sql, found.id);
}

function eraseTail(sql: Sql, id: number): void {
  sql.run("DELETE FROM medimail_pieces WHERE tail = ?", [id]);
  sql.run("DELETE FROM medimail_tails WHERE id = ?", [id]);
}

export const isStaged = (tail: NonNullable<NewSubmission["tail"]>): tail is StagedTail => !Array.isArray(tail);

export function sealedTail(tail: NewSubmission["tail"]): SealedTail | undefined {
  if (tail === undefined) return undefined;
  if (isStaged(tail)) return { size: tail.size, pieces: tail.pieces };
  const size = tail.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { size, pieces: Math.ceil(size / PIECE) };
}

/** Within the transaction of its submission: takes up what was staged, or stores what was given. */
export function keepTail({ cipher }: Pick<OutboxContext, "cipher">, sql: Sql, input: NewSubmission): void {
  const { id, tail, createdAt } = input;
  if (tail === undefined) return;
  if (isStaged(tail)) {
    const taken = tail.submission === id && sql.run(TAKE, [id]).changes === 1;
    if (!taken || sql.get<{ count: number }>(COUNT, [id])?.count !== tail.pieces) throw gone();
    return;
  }
  const key = sql.run(BEGIN, [id, 1, createdAt]).lastInsertRowid;
  let place = 0;
  for (const piece of inPieces(tail)) {
    sql.run(ADD, [key, place, cipher.seal(piece, pieceContext(id, place))]);
    place += 1;
  }
}

export function* inPieces(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE);
  let filled = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const some = chunk.subarray(at, at + PIECE - filled);
      buffer.set(some, filled);
      filled += some.length;
      at += some.length;
      if (filled < PIECE) continue;
      yield buffer;
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** The tail of a stored submission. Its pieces are opened as they are read: `storage_corrupt`, `storage_key_wrong` then. */
export function storedTail(context: OutboxContext, submission: string, tail: SealedTail): ContentStream {
  return tailStream(tail, (place) => readPiece(context, submission, place));
}

/** @param read one piece, opened */
export function tailStream(
  { size, pieces }: SealedTail,
  read: (place: number) => Uint8Array | Promise<Uint8Array>,
): ContentStream {
  return {
    size,
    async *pieces() {
      let left = size;
      for (let place = 0; place < pieces; place += 1) {
        const piece = await read(place);
        left -= piece.length;
        if (left < 0) break;
        yield piece;
      }
      if (left !== 0) throw damaged();
    },
  };
}

function readPiece({ database, cipher }: OutboxContext, submission: string, place: number): Uint8Array {
  let row: { data: ArrayBuffer | Uint8Array } | undefined;
  try {
    row = database.get(READ, [submission, place]);
  } catch (error) {
    throw storageError(error);
  }
  if (!row) throw damaged();
  return cipher.open(bytesOf(row.data), pieceContext(submission, place));
}

export function damaged(): MedimailError {
  return new MedimailError("storage_corrupt", "a piece of a mail's content is not in the database as it was stored");
}

export function gone(): MedimailError {
  return new MedimailError("storage_failed", "the staged content was given up: it is to be stored again", {
    retryable: true,
  });
}
