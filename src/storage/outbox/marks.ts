import { hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { MedimailError } from "../../errors.js";
import type { HandoverAnswer } from "../../seams/index.js";

/** Mails whose final dot was to be written and that nobody has settled, with the server's answer where one was noted. */
export type Marked = ReadonlyMap<number, string | undefined>;

/** Beyond this a file is written anew with what still counts, and one that is found longer by far is not ours. Bytes. */
const LONG = 64 * 1024;
const TOO_LONG = 16 * LONG;

/**
 * The marks of one worker: `+ID` before its final dot, `=ID ANSWER`, `-ID` where the mail begins anew. Lines that are appended to a file
 * beside the database, without fsync: a system call where a commit of its own costs thirty. The file says no more than which of the mails
 * that the database knows to be prepared have gone: where it is missing or not as it should be, all of them may have.
 *
 * Whoever takes over the mails of this worker removes the file before reading it: so either that reader finds a mark, or this worker
 * finds, after it has written the mark, that its file is gone.
 */
class WorkerMarks {
  readonly #marked = new Map<number, string | undefined>();
  /** In the file as marked, and settled since. */
  readonly #over = new Set<number>();
  #file: { fd: number; size: number } | undefined;
  #taken = false;

  constructor(
    /** Absent: in memory only, gone with the process as the store is. */
    private readonly path: string | undefined,
    private readonly head: string,
  ) {}

  get marked(): Marked {
    return this.#marked;
  }

  begin(ids: readonly number[]): void {
    const again = ids.filter((id) => this.#marked.has(id) || this.#over.has(id));
    if (again.length > 0 || !this.#file) this.#append(again.map((id) => `-${id}\n`).join(""));
    for (const id of again) {
      this.#marked.delete(id);
      this.#over.delete(id);
    }
  }

  /** False: somebody has taken over from this worker meanwhile, and it may hold these mails no longer. */
  add(ids: readonly number[], answers: readonly HandoverAnswer[]): boolean {
    let lines = "";
    // Of a mail that was settled meanwhile there is nothing to note any more.
    const noted = answers.filter(({ mailId }) => this.#marked.has(mailId));
    for (const { mailId, answer } of noted) lines += answerLine(mailId, answer);
    for (const id of ids) lines += `+${id}\n`;
    if (lines !== "") this.#append(lines);
    for (const { mailId, answer } of noted) this.#marked.set(mailId, answer);
    for (const id of ids) this.#marked.set(id, undefined);
    return !this.#taken;
  }

  /** From now on the database is asked whether this worker holds a mail: any that it had prepared may be another's. */
  taken(): void {
    this.#taken = true;
  }

  settled(ids: readonly number[]): void {
    for (const id of ids) if (this.#marked.delete(id)) this.#over.add(id);
  }

  /** A file that is left behind is the next `recover`'s. */
  close(): void {
    if (this.#file) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #loseFile(): void {
    this.taken();
    this.close();
  }

  #append(lines: string): void {
    if (this.path === undefined) return;
    try {
      const file = this.#file && this.#file.size <= LONG ? this.#file : this.#writeAnew(this.path);
      const length = Buffer.byteLength(lines);
      if (lines !== "" && writeSync(file.fd, lines) !== length)
        throw Object.assign(new Error("short write"), { code: "ENOSPC" });
      file.size += length;
      // Two microseconds, where a look into the database would be twenty.
      if (fstatSync(file.fd).nlink === 0) this.#loseFile();
    } catch (error) {
      // What it ends with is not known: it is written anew before the next line.
      this.close();
      throw notWritten(error);
    }
  }

  /** Never in place: whoever reads it, after a kill at any moment, finds the old one or the new. */
  #writeAnew(path: string): { fd: number; size: number } {
    let text = this.head;
    for (const [id, answer] of this.#marked)
      text += answer === undefined ? `+${id}\n` : `+${id}\n${answerLine(id, answer)}`;
    const next = `${path}.new`;
    rmSync(next, { force: true });
    writeFileSync(next, text, { mode: 0o600, flag: "wx" });
    this.close();
    renameSync(next, path);
    this.#over.clear();
    this.#file = { fd: openSync(path, "a"), size: Buffer.byteLength(text) };
    return this.#file;
  }
}

const answerLine = (id: number, answer: string): string => `=${id} ${JSON.stringify(answer)}\n`;

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

  /**
   * Notes the answers to earlier dots, and that the dots of `ids` are to be written. False: another worker has taken over from this one, and
   * the database tells whether it still holds them. @throws `storage_failed`: then the dots must not be written.
   */
  add(worker: string, ids: readonly number[], answers: readonly HandoverAnswer[] = []): boolean {
    return this.#of(worker).add(ids, answers);
  }

  settled(worker: string, ids: readonly number[]): void {
    this.#workers.get(worker)?.settled(ids);
  }

  /** What a worker of this process has marked; undefined where it has none. */
  of(worker: string): Marked | undefined {
    return this.#workers.get(worker)?.marked;
  }

  /** What a worker that is thought dead has marked; undefined where that cannot be told. Its mails are taken over before: see {@link add}. */
  take(worker: string): Marked | undefined {
    const here = this.#workers.get(worker);
    here?.taken();
    if (this.database === undefined) return here?.marked;
    try {
      return this.#takeFile(this.#pathOf(worker), this.#headOf(worker));
    } catch {
      return undefined;
    }
  }

  #takeFile(path: string, head: string): Marked | undefined {
    const fd = openSync(path, "r");
    try {
      rmSync(path);
      return fstatSync(fd).size > TOO_LONG ? undefined : parse(readFileSync(fd, "utf8"), head);
    } finally {
      closeSync(fd);
    }
  }

  /** The worker is gone, and nothing is left in its hands. */
  end(worker: string): void {
    this.#workers.get(worker)?.close();
    this.#workers.delete(worker);
    const path = this.#pathOf(worker);
    if (path === undefined) return;
    try {
      rmSync(path, { force: true });
    } catch {
      // It says nothing any more: nobody asks for a worker that holds no mail.
    }
  }

  close(): void {
    for (const marks of this.#workers.values()) marks.close();
  }

  #of(worker: string): WorkerMarks {
    let marks = this.#workers.get(worker);
    if (!marks) {
      marks = new WorkerMarks(this.#pathOf(worker), this.#headOf(worker));
      this.#workers.set(worker, marks);
    }
    return marks;
  }

  #pathOf(worker: string): string;
  #pathOf(worker: string): string | undefined {
    // Hashed: the name of a worker is anyone's words.
    return this.database === undefined ? undefined : `${this.database}-${hash("sha256", worker).slice(0, 32)}.marks`;
  }

  #headOf(worker: string): string {
    return `medimail-handovers 1 ${this.storeId} ${JSON.stringify(worker)}\n`;
  }
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

function notWritten(error: unknown): MedimailError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown reason";
  return new MedimailError("storage_failed", `the marks of the hand-over cannot be written (${code})`, {
    hint: "They are in files beside the database (.marks): free space on its volume; the user that runs the software must be able to write to its folder.",
  });
}
