import { abortable } from "../abortable.js";
import { MedimailError } from "../errors.js";
import { MAIL_SERVICES, type OperatorProfile } from "./types.js";

/** How long what was found is believed, in ms. */
export interface ProfileLives {
  /** A profile with both services. Default 24 h (interfaces.md §2.3). A connection that fails ends it sooner. */
  positiveMs: number;
  /** One that lacks a service, or in which somebody did not answer. Default 15 min (interfaces.md §2.3). */
  negativeMs: number;
  /** One that lacks a service because nobody answered. Default 10 s. */
  transientMs: number;
  /** Least between two looks, however many connections fail. Default 1 s. */
  leastMs: number;
}

export const DEFAULT_LIVES: Readonly<ProfileLives> = {
  positiveMs: 24 * 3_600_000,
  negativeMs: 15 * 60_000,
  transientMs: 10_000,
  leastMs: 1_000,
};

interface Entry {
  profile?: OperatorProfile;
  until: number;
  looking?: Looking;
}

interface Looking {
  found: Promise<OperatorProfile>;
  waiting: number;
  abort: AbortController;
}

export interface ProfileQuestion {
  key: string;
  lives: ProfileLives;
  now: () => number;
  /** What is known has just failed. */
  fresh: boolean;
  signal?: AbortSignal;
  look: (signal: AbortSignal) => Promise<OperatorProfile>;
}

/** More domains than one process has mailboxes in. */
const MAX_DOMAINS = 10_000;

/** Profiles by domain and rules, for all mailboxes of a process. In memory: a process that starts looks anew. */
export class ProfileCache {
  readonly #entries = new Map<string, Entry>();

  /** What is known, or what `look` finds: asked once for all who wait, and given up when nobody does any more. Throws `aborted`. */
  async get(question: ProfileQuestion): Promise<OperatorProfile> {
    const { key, lives, now, fresh, signal } = question;
    if (signal?.aborted) throw givenUp(signal);
    const entry = this.#entry(key);
    const { profile } = entry;
    const known = profile && now() < entry.until && !(fresh && now() >= profile.at + lives.leastMs);
    if (known && !entry.looking) return profile;
    const looking = entry.looking ?? this.#look(entry, question);
    looking.waiting++;
    try {
      return await abortable(looking.found, signal, "looking for the operator");
    } finally {
      looking.waiting--;
      if (looking.waiting === 0) {
        if (entry.looking === looking) delete entry.looking;
        looking.abort.abort();
      }
    }
  }

  #look(entry: Entry, { lives, now, look }: ProfileQuestion): Looking {
    const abort = new AbortController();
    const before = entry.profile;
    const found = look(abort.signal).then((seen) => {
      const kept = before ? withStale(seen, before) : seen;
      entry.profile = kept;
      entry.until = now() + lifeOf(kept, lives);
      return kept;
    });
    found.catch(() => {});
    entry.looking = { found, waiting: 0, abort };
    return entry.looking;
  }

  /** A connection to what is known has failed: the next question looks again. */
  expire(key: string, lives: ProfileLives): void {
    const entry = this.#entries.get(key);
    if (entry?.profile) entry.until = Math.min(entry.until, entry.profile.at + lives.leastMs);
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (!entry) {
      const [oldest] = this.#entries.keys();
      if (this.#entries.size >= MAX_DOMAINS && oldest !== undefined) this.#entries.delete(oldest);
      entry = { until: 0 };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

function lifeOf(profile: OperatorProfile, lives: ProfileLives): number {
  const whole = MAIL_SERVICES.every((service) => profile[service].length > 0);
  if (profile.stale.length > 0 || (!whole && profile.transient)) return lives.transientMs;
  return whole && !profile.transient ? lives.positiveMs : lives.negativeMs;
}

/** Where nobody answered this time, what was known goes on being used (as RFC 8767 says of the DNS itself). */
function withStale(found: OperatorProfile, before: OperatorProfile): OperatorProfile {
  if (!found.transient) return found;
  const stale = MAIL_SERVICES.filter((service) => found[service].length === 0 && before[service].length > 0);
  if (stale.length === 0) return found;
  return { ...found, ...Object.fromEntries(stale.map((service) => [service, before[service]])), stale };
}

function givenUp(signal: AbortSignal | undefined): MedimailError {
  return new MedimailError("aborted", "looking for the operator was given up by the caller", { cause: signal?.reason });
}
