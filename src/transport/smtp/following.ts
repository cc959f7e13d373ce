import type { Capabilities } from "./capabilities.js";
import type { SmtpSession } from "./session.js";

/** A mail that waits for a session. */
export interface Waiter {
  resolve(session: SmtpSession): void;
  reject(error: unknown): void;
  /** What it says first, DATA included; undefined where it cannot be said there. Absent where it may not be said ahead of its turn. */
  envelope?: ((capabilities: Capabilities) => string | undefined) | undefined;
  /** It was given up. */
  gone: boolean;
}

/**
 * The mails whose envelope goes with the final dot of the mail before them, in one write: RFC 2920 §3.1 lets commands follow the
 * end of the content as it lets them follow each other (DATA stays the last of its group). Nothing of such a mail can be taken
 * before it has the session for itself: until then it is a waiter like the others.
 *
 * A server that announces PIPELINING and fails at this would cost the answer to a mail, hence its knowing what became of it. So
 * one session tries it, and the others begin when it has worked; where it has not, it is never done again.
 */
export class Following {
  readonly #behind = new Map<SmtpSession, Waiter>();
  #works: boolean | undefined;
  #trial: SmtpSession | undefined;

  get size(): number {
    return [...this.#behind.values()].filter(({ gone }) => !gone).length;
  }

  /** The envelope of `next`, where it may follow: to be written at once. `next` then is no longer in the queue. */
  put(session: SmtpSession, next: Waiter): string {
    const { capabilities, connection } = session;
    if (!capabilities.pipelining || connection.ended || this.#works === false || this.#trial) return "";
    const lines = next.envelope?.(capabilities);
    if (lines === undefined) return "";
    this.#behind.set(session, next);
    if (!this.#works) this.#trial = session;
    return lines;
  }

  /** The mail whose envelope is on its way, once the one before it is done with the session. */
  take(session: SmtpSession): Waiter | undefined {
    const next = this.#behind.get(session);
    this.#behind.delete(session);
    // Either the answer before it did not come, or none came to its own MAIL, and not because it was given up.
    const { ended } = session.connection;
    if (ended?.code === "aborted" || ended?.code === "closed") this.abandon(session);
    else if (this.#trial === session && (ended || !next)) this.#conclude(false);
    return next;
  }

  /** The session ends for another reason: that says nothing of the server. */
  abandon(session: SmtpSession): void {
    if (this.#trial === session) this.#trial = undefined;
  }

  /** MAIL was answered on the session. */
  answered(session: SmtpSession, code: number): void {
    if (this.#trial === session && !this.#behind.has(session)) this.#conclude(code < 400);
  }

  /** Gives up those that wait for their turn. Their sessions go on to the answer that is due, and end. */
  reject(error: () => unknown): void {
    for (const waiter of this.#behind.values()) {
      if (waiter.gone) continue;
      waiter.gone = true;
      waiter.reject(error());
    }
  }

  #conclude(works: boolean): void {
    this.#works = works;
    this.#trial = undefined;
  }
}
