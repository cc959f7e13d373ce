import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import { packageFile } from "../package-files.js";
import type { AddressedSubmission, Prepared, SenderProfile } from "../sending/index.js";
import { prepare } from "../sending/index.js";

/** What the outbox needs of a prepared submission. */
export type PreparedSubmission = Omit<Prepared, "composed">;
/** Of the profile, what a thread cannot know from its start. */
type Variable = Pick<SenderProfile, "maxSize" | "allowTestIdentities">;

export interface PrepareJob {
  id: number;
  submission: AddressedSubmission;
  profile: Variable;
}

export interface PrepareMessage {
  jobs: PrepareJob[];
  /** How many to prepare together at most: half of what is under way, so that the other half is stored or handed in meanwhile. */
  share: number;
}

export type PrepareAnswer =
  | { id: number; prepared: PreparedSubmission }
  | { id: number; error: ReturnType<MedimailError["toJSON"]> | { code: "internal"; name: string } };

interface Waiting {
  resolve(prepared: PreparedSubmission | Promise<PreparedSubmission>): void;
  reject(error: unknown): void;
  here(): Promise<PreparedSubmission>;
}

interface Outgoing {
  job: PrepareJob;
  transfer: readonly ArrayBuffer[];
}

interface Thread {
  worker: Worker;
  jobs: Map<number, Waiting>;
  /** What goes with the next message. */
  outgoing: Outgoing[];
  /** It has answered once. */
  proven: boolean;
  idle?: NodeJS.Timeout;
}

/** The bundle of the thread in the package, and beside a program that was bundled. */
const THREAD_FILES = ["prepare-thread.js", "prepare-thread.mjs"];
/** `auto`: the thread is started when so many more submissions found another under way than did not. */
const CROWD = 16;
/** `auto`: a thread without work for so long ends, and gives its memory back. */
const IDLE_MS = 60_000;

/**
 * Where submissions are read, packed and composed: in the caller's thread, or, so that a long document does not hold up the
 * software around us and a second core is used, in threads of our own. They start with the first submission and end with
 * `close`; an idle one keeps no process alive.
 *
 * `auto`: in the caller's thread as long as submissions come one by one; one thread, where there is a core for it, while many
 * come at once.
 */
export class Preparation {
  readonly #threads: Thread[] = [];
  #size: number;
  readonly #file: string | undefined;
  readonly #auto: boolean;
  #here = 0;
  #crowd = 0;
  #last = 0;
  #closed = false;

  constructor(threads: number | "auto", file = threads === 0 ? undefined : packageFile(...THREAD_FILES)) {
    this.#file = file;
    this.#auto = threads === "auto";
    const wanted = threads === "auto" ? Math.min(1, availableParallelism() - 1) : threads;
    // A bundler that left the thread's file behind costs speed, not the service.
    this.#size = this.#file === undefined ? 0 : wanted;
  }

  /** Prepares; throws what `prepare` throws. A thread that ends by itself (out of memory) refuses its jobs with `internal`. */
  async prepare(submission: AddressedSubmission, profile: SenderProfile): Promise<PreparedSubmission> {
    if (this.#size === 0 || (this.#auto && !this.#crowded())) return this.#prepareHere(submission, profile);
    const { clock: _clock, random: _random, maxSize, allowTestIdentities, ...fixed } = profile;
    const thread = this.#threadFor(fixed);
    const transfer: ArrayBuffer[] = [];
    const documents = submission.documents.map(({ cda, pdf }) => ({
      cda: copied(cda, transfer),
      ...(pdf ? { pdf: copied(pdf, transfer) } : {}),
    }));
    this.#last += 1;
    const id = this.#last;
    const variable: Variable = defined({ maxSize, allowTestIdentities });
    return new Promise((resolve, reject) => {
      thread.jobs.set(id, { resolve, reject, here: () => this.#prepareHere(submission, profile) });
      clearTimeout(thread.idle);
      thread.worker.ref();
      this.#post(thread, { id, submission: { ...submission, documents }, profile: variable }, transfer);
    });
  }

  /** What is given in one turn goes in one message, and is prepared together. */
  #post(thread: Thread, job: PrepareJob, transfer: readonly ArrayBuffer[]): void {
    if (thread.outgoing.push({ job, transfer }) === 1) queueMicrotask(() => postAll(thread));
  }

  /** How many threads there are just now. */
  get threads(): number {
    return this.#threads.length;
  }

  /** Whether the thread is at work, or shall be. */
  #crowded(): boolean {
    if (this.#closed || this.#threads.length > 0) return true;
    this.#crowd = Math.max(0, this.#crowd + (this.#here > 0 ? 1 : -1));
    return this.#crowd >= CROWD;
  }

  async #prepareHere(submission: AddressedSubmission, profile: SenderProfile): Promise<PreparedSubmission> {
    this.#here += 1;
    try {
      return await prepare(submission, profile);
    } finally {
      this.#here -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map((thread) => this.#end(thread)));
  }

  #end(thread: Thread): Promise<number> {
    clearTimeout(thread.idle);
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    return thread.worker.terminate();
  }

  #answered(thread: Thread, answers: readonly PrepareAnswer[]): void {
    thread.proven = true;
    for (const answer of answers) settle(thread, answer);
    if (!this.#auto || thread.jobs.size > 0) return;
    this.#crowd = 0;
    thread.idle = setTimeout(() => void this.#end(thread), IDLE_MS).unref();
  }

  /** A new one while there is room and all are busy, else the one with the least to do. */
  #threadFor(profile: object): Thread {
    if (this.#closed) throw new MedimailError("closed", "The connector is closed.");
    const [least] = [...this.#threads].sort((a, b) => a.jobs.size - b.jobs.size);
    if (least && (least.jobs.size === 0 || this.#threads.length >= this.#size)) return least;
    // Turbopack (Next.js) takes every file of the package for a thread where it sees `new Worker` of what it cannot know, and does not build.
    const worker: Worker = Reflect.construct(Worker, [this.#file as string, { workerData: { profile } }]);
    const thread: Thread = { worker, jobs: new Map(), outgoing: [], proven: false };
    worker.unref();
    worker.on("message", (answers: PrepareAnswer[]) => this.#answered(thread, answers));
    const ended = () => {
      clearTimeout(thread.idle);
      const at = this.#threads.indexOf(thread);
      if (at >= 0) this.#threads.splice(at, 1);
      // Nobody asked for a thread: where none can be started, it goes as without.
      const without = this.#auto && !thread.proven && !this.#closed;
      if (without) this.#size = 0;
      for (const { resolve, reject, here } of thread.jobs.values()) {
        if (without) resolve(here());
        else
          reject(
            this.#closed
              ? new MedimailError("closed", "The connector was closed before the submission was stored.")
              : new MedimailError("internal", "The thread that prepared the submission ended; nothing was stored."),
          );
      }
      thread.jobs.clear();
    };
    worker.once("error", ended);
    worker.once("exit", ended);
    this.#threads.push(thread);
    return thread;
  }
}

function postAll(thread: Thread): void {
  const outgoing = thread.outgoing.splice(0);
  try {
    postTogether(thread, outgoing);
  } catch {
    // One of them has a value that cannot go to another thread (a function): nothing was sent.
    for (const one of outgoing) {
      try {
        postTogether(thread, [one]);
      } catch {
        const waiting = thread.jobs.get(one.job.id);
        thread.jobs.delete(one.job.id);
        if (thread.jobs.size === 0) thread.worker.unref();
        waiting?.resolve(waiting.here());
      }
    }
  }
}

function postTogether({ worker, jobs }: Thread, outgoing: readonly Outgoing[]): void {
  const message: PrepareMessage = { jobs: outgoing.map(({ job }) => job), share: Math.ceil(jobs.size / 2) };
  worker.postMessage(
    message,
    outgoing.flatMap(({ transfer }) => transfer),
  );
}

function settle({ worker, jobs }: Thread, answer: PrepareAnswer): void {
  const waiting = jobs.get(answer.id);
  jobs.delete(answer.id);
  if (jobs.size === 0) worker.unref();
  if (!waiting) return;
  if ("prepared" in answer) waiting.resolve(answer.prepared);
  else waiting.reject(asError(answer.error));
}

function asError(error: Extract<PrepareAnswer, { error: unknown }>["error"]): MedimailError {
  if (!("message" in error)) return new MedimailError("internal", `unforeseen fault (${error.name})`);
  const { code, message, ...details } = error;
  return new MedimailError(code, message, details);
}

/** Bytes for another thread, by their buffer where it is theirs alone, else by a copy: a view would take its whole buffer along. */
export function moved(bytes: Uint8Array, transfer: ArrayBuffer[]): Uint8Array {
  const { buffer, byteLength } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return copied(bytes, transfer);
  transfer.push(buffer);
  return bytes;
}

/** The caller's bytes stay his. */
function copied(bytes: Uint8Array, transfer: ArrayBuffer[]): Uint8Array {
  const copy = new Uint8Array(bytes);
  transfer.push(copy.buffer);
  return copy;
}
