import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** Both ends of the sessions of a row, made for the run. */
export interface RowTls {
  ca: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}

export interface ContenderStart {
  kind: "ours" | "nodemailer" | "bare";
  port: number;
  connections: number;
  folder: string;
  maxInDoubt?: number;
  /** Threads that prepare submissions; 0 without; absent: the default. */
  threads?: number;
  /** The outbox is in this PostgreSQL database; absent: in a file. */
  postgres?: string;
  tls?: RowTls;
}

/** One timed round: from the first submission (or `sendMail`) to the last mail accepted. */
export interface Round {
  mails: number;
  ms: number;
  /** CPU of the contender's process, all its threads, in ms. */
  cpuMs: number;
  /** Bytes of the mails, together. */
  bytes: number;
}

/** A process of the bench beside this file, spoken to by one question at a time. */
export class Peer {
  readonly #child: ChildProcess;

  constructor(name: string, execArgv: readonly string[] = []) {
    this.#child = fork(join(import.meta.dirname, `${name}.mjs`), {
      execArgv: [...execArgv],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  ask<T>(question: unknown): Promise<T> {
    const answer = this.next<T>();
    this.#child.send(question as object);
    return answer;
  }

  /** What it says next, without being asked. */
  next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`a process of the bench ended (${code})`));
      this.#child.once("exit", ended);
      this.#child.once("message", (answer) => {
        this.#child.removeListener("exit", ended);
        resolve(answer as T);
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) return resolve();
      this.#child.once("exit", () => resolve());
      this.#child.disconnect();
    });
  }
}
