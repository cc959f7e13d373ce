import { bytesOf, type IndexFile } from "../../storage/index.js";
import { KINDS } from "./entry-words.js";
import { NeighbourRows } from "./neighbours.js";
import { bitsOf } from "./postings.js";
import { AT_THE_END, LIST_TABLE, NEAR_TABLE, PARTS, WORD_TABLE } from "./schema.js";

const A_TURN = 2_000;
/** A list of more bytes than this part of the entries becomes bits: larger, but looked into at once for a few entries. */
const BITS_FROM = 24;
const SMALL = 50_000;

/** Writes each word with how often it is used as what, the rows of words that are near, and the indexes. */
export async function finishVocabulary(
  file: IndexFile,
  words: ReadonlyMap<string, number>,
  counts: readonly (readonly number[] | undefined)[],
  entries: number,
  pause: () => Promise<void>,
): Promise<void> {
  await joinParts(file, entries, pause);
  file.exec(`DROP TABLE fresh_word; ${WORD_TABLE}; ${NEAR_TABLE}`);
  const near = new NeighbourRows();
  let done = 0;
  for (const [word, id] of words) {
    const row = KINDS.map((kind) => counts[kind]?.[id] ?? 0);
    const total = row.reduce((sum, count) => sum + count, 0);
    file.run("INSERT INTO word VALUES (?, ?, ?, ?)", [id, word, total, countsBlob(row)]);
    if (!word.startsWith("#")) near.add(word, id);
    done += 1;
    if (done % A_TURN === 0) await pause();
  }
  done = 0;
  for (const { bucket, pairs } of near.rows()) {
    file.run("INSERT INTO near VALUES (?, ?)", [bucket, pairs]);
    done += 1;
    if (done % A_TURN === 0) await pause();
  }
  for (const sql of AT_THE_END) {
    file.exec(sql);
    await pause();
  }
}

/** One list for each word as what it is, out of the rows of the parts. */
async function joinParts(file: IndexFile, entries: number, pause: () => Promise<void>): Promise<void> {
  file.exec(LIST_TABLE);
  let key = -1;
  let lists: Uint8Array[] = [];
  const write = () => {
    if (lists.length === 0) return;
    const list = lists.length === 1 ? (lists[0] as Uint8Array) : Buffer.concat(lists);
    const isLong = entries > SMALL && list.length > entries / BITS_FROM;
    file.run("INSERT INTO list VALUES (?, ?, ?)", [key, isLong ? 1 : 0, isLong ? bitsOf(list, entries) : list]);
    lists = [];
  };
  for (let from = -1; ; ) {
    const rows = file.all<{ id: number; entries: Uint8Array }>(
      "SELECT id, entries FROM posting WHERE id > ? ORDER BY id LIMIT 4000",
      [from],
    );
    for (const row of rows) {
      const its = Math.floor(row.id / PARTS);
      if (its !== key) write();
      key = its;
      lists.push(bytesOf(row.entries));
    }
    from = rows.at(-1)?.id ?? from;
    if (rows.length === 0) break;
    await pause();
  }
  write();
  file.exec("DROP TABLE posting");
}

function countsBlob(row: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(row.length * 4));
  for (const [at, count] of row.entries()) view.setUint32(at * 4, count, true);
  return new Uint8Array(view.buffer);
}

export function readCounts(blob: Uint8Array | ArrayBuffer): number[] {
  const bytes = blob instanceof Uint8Array ? blob : new Uint8Array(blob);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, at) => view.getUint32(at * 4, true));
}
