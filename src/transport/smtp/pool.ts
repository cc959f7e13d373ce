import { setMaxListeners } from "node:events";
import type { MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import type { SmtpStage } from "../../seams/mail-transport.js";
import { smtpFailure } from "./failure.js";
import { Following, type Waiter } from "./following.js";
import type { SmtpSession } from "./session.js";

export interface PoolOptions {
  maxConnections: number;
  maxMailsPerConnection: number;
  idleMs: number;
  quitMs: number;
  open(signal: AbortSignal): Promise<SmtpSession>;
}

export interface PoolStats {
  /** Sessions open or being opened. */
  open: number;
  idle: number;
  /** Sessions that carry a mail now. */
  active: number;
  /** Mails that wait for a session. */
  waiting: number;
  /** Sessions opened since the start. */
  opened: number;
}

/** What may be given up while it waits. No AbortSignal: one for each mail, and its listeners, cost more than the rest of a wait. */
export interface Stoppable {
  /** Why it was given up, if it was. */
  readonly stopped: unknown;
  /** Called when it is given up; set by whoever has it wait. */
  onStop: ((why: unknown) => void) | undefined;
}

/** Cut here, the mail is whole with us and its answer unknown, or much of it has gone already. */
const UNDER_WAY: ReadonlySet<SmtpStage> = new Set<SmtpStage>(["content", "final-dot", "done"]);

/**
 * Keeps sessions for the mails to come. Sessions are opened for the queue, not for one mail: a mail given up leaves its
 * session to the next. A session that the server closes while idle leaves by itself.
 */
export class SessionPool {
  readonly #options: PoolOptions;
  readonly #idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  readonly #active = new Set<SmtpSession>();
  readonly #waiters: Waiter[] = [];
  /** Those of the waiters whose session is known already: their envelope is on its way. */
  readonly #following = new Following();
  readonly #quits = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  /** Of the sessions being opened now; another one for those to come. */
  #openings = new AbortController();
  #opening = 0;
  #opened = 0;
  #drained: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    // Each session being opened listens at several places: more than the ten at which Node suspects a leak.
    setMaxListeners(0, this.#abort.signal, this.#openings.signal);
  }

  get stats(): PoolStats {
    const idle = this.#idle.length;
    const active = this.#active.size;
    const waiting = this.#waiters.length + this.#following.size;
    return { open: idle + active + this.#opening, idle, active, waiting, opened: this.#opened };
  }

  get closed(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * A session of one's own until {@link release}. `fresh`: one that has carried nothing yet. `envelope`: what the mail says first,
   * which may then be said while it still waits (see {@link following}).
   */
  acquire(until: Stoppable, fresh: boolean, envelope: Waiter["envelope"]): Promise<SmtpSession> {
    if (this.closed) return Promise.reject(closedError());
    if (!fresh && this.#waiters.length === 0) {
      const session = this.#takeIdle();
      if (session) return Promise.resolve(session);
    }
    // A dead session was just found: its idle sisters of the same age are dead too, or soon.
    if (fresh) for (const { session } of this.#idle.slice()) this.#quit(session);
    if (until.stopped !== undefined) return Promise.reject(until.stopped);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, envelope: fresh ? undefined : envelope, gone: false };
      // Once the wait is over it finds nothing to take back, and nobody to tell.
      until.onStop = (why) => {
        const at = this.#waiters.indexOf(waiter);
        if (at >= 0) this.#waiters.splice(at, 1);
        waiter.gone = true;
        reject(why);
      };
      this.#waiters.push(waiter);
      this.#grow();
    });
  }

  /**
   * The envelope of the mail that waits longest, to be written with the final dot of the one that has the session; empty where none
   * may follow. It gets the session when that one is released.
   */
  following(session: SmtpSession): string {
    const [next] = this.#waiters;
    // The sessions being opened are for as many of those that wait. Those of a session that is retired, or of a pool that is closed, go elsewhere.
    if (!next || this.#waiters.length <= this.#opening) return "";
    if (this.closed || session.mails + 1 >= this.#options.maxMailsPerConnection) return "";
    const lines = this.#following.put(session, next);
    if (lines !== "") this.#waiters.shift();
    return lines;
  }

  /** The server has answered MAIL, with this code. */
  mailAnswered(session: SmtpSession, code: number): void {
    this.#following.answered(session, code);
  }

  release(session: SmtpSession): void {
    if (!this.#active.delete(session)) return;
    const { connection, mails } = session;
    const next = this.#following.take(session);
    if (next) this.#goOn(session, next);
    else if (!connection.ended) {
      if (this.closed || connection.unsolicited || mails >= this.#options.maxMailsPerConnection)
        void connection.quit(this.#options.quitMs);
      else if (this.#waiters.length > 0) this.#serve(session);
      else this.#rest(session);
    }
    if (this.#active.size === 0) this.#drained?.();
    this.#grow();
  }

  /** The envelope of `next` is on its way, its answers perhaps there: the session is good for no other mail, nor for QUIT. */
  #goOn(session: SmtpSession, next: Waiter): void {
    const { connection, mails } = session;
    if (!next.gone && !connection.ended && mails < this.#options.maxMailsPerConnection) {
      session.envelopeSent = true;
      this.#serveTo(session);
      next.resolve(session);
      return;
    }
    this.#following.abandon(session);
    connection.fail("aborted", GIVEN_UP, undefined, false);
    if (next.gone) return;
    // Nothing of it was taken: it waits on as if nothing of it had been said.
    const idle = this.#takeIdle();
    if (idle) next.resolve(idle);
    else this.#waiters.unshift(next);
  }

  /** Ends whatever has not come as far as the content of a mail. Mails to come are served as before. */
  giveUp(): void {
    const openings = this.#openings;
    this.#openings = new AbortController();
    setMaxListeners(0, this.#openings.signal);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(givenUp());
    this.#following.reject(givenUp);
    openings.abort();
    for (const { connection } of [...this.#active])
      if (!UNDER_WAY.has(connection.stage)) connection.fail("aborted", GIVEN_UP, undefined, false);
  }

  /** Every session says QUIT once it carries no mail; those to come are opened anew. */
  retire(): void {
    for (const session of this.#active) session.mails = Number.POSITIVE_INFINITY;
    for (const { session } of this.#idle.slice()) this.#quit(session);
  }

  /** No new mail; idle sessions say QUIT, mails under way have `graceMs` to end, then are cut. */
  async close(graceMs: number): Promise<void> {
    if (!this.closed) this.#abort.abort();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closedError());
    this.#following.reject(closedError);
    for (const { session } of this.#idle.slice()) this.#quit(session);
    if (this.#active.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#drained = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      for (const session of [...this.#active])
        session.connection.fail(
          "closed",
          "the connection was closed before the mail was handed over",
          undefined,
          false,
        );
    }
    await Promise.all(this.#quits);
  }

  #quit(session: SmtpSession): void {
    const quit = session.connection.quit(this.#options.quitMs).finally(() => this.#quits.delete(quit));
    this.#quits.add(quit);
  }

  #takeIdle(): SmtpSession | undefined {
    // The last to rest is the least likely to be dead.
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      clearTimeout(entry.timer);
      if (!entry.session.connection.ended && !entry.session.connection.unsolicited) {
        this.#serveTo(entry.session);
        return entry.session;
      }
      entry.session.connection.fail("connection_lost", "the server spoke on an idle connection");
    }
    return undefined;
  }

  #serveTo(session: SmtpSession): void {
    session.connection.onEnd = undefined;
    this.#active.add(session);
  }

  #serve(session: SmtpSession): void {
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.#rest(session);
      return;
    }
    this.#serveTo(session);
    waiter.resolve(session);
  }

  #rest(session: SmtpSession): void {
    session.rested = true;
    const timer = setTimeout(() => this.#quit(session), this.#options.idleMs);
    const entry = { session, timer };
    this.#idle.push(entry);
    session.connection.onEnd = () => {
      clearTimeout(timer);
      const at = this.#idle.indexOf(entry);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#grow();
    };
  }

  /** Opens what the queue needs, within the limit. */
  #grow(): void {
    const { maxConnections } = this.#options;
    while (
      !this.closed &&
      this.#opening < this.#waiters.length &&
      this.#opening + this.#active.size + this.#idle.length < maxConnections
    ) {
      this.#opening++;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    let session: SmtpSession;
    const either = firstAborted(this.#abort.signal, this.#openings.signal);
    try {
      session = await this.#options.open(either.signal);
    } catch (error) {
      this.#opening--;
      // One failure answers one mail: the others get their own try, and a time limit of their own.
      this.#waiters.shift()?.reject(error);
      this.#grow();
      return;
    } finally {
      either.release();
    }
    this.#opening--;
    this.#opened++;
    if (this.closed) this.#quit(session);
    else this.#serve(session);
  }
}

const GIVEN_UP = "the mail was given up before its content was sent";

function givenUp(): MedimailError {
  return smtpFailure("aborted", GIVEN_UP, { stage: "connect", verdict: "temporary", systemic: false });
}

export function closedError(): MedimailError {
  return smtpFailure(
    "closed",
    "the transport is closed",
    { stage: "connect", verdict: "temporary", systemic: false },
    { retryable: false },
  );
}
