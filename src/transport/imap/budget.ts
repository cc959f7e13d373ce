import { MedimailError } from "../../errors.js";
import type { Clock } from "../../seams/clock.js";

/** Who has a connection, or wants one. */
export interface BudgetHolder {
  /** A watch: it waits as long as it must, and keeps what it has for a turn where others of its kind wait. */
  readonly background: boolean;
  /** Since when nothing runs on its session, ms since 1970; undefined while something does. */
  idleSince(): number | undefined;
  /** Closes its session, for somebody else. */
  giveUp(): void;
}

export interface BudgetOptions {
  /** Connections at a time. */
  most: number;
  /** How long a call waits for one, ms. Default 30 000. */
  waitMs?: number;
  /** How long a watch keeps its connection where another watch waits, ms. Default 60 000. */
  turnMs?: number;
  /** How long a mailbox's connection must have been idle before a watch gets it, ms. Default 5 000. */
  graceMs?: number;
  clock: Pick<Clock, "now">;
}

interface Held {
  holder: BudgetHolder;
  since: number;
  /** Asked to go. */
  leaving: boolean;
}

interface Waiter {
  holder: BudgetHolder;
  grant(): void;
}

/**
 * The connections of one operator that the mailboxes of a process share. Where all are taken, an idle session of another mailbox is closed
 * to make room, the one that was idle for longest first; where none is idle, a call waits, and a watch waits its turn.
 */
export class ConnectionBudget {
  readonly #most: number;
  readonly #waitMs: number;
  readonly #turnMs: number;
  readonly #graceMs: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #held = new Set<Held>();
  readonly #waiting = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ most, waitMs = 30_000, turnMs = 60_000, graceMs = 5_000, clock }: BudgetOptions) {
    this.#most = most;
    this.#waitMs = waitMs;
    this.#turnMs = turnMs;
    this.#graceMs = graceMs;
    this.#clock = clock;
  }

  /** Connections open or being opened. */
  get used(): number {
    return this.#held.size;
  }

  /**
   * @returns what gives the connection back, once it is closed
   * @throws `connections_exhausted` where a call has waited for `waitMs`
   */
  acquire(holder: BudgetHolder, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(new MedimailError("closed", "the IMAP mailbox is closed"));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(waiter);
      };
      const waiter: Waiter = {
        holder,
        grant: () => {
          leave();
          resolve(this.#grant(holder));
        },
      };
      const onAbort = (): void => {
        leave();
        reject(new MedimailError("closed", "the IMAP mailbox is closed"));
      };
      const timer = holder.background
        ? undefined
        : setTimeout(() => {
            leave();
            reject(
              new MedimailError(
                "connections_exhausted",
                `all ${this.#most} IMAP connections to the operator that this process may open are in use`,
                {
                  hint: "Ask again later, or raise imap.maxConnections of createRuntime, as far as the operator allows.",
                },
              ),
            );
          }, this.#waitMs);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
      this.look();
    });
  }

  #grant(holder: BudgetHolder): () => void {
    const held: Held = { holder, since: this.#clock.now(), leaving: false };
    this.#held.add(held);
    return () => {
      if (this.#held.delete(held)) this.look();
    };
  }

  /** Something may have become possible: a session is closed, or idle. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    // Calls first: somebody waits for them.
    const queue = [...this.#waiting].sort((a, b) => Number(a.holder.background) - Number(b.holder.background));
    let leaving = [...this.#held].filter((held) => held.leaving).length;
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiter of queue) {
      if (this.#held.size < this.#most) {
        waiter.grant();
        continue;
      }
      if (leaving > 0) {
        leaving -= 1;
        continue;
      }
      const { found, at } = this.#mostIdle(waiter.holder);
      soonest = Math.min(soonest, at);
      if (!found) continue;
      found.leaving = true;
      found.holder.giveUp();
      // Its end, which may be told at once, is what makes room.
      if (this.#held.size < this.#most && this.#waiting.has(waiter)) waiter.grant();
    }
    if (this.#waiting.size > 0 && soonest !== Number.POSITIVE_INFINITY) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.look(), Math.max(10, soonest - this.#clock.now()));
      this.#timer.unref();
    }
  }

  /** The session that may be closed for this one; else when the next one may be. */
  #mostIdle(wanting: BudgetHolder): { found?: Held; at: number } {
    const now = this.#clock.now();
    let found: Held | undefined;
    let longest = Number.POSITIVE_INFINITY;
    let at = Number.POSITIVE_INFINITY;
    for (const held of this.#held) {
      const idle = held.leaving || held.holder === wanting ? undefined : held.holder.idleSince();
      if (idle === undefined) continue;
      const wait = !wanting.background ? 0 : held.holder.background ? this.#turnMs : this.#graceMs;
      const due = (held.holder.background ? held.since : idle) + wait;
      at = Math.min(at, due);
      // A watch that listens is of more use than a session that does nothing.
      const order = held.holder.background ? now + idle : idle;
      if (due > now || order >= longest) continue;
      longest = order;
      found = held;
    }
    return { at, ...(found ? { found } : {}) };
  }
}
