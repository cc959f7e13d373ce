import { MedimailError } from "../errors.js";
import type { Clock } from "../seams/index.js";
import { steadyClock, systemClock } from "../seams/index.js";

/** Requests a second that Annuaire Santé allows an application (interfaces.md §4a). */
export const ANNUAIRE_REQUESTS_PER_SECOND = 17;

const WINDOW_MS = 1_000;

/**
 * So many requests a second and no more, for all who share it: first come, first served. A request counts until a second after its answer: when it
 * arrived at the server is not known, that it had arrived by then is. After a refusal (`Retry-After`) all wait.
 */
export class RequestRate {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #underWay = 0;
  /** When the last answers came, oldest first. */
  readonly #answered: number[] = [];
  #pausedUntil = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #onAnswer: (() => void) | undefined;

  constructor(perSecond: number = ANNUAIRE_REQUESTS_PER_SECOND, clock: Clock = systemClock) {
    if (!Number.isInteger(perSecond) || perSecond < 1)
      throw new MedimailError("invalid_argument", "requestsPerSecond is a whole number, 1 at least", {
        path: "requestsPerSecond",
      });
    this.#perSecond = perSecond;
    this.#clock = steadyClock(clock);
  }

  /**
   * Makes a request when it may leave.
   *
   * @throws MedimailError `aborted`, the request was not made; and what the request throws
   */
  async run<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#turn.then(() => this.#wait(signal));
    this.#turn = turn.catch(() => {});
    await turn;
    try {
      return await request();
    } finally {
      this.#underWay -= 1;
      this.#answered.push(this.#clock.now());
      this.#onAnswer?.();
    }
  }

  /** The server asks for silence: nobody's request leaves before. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      if (signal?.aborted)
        throw new MedimailError("aborted", "the search was given up by the caller", { cause: signal.reason });
      const now = this.#clock.now();
      while (this.#answered[0] !== undefined && this.#answered[0] + WINDOW_MS <= now) this.#answered.shift();
      const isFull = this.#underWay + this.#answered.length >= this.#perSecond;
      if (!isFull && this.#pausedUntil <= now) {
        this.#underWay += 1;
        return;
      }
      const [oldest] = this.#answered;
      if (this.#pausedUntil > now) await this.#sleep(this.#pausedUntil - now, signal);
      else if (oldest !== undefined) await this.#sleep(oldest + WINDOW_MS - now, signal);
      else await this.#answer(signal);
    }
  }

  /** An abort ends it; the loop says so. */
  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    await this.#clock.sleep(ms, signal ? { signal } : {}).catch(() => {});
  }

  /** All are under way: until one is answered. One waits at a time, the others behind him. */
  #answer(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#onAnswer = undefined;
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#onAnswer = done;
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

const SHARED = Symbol.for("medimail-connector.directory-rates");

/**
 * The rate that everybody of this process keeps towards one server, whichever connector or build of the package asks: the limit is the application's.
 */
export function sharedRate(url: string): RequestRate {
  const all = globalThis as unknown as Record<symbol, Map<string, RequestRate> | undefined>;
  let rates = all[SHARED];
  if (!rates) {
    rates = new Map();
    all[SHARED] = rates;
  }
  const { origin } = new URL(url);
  let rate = rates.get(origin);
  if (!rate) {
    rate = new RequestRate();
    rates.set(origin, rate);
  }
  return rate;
}
