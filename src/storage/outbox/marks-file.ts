import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { MedimailError } from "../../errors.js";

/** Mails whose final dot was to be written and that nobody has settled, with the server's answer where one was noted. */
export type Marked = ReadonlyMap<number, string | undefined>;

/** A file that is longer is written anew with what still counts, and one that is found longer by far is not ours. Bytes. */
export const LONG = 64 * 1024;
const TOO_LONG = 16 * LONG;

/** A file of marks, and whose access it has: the database's, as SQLite does with its own files beside it. */
export interface Place {
  path: string;
  like: string;
}

/** What it is written under until it is whole. */
export const nextOf = (path: string): string => `${path}.new`;

/** Only where it differs: Node's permission model forbids both, and as a rule they are not needed. */
export function sameAccess(fd: number, database: string): void {
  if (process.platform === "win32") return;
  const wanted = statSync(database);
  const given = fstatSync(fd);
  if ((given.mode & 0o777) !== (wanted.mode & 0o666)) fchmodSync(fd, wanted.mode & 0o666);
  if (process.geteuid?.() === 0 && (given.uid !== wanted.uid || given.gid !== wanted.gid))
    fchownSync(fd, wanted.uid, wanted.gid);
}

/** @throws where not all of it was written: the disk is full. */
export function writeWhole(fd: number, text: string): void {
  if (writeSync(fd, text) !== Buffer.byteLength(text))
    throw Object.assign(new Error("short write"), { code: "ENOSPC" });
}

export const answerLine = (id: number, answer: string): string => `=${id} ${JSON.stringify(answer)}\n`;

/** Removes it, and then reads it: undefined where it is not as we write it. @throws where it is not there, or stays. */
export function takeFile(path: string, head: string): Marked | undefined {
  const fd = openSync(path, "r");
  try {
    removeFile(path);
    return fstatSync(fd).size > TOO_LONG ? undefined : parse(readFileSync(fd, "utf8"), head);
  } finally {
    closeSync(fd);
  }
}

/** @throws where it is not there, or stays. */
export function removeFile(path: string): void {
  rmSync(nextOf(path), { force: true });
  unlinkSync(path);
}

/**
 * Removes what is left of workers that nobody knows any more: of a process that died between its leave and the removal, of one that died before its
 * first mark, of a database that was here before. A worker that lives loses nothing but time by it (see `WorkerMarks`).
 *
 * @param named whether this is the name of a file of marks of the database, and of no worker that is known
 * @param before files that were written to since are left, ms since 1970
 */
export function removeLeft(folder: string, named: (name: string) => boolean, before: number): number {
  let removed = 0;
  for (const name of readdirSync(folder)) {
    if (!named(name)) continue;
    const path = join(folder, name);
    try {
      if (statSync(path).mtimeMs >= before) continue;
      unlinkSync(path);
      removed += 1;
    } catch {
      // Another process was first, or may not be touched by us: the next time.
    }
  }
  return removed;
}

const LINE = /^(?:(?<sign>[+-])(?<id>\d{1,15})|=(?<answered>\d{1,15}) (?<answer>".*"))$/;

function parse(text: string, head: string): Marked | undefined {
  if (!text.startsWith(head)) return undefined;
  const lines = text.slice(head.length).split("\n");
  // The last one is empty, or was cut by the end of its process: before its dot, or before its answer was noted.
  lines.pop();
  const marked = new Map<number, string | undefined>();
  for (const line of lines) {
    const parts = LINE.exec(line)?.groups;
    if (!parts) return undefined;
    const { sign, id, answered, answer } = parts;
    if (sign === "+") marked.set(Number(id), undefined);
    else if (sign === "-") marked.delete(Number(id));
    else marked.set(Number(answered), textOf(answer));
  }
  return marked;
}

function textOf(json = ""): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

export function notWritten(error: unknown): MedimailError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown reason";
  return new MedimailError("storage_failed", `the marks of the hand-over cannot be written (${code})`, {
    hint: "They are in files beside the database (.marks): free space on its volume; the user that runs the software must be able to write to its folder.",
  });
}
