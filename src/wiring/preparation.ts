import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import type { DocumentSubmission, Prepared, SenderProfile } from "../sending/index.js";
import { prepare } from "../sending/index.js";

/** What the outbox needs of a prepared submission. */
export type PreparedSubmission = Omit<Prepared, "composed">;
/** Of the profile, what a thread cannot know from its start. */
type Variable = Pick<SenderProfile, "maxSize" | "allowTestIdentities">;

export interface PrepareJob {
  id: number;
  submission: DocumentSubmission;
  profile: Variable;
}

export type PrepareAnswer =
  | { id: number; prepared: PreparedSubmission }
  | { id: number; error: ReturnType<MedimailError["toJSON"]> | { code: "internal"; name: string } };

interface Waiting {
  resolve(prepared: PreparedSubmission): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  jobs: Map<number, Waiting>;
}

/**
 * Where submissions are read, packed and composed: in the caller's thread, or, so that a long document does not hold up the
 * software around us and a second core is used, in threads of our own. They start with the first submission and end with
 * `close`; an idle one keeps no process alive.
 */
export class Preparation {
  readonly #threads: Thread[] = [];
  readonly #size: number;
  readonly #file: string | undefined;
  #last = 0;
  #closed = false;

  constructor(threads: number, file = threads > 0 ? threadFile() : undefined) {
    this.#file = file;
    // A bundler that left the thread's file behind costs speed, not the service.
    this.#size = this.#file === undefined ? 0 : threads;
  }

  /** Prepares; throws what `prepare` throws. A thread that ends by itself (out of memory) refuses its jobs with `internal`. */
  async prepare(submission: DocumentSubmission, profile: SenderProfile): Promise<PreparedSubmission> {
    if (this.#size === 0) return prepare(submission, profile);
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
      thread.jobs.set(id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage(
        { id, submission: { ...submission, documents }, profile: variable } satisfies PrepareJob,
        transfer,
      );
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  /** A new one while there is room and all are busy, else the one with the least to do. */
  #threadFor(profile: object): Thread {
    if (this.#closed) throw new MedimailError("closed", "The connector is closed.");
    const [least] = [...this.#threads].sort((a, b) => a.jobs.size - b.jobs.size);
    if (least && (least.jobs.size === 0 || this.#threads.length >= this.#size)) return least;
    const worker = new Worker(this.#file as string, { workerData: { profile } });
    const thread: Thread = { worker, jobs: new Map() };
    worker.unref();
    worker.on("message", (answer: PrepareAnswer) => settle(thread, answer));
    const ended = () => {
      const at = this.#threads.indexOf(thread);
      if (at >= 0) this.#threads.splice(at, 1);
      for (const { reject } of thread.jobs.values()) {
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

/** The bundle of the thread lies beside ours, or one folder up (the command). */
function threadFile(): string | undefined {
  return ["./prepare-thread.js", "../prepare-thread.js", "./prepare-thread.mjs"]
    .map((name) => fileURLToPath(new URL(name, import.meta.url)))
    .find(existsSync);
}
