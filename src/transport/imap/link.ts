import { setMaxListeners } from "node:events";
import type { ImapFlow } from "imapflow";
import { isMedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import type { Logger } from "../../log.js";
import type { Clock } from "../../seams/clock.js";
import type { Random } from "../../seams/random.js";
import type { BudgetHolder, ConnectionBudget } from "./budget.js";
import { imapError } from "./errors.js";
import { closedError, guarded } from "./guarded.js";
import { logOut } from "./log-out.js";

export interface LinkOptions {
  open(signal: AbortSignal): Promise<ImapFlow>;
  commandMs: number;
  /** A session that nobody has used for so long says LOGOUT; never that of a watch. */
  idleMs: number;
  /** Wait before the 2nd, 3rd… opening after failures: doubles from `minMs` to `maxMs`, with jitter. */
  backoff: { minMs: number; maxMs: number };
  clock: Clock;
  random: Random;
  logger: Logger;
  host: string;
  mailbox: string;
  /** Of the operator's connections; absent: as many as are wanted. */
  budget?: ConnectionBudget | undefined;
  /** A watch: see {@link BudgetHolder}. */
  background?: boolean;
}

/** What a slow line takes, at least: 64 KB/s. */
const BYTES_PER_MS = 64;
const LOST: ReadonlySet<string> = new Set(["connection_lost", "timeout"]);

/**
 * One IMAP session that is there when it is needed: opened at the first use, replaced when it is lost, never opened in
 * a rush. imapflow's client cannot cancel a command: giving one up costs the session, which says LOGOUT once the server is done with it;
 * who gave up does not wait for that.
 */
export class ImapLink implements BudgetHolder {
  readonly background: boolean;
  readonly #options: LinkOptions;
  readonly #abort = new AbortController();
  #client: ImapFlow | undefined;
  #opening: Promise<ImapFlow> | undefined;
  /** Sessions on their way out, which serve nobody any more. */
  readonly #leaving = new Map<ImapFlow, Promise<void>>();
  #failures = 0;
  #notBefore = 0;
  /** What runs on the session, or waits for it. */
  #busy = 0;
  #idleSince = 0;
  #rest: NodeJS.Timeout | undefined;
  /** The session was closed to make room for another mailbox, and no other was opened since. */
  #gaveUp = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.background = options.background ?? false;
    // Each call under way listens: more than the ten at which Node suspects a leak.
    setMaxListeners(0, this.#abort.signal);
  }

  /**
   * Runs `work` on an open session. Lost on the way, it is run once more on a new one: only for work that reads.
   */
  async run<T>(doing: string, signal: AbortSignal | undefined, work: (client: ImapFlow) => Promise<T>): Promise<T> {
    return await this.#occupied(() => this.#attempt(doing, signal, work, () => true));
  }

  /**
   * Runs work that changes something. It calls `begin` before its first command that does: lost before, it is run once more, lost
   * after, never, since the server may have done it. Giving up (abort, time limit) costs the session as for {@link run}.
   *
   * @param bytes that it sends: they have time of their own, beside that of a command
   */
  async act<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: (client: ImapFlow, begin: () => void) => Promise<T>,
    bytes = 0,
  ): Promise<T> {
    let begun = false;
    const begin = (): void => {
      // Given up while it was looking: what it was about to do, nobody waits for.
      signal?.throwIfAborted();
      if (this.closing.aborted) throw closedError();
      begun = true;
    };
    const beginning = (client: ImapFlow): Promise<T> => work(client, begin);
    return await this.#occupied(() => this.#attempt(doing, signal, beginning, () => !begun, bytes));
  }

  /** What {@link BudgetHolder} asks. */
  idleSince(): number | undefined {
    return this.#client && this.#busy === 0 ? this.#idleSince : undefined;
  }

  /** What {@link BudgetHolder} asks. */
  giveUp(): void {
    this.#gaveUp = true;
    void this.hangUp();
  }

  /** Whether the session that was lost was given up for another mailbox. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** While `work` runs the session is nobody else's. */
  async #occupied<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) {
        this.#idleSince = this.#options.clock.now();
        this.#options.budget?.look();
        this.#leaveLater();
      }
    }
  }

  async #attempt<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: (client: ImapFlow) => Promise<T>,
    repeatable: () => boolean,
    bytes = 0,
  ): Promise<T> {
    for (let again = true; ; again = false) {
      const client = await this.#guard(doing, signal, () => this.#current(signal));
      try {
        return await this.#guard(doing, signal, () => work(client), client, bytes);
      } catch (error) {
        const known = imapError(error, doing);
        if (LOST.has(known.code)) client.close();
        if (!again || !repeatable() || !LOST.has(known.code) || this.closing.aborted) throw known;
      }
    }
  }

  /** The open session, for who stays on it: lost, it is his to ask for the next one, which waits as long as failures want it. */
  session(doing: string, signal: AbortSignal | undefined): Promise<ImapFlow> {
    return this.#occupied(() => this.#guard(doing, signal, () => this.#current(signal)));
  }

  /** Runs `work` on the session that he stays on, within the time of a command; given up, it costs the session. */
  async within<T>(
    doing: string,
    signal: AbortSignal | undefined,
    client: ImapFlow,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#occupied(() => this.#guard(doing, signal, work, client));
    } catch (error) {
      throw imapError(error, doing);
    }
  }

  /** Within 2 s and what an opening under way takes to stop, whatever the server does. */
  async close(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#rest);
    void this.hangUp();
    await this.#opening?.catch(() => {});
    await this.parted();
  }

  /** Aborted by {@link close}: there will be no session any more. */
  get closing(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the session, if there is one; the next that is needed is opened. */
  async hangUp(): Promise<void> {
    if (this.#client) await this.#leave(this.#client);
  }

  #leave(client: ImapFlow): Promise<void> {
    if (this.#client === client) this.#client = undefined;
    const leaving = this.#leaving.get(client) ?? logOut(client).finally(() => this.#leaving.delete(client));
    this.#leaving.set(client, leaving);
    return leaving;
  }

  /** Resolves once the sessions that were given up have ended: what they were at is done by then, or will not be told. */
  async parted(): Promise<void> {
    await Promise.all(this.#leaving.values());
  }

  /** Left alone for long, imapflow or the server would end the session without a word. */
  #leaveLater(): void {
    clearTimeout(this.#rest);
    if (this.background || !this.#client || this.closing.aborted) return;
    this.#rest = setTimeout(() => {
      if (this.#busy === 0) void this.hangUp();
    }, this.#options.idleMs);
    this.#rest.unref();
  }

  async #current(signal: AbortSignal | undefined): Promise<ImapFlow> {
    if (this.#client?.usable) return this.#client;
    const { clock } = this.#options;
    const wait = this.#notBefore - clock.now();
    if (wait > 0 && !this.#opening) {
      const either = firstAborted(signal, this.#abort.signal);
      await clock.sleep(wait, { signal: either.signal }).finally(either.release);
    }
    if (this.#client?.usable) return this.#client;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  async #open(): Promise<ImapFlow> {
    const { host, mailbox, logger, backoff, clock, random, budget } = this.#options;
    // Waiting for a connection is no failure of the server's.
    const release = (await budget?.acquire(this, this.#abort.signal)) ?? (() => {});
    this.#gaveUp = false;
    try {
      const client = await this.#options.open(this.#abort.signal);
      this.#failures = 0;
      this.#notBefore = 0;
      client.on("close", () => {
        release();
        if (this.#client === client) this.#client = undefined;
        if (this.#gaveUp) logger.log("info", "imap_session_given_up", { host, mailbox });
        else if (!client.closedByClient) logger.log("info", "imap_session_lost", { host, mailbox });
      });
      if (this.closing.aborted) {
        await this.#leave(client);
        throw closedError();
      }
      this.#client = client;
      // Whoever wanted it may have given up meanwhile.
      this.#leaveLater();
      logger.log("debug", "imap_session_open", { host, mailbox });
      return client;
    } catch (error) {
      release();
      if (this.closing.aborted) throw error;
      this.#failures++;
      const most = Math.min(backoff.maxMs, backoff.minMs * 2 ** (this.#failures - 1));
      this.#notBefore = clock.now() + most * (0.5 + random.fraction() / 2);
      logger.log("warn", "imap_session_failed", {
        host,
        mailbox,
        attempt: this.#failures,
        ...(isMedimailError(error) ? { code: error.code } : {}),
      });
      throw error;
    }
  }

  /** Given up or late, the work costs the session that it runs on. */
  #guard<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    client?: ImapFlow,
    bytes = 0,
  ): Promise<T> {
    const guard = { doing, signal, closing: this.closing };
    if (!client) return guarded(work, guard);
    return guarded(work, {
      ...guard,
      limitMs: this.#options.commandMs + bytes / BYTES_PER_MS,
      // To a server that is silent there is nothing to say.
      onLate: () => client.close(),
      onGivenUp: () => void this.#leave(client),
    });
  }
}
