import { hash } from "node:crypto";
import { closeSync, fstatSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { HandoverAnswer } from "../../seams/index.js";
import {
  answerLine,
  LONG,
  type Marked,
  nextOf,
  notWritten,
  type Place,
  removeFile,
  removeLeft,
  sameAccess,
  takeFile,
  writeWhole,
} from "./marks-file.js";

/**
 * The marks of one worker: `+ID` before its final dot, `=ID ANSWER`, `-ID` where the mail begins anew. Lines that are appended to a file
 * beside the database, without fsync: a system call where a commit of its own costs thirty. The file says no more than which of the mails
 * that the database knows to be prepared have gone: where it is missing or not as it should be, all of them may have.
 *
 * Whoever takes over the mails of this worker removes the file before reading it: so either that reader finds a mark, or this worker
 * finds, after it has written the mark, that its file is gone. That holds for the mails that were begun since the file is where it is; of
 * others the database is asked whether they are still this worker's.
 */
class WorkerMarks {
  readonly #marked = new Map<number, string | undefined>();
  /** In the file as marked, and settled since. */
  readonly #over = new Set<number>();
  /** Begun, and not settled, since this file is where it is. */
  readonly #begun = new Set<number>();
  #file: { fd: number; size: number; inode: bigint } | undefined;

  constructor(
    /** Absent: in memory only, gone with the process as the store is. */
    private readonly place: Place | undefined,
    private readonly head: string,
  ) {}

  get marked(): Marked {
    return this.#marked;
  }

  begin(ids: readonly number[]): void {
    this.undo(ids);
    if (!this.#file) this.#append("");
    for (const id of ids) this.#begun.add(id);
  }

  undo(ids: readonly number[]): void {
    const again = ids.filter((id) => this.#marked.has(id) || this.#over.has(id));
    if (again.length > 0) this.#append(again.map((id) => `-${id}\n`).join(""));
    for (const id of again) {
      this.#marked.delete(id);
      this.#over.delete(id);
    }
  }

  /** False: somebody may have taken over from this worker meanwhile, and it may hold these mails no longer. */
  add(ids: readonly number[], answers: readonly HandoverAnswer[]): boolean {
    let lines = "";
    // Of a mail that was settled meanwhile there is nothing to note any more.
    const noted = answers.filter(({ mailId }) => this.#marked.has(mailId));
    for (const { mailId, answer } of noted) lines += answerLine(mailId, answer);
    for (const id of ids) lines += `+${id}\n`;
    if (lines !== "") this.#append(lines);
    for (const { mailId, answer } of noted) this.#marked.set(mailId, answer);
    for (const id of ids) this.#marked.set(id, undefined);
    return ids.every((id) => this.#begun.has(id));
  }

  /** Of each mail that it has the database is asked whether it still holds it: it may be another's. */
  taken(): void {
    this.#begun.clear();
  }

  settled(id: number): void {
    this.#begun.delete(id);
    if (this.#marked.delete(id) && this.place) this.#over.add(id);
  }

  /** A file that is left behind is the next `recover`'s. */
  close(): void {
    if (this.#file) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #append(lines: string): void {
    const { place } = this;
    if (!place) return;
    try {
      if (!this.#file || this.#file.size > LONG) this.#writeAnew(place);
      this.#write(lines);
      if (this.#isThere(place.path)) return;
      // Taken over from, or cleaned away: the marks are to be found all the same.
      this.#writeAnew(place);
      this.#write(lines);
    } catch (error) {
      // What it ends with is not known: it is written anew before the next line.
      this.close();
      throw notWritten(error);
    }
  }

  #write(lines: string): void {
    const file = this.#file;
    if (!file || lines === "") return;
    writeWhole(file.fd, lines);
    file.size += Buffer.byteLength(lines);
  }

  /**
   * Two microseconds, where a look into the database would be twenty. By its name: a file that was removed may still have another (a hard
   * link of a backup, or what a file system makes of an open file).
   */
  #isThere(path: string): boolean {
    try {
      return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino === this.#file?.inode;
    } catch {
      // Windows: it is gone as soon as we have closed it.
      return false;
    }
  }

  /** Never in place: whoever reads it, after a kill at any moment, finds the old one or the new. */
  #writeAnew({ path, like }: Place): void {
    let text = this.head;
    for (const [id, answer] of this.#marked)
      text += answer === undefined ? `+${id}\n` : `+${id}\n${answerLine(id, answer)}`;
    const next = nextOf(path);
    rmSync(next, { force: true });
    // Not opened again by its name: that may be gone as soon as it is there.
    const fd = openSync(next, "ax", 0o600);
    try {
      sameAccess(fd, like);
      writeWhole(fd, text);
      this.close();
      renameSync(next, path);
      this.#file = { fd, size: Buffer.byteLength(text), inode: fstatSync(fd, { bigint: true }).ino };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#over.clear();
    this.taken();
  }
}

/** Hashed: the name of a worker is anyone's words. */
const nameOf = (database: string, worker: string): string => `${database}-${hash("sha256", worker).slice(0, 32)}.marks`;

/** The marks of all workers of one store. Each method is done when it returns. */
export class HandoverMarks {
  readonly #workers = new Map<string, WorkerMarks>();

  /** @param database where the database is; absent: in memory. */
  constructor(
    private readonly storeId: string,
    private readonly database?: string,
  ) {}

  /** Before these are prepared: none of them is marked from an earlier try, and the worker has a file. @throws `storage_failed` */
  begin(worker: string, ids: readonly number[]): void {
    this.#of(worker).begin(ids);
  }

  /** None of them has gone, nor will: whoever takes them over finds no mark. @throws `storage_failed` */
  undo(worker: string, ids: readonly number[]): void {
    this.#of(worker).undo(ids);
  }

  /**
   * Notes the answers to earlier dots, and that the dots of `ids` are to be written. False: another worker may have taken over from this one,
   * and the database tells whether it still holds them. @throws `storage_failed`: then the dots must not be written.
   */
  add(worker: string, ids: readonly number[], answers: readonly HandoverAnswer[] = []): boolean {
    return this.#of(worker).add(ids, answers);
  }

  /** What this worker of ours has may be another's from now on. */
  taken(worker: string): void {
    this.#workers.get(worker)?.taken();
  }

  settled(worker: string, id: number): void {
    this.#workers.get(worker)?.settled(id);
  }

  /** What a worker of this process has marked; undefined where it has none. */
  of(worker: string): Marked | undefined {
    return this.#workers.get(worker)?.marked;
  }

  /** What a worker that is thought dead has marked; undefined where that cannot be told. Its mails are taken over before: see {@link add}. */
  take(worker: string): Marked | undefined {
    const here = this.#workers.get(worker);
    here?.taken();
    const place = this.#placeOf(worker);
    // A copy: it may go on.
    if (!place) return here && new Map(here.marked);
    try {
      return takeFile(place.path, this.#headOf(worker));
    } catch {
      return undefined;
    }
  }

  /** A mail that this worker holds was taken from it: from now on it asks the database. Where it dies now, all that it had prepared is in doubt. */
  disturb(worker: string): void {
    this.#workers.get(worker)?.taken();
    this.#remove(worker);
  }

  /** The worker is gone, and nothing is left in its hands. */
  end(worker: string): void {
    this.#workers.get(worker)?.close();
    this.#workers.delete(worker);
    this.#remove(worker);
  }

  #remove(worker: string): void {
    const place = this.#placeOf(worker);
    if (!place) return;
    try {
      removeFile(place.path);
    } catch {
      // Of one who has gone it says nothing any more; nor of one whose mails the database is asked for.
    }
  }

  /** Files beside the database whose worker is not among these, and that nobody wrote to since `before`. */
  removeLeft(workers: readonly string[], before: number): void {
    const { database } = this;
    if (database === undefined) return;
    const known = new Set([...workers, ...this.#workers.keys()].map((worker) => basename(nameOf(database, worker))));
    const start = `${basename(database)}-`;
    const isLeft = (name: string) => {
      const file = name.replace(/\.new$/, "");
      return name.startsWith(start) && /^[0-9a-f]{32}\.marks$/.test(file.slice(start.length)) && !known.has(file);
    };
    try {
      removeLeft(dirname(database), isLeft, before);
    } catch {
      // A folder that may not be read: they are small, and in nobody's way.
    }
  }

  close(): void {
    for (const marks of this.#workers.values()) marks.close();
  }

  #of(worker: string): WorkerMarks {
    let marks = this.#workers.get(worker);
    if (!marks) {
      marks = new WorkerMarks(this.#placeOf(worker), this.#headOf(worker));
      this.#workers.set(worker, marks);
    }
    return marks;
  }

  #placeOf(worker: string): Place | undefined {
    const { database } = this;
    return database === undefined ? undefined : { path: nameOf(database, worker), like: database };
  }

  #headOf(worker: string): string {
    return `medimail-handovers 1 ${this.storeId} ${JSON.stringify(worker)}\n`;
  }
}
