import { defined } from "../defined.js";
import { type ErrorCode, isMedimailError, MedimailError } from "../errors.js";
import { firstAborted } from "../first-aborted.js";
import {
  type Clock,
  type Directory,
  type DirectoryEntry,
  type DirectoryQuery,
  type DirectorySource,
  steadyClock,
  systemClock,
} from "../seams/index.js";
import { assertQuery } from "./fits.js";

/** An address with all that the sources say of whom it belongs to, and how old each is. */
export interface MergedEntry extends DirectoryEntry {
  /** Every source that has the address, the first in the order first: its word counts where they differ. */
  sources: { source: DirectorySource; asOf: string }[];
}

/** A source that could not answer. */
export interface SourceFailure {
  source: DirectorySource;
  code: ErrorCode;
  message: string;
  retryable: boolean;
}

export interface MergedAnswer {
  /** Best first. */
  entries: MergedEntry[];
  /** Sources that were asked and did not answer: what they have is missing among the entries. */
  failures: SourceFailure[];
  /** Sources that answered. */
  answered: DirectorySource[];
}

export interface DirectoriesOptions {
  /** Whose word counts first. A source that is not named comes after. Default: the order given. */
  order?: readonly DirectorySource[];
  /**
   * `all` (default): every source is asked, at the same time. `first`: one after the other in the order, until one has found something.
   */
  ask?: "all" | "first";
  /** Of one source, in ms. Default 30 000; each may have its own. */
  timeoutMs?: number | Partial<Record<DirectorySource, number>>;
  /** A source that did not answer is not asked again for so long, in ms; it is among the failures meanwhile. Default 10 000. */
  restMs?: number;
  clock?: Clock;
}

export interface FindOptions {
  /** Default 20. */
  limit?: number;
  /** Only these. */
  sources?: readonly DirectorySource[];
  signal?: AbortSignal;
}

/** Several directories as one: the same address from several of them is one entry (ECO.3.1.4). */
export class Directories {
  readonly #sources: readonly Directory[];
  readonly #options: DirectoriesOptions;
  readonly #clock: Clock;
  readonly #resting = new Map<DirectorySource, { until: number; failure: SourceFailure }>();
  readonly #underWay = new Map<string, { answer: Promise<MergedAnswer>; waiting: number; stop: AbortController }>();

  constructor(sources: readonly Directory[], options: DirectoriesOptions = {}) {
    const { order = [] } = options;
    const place = ({ source }: Directory): number => (order.includes(source) ? order.indexOf(source) : order.length);
    this.#sources = [...sources].sort((a, b) => place(a) - place(b));
    this.#options = options;
    this.#clock = steadyClock(options.clock ?? systemClock);
  }

  /** In their order. */
  get sources(): DirectorySource[] {
    return this.#sources.map(({ source }) => source);
  }

  /**
   * What all of them have. A source that fails is among the failures and stops no other; the same search under way is waited for, not made again.
   *
   * @throws MedimailError `invalid_argument` for a query of nothing, or a source that there is not; `aborted`
   */
  async find(query: DirectoryQuery, options: FindOptions = {}): Promise<MergedAnswer> {
    assertQuery(query);
    const { limit = 20, sources, signal } = options;
    const missing = sources?.find((source) => !this.sources.includes(source));
    if (missing !== undefined)
      throw new MedimailError("invalid_argument", `the directory ${missing} is not set up`, {
        path: `directory.${missing === "extraction" ? "index" : missing}`,
      });
    const key = JSON.stringify([Object.entries(query).sort(), limit, sources ?? null]);
    let shared = this.#underWay.get(key);
    if (!shared) {
      const stop = new AbortController();
      const asked = this.#sources.filter(({ source }) => sources?.includes(source) ?? true);
      const answer = this.#ask(asked, query, limit, stop.signal).finally(() => {
        if (this.#underWay.get(key)?.stop === stop) this.#underWay.delete(key);
      });
      answer.catch(() => {});
      shared = { answer, waiting: 0, stop };
      this.#underWay.set(key, shared);
    }
    return waited(shared, signal, () => this.#underWay.delete(key));
  }

  /** The entries alone. @throws as `find`, and the failure where no source answered */
  async *search(query: DirectoryQuery, options: FindOptions = {}): AsyncGenerator<MergedEntry> {
    const { entries, failures, answered } = await this.find(query, options);
    const [failure] = failures;
    if (failure && answered.length === 0) throw errorOf(failure);
    yield* entries;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  async #ask(
    sources: readonly Directory[],
    query: DirectoryQuery,
    limit: number,
    signal: AbortSignal,
  ): Promise<MergedAnswer> {
    const lists: { source: DirectorySource; entries: DirectoryEntry[] }[] = [];
    const failures: SourceFailure[] = [];
    const one = async (directory: Directory): Promise<number> => {
      const { source } = directory;
      try {
        const entries = await this.#askOne(directory, query, limit, signal);
        lists.push({ source, entries });
        return entries.length;
      } catch (error) {
        if (signal.aborted) throw error;
        failures.push(this.#failed(source, error));
        return 0;
      }
    };
    if (this.#options.ask === "first") {
      for (const directory of sources) if ((await one(directory)) > 0) break;
    } else await Promise.all(sources.map(one));
    // As they came would be as fast as each is.
    const placed = sources.flatMap(({ source }) => lists.filter((list) => list.source === source));
    return {
      entries: merged(placed, query).slice(0, limit),
      failures: sources.flatMap(({ source }) => failures.filter((failure) => failure.source === source)),
      answered: placed.map(({ source }) => source),
    };
  }

  async #askOne(
    directory: Directory,
    query: DirectoryQuery,
    limit: number,
    signal: AbortSignal,
  ): Promise<DirectoryEntry[]> {
    const { source } = directory;
    const rest = this.#resting.get(source);
    if (rest && rest.until > this.#clock.now()) throw errorOf(rest.failure);
    const { timeoutMs = 30_000 } = this.#options;
    const limitMs = typeof timeoutMs === "number" ? timeoutMs : (timeoutMs[source] ?? 30_000);
    const over = AbortSignal.timeout(limitMs);
    const until = firstAborted(signal, over);
    const entries: DirectoryEntry[] = [];
    try {
      for await (const entry of directory.search(query, { limit, signal: until.signal })) entries.push(entry);
      this.#resting.delete(source);
      return entries;
    } catch (error) {
      if (over.aborted && !signal.aborted)
        throw new MedimailError("directory_unavailable", `did not answer within ${limitMs} ms`);
      throw error;
    } finally {
      until.release();
    }
  }

  #failed(source: DirectorySource, error: unknown): SourceFailure {
    const known = isMedimailError(error);
    const failure: SourceFailure = {
      source,
      code: known ? error.code : "internal",
      // Of what we did not foresee the words stay inside: they may quote what was asked.
      message: known ? error.message : "unforeseen fault",
      retryable: known ? error.retryable : false,
    };
    if (known) causes.set(failure, error);
    const now = this.#clock.now();
    const isResting = (this.#resting.get(source)?.until ?? now) > now;
    if (failure.retryable && !isResting)
      this.#resting.set(source, { until: now + (this.#options.restMs ?? 10_000), failure });
    return failure;
  }
}

/** Several directories as one. */
export function mergeDirectories(sources: readonly Directory[], options: DirectoriesOptions = {}): Directories {
  return new Directories(sources, options);
}

/** Who gives up leaves the others waiting; the last one ends the search. */
function waited(
  shared: { answer: Promise<MergedAnswer>; waiting: number; stop: AbortController },
  signal: AbortSignal | undefined,
  left: () => void,
): Promise<MergedAnswer> {
  shared.waiting += 1;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      shared.waiting -= 1;
      act();
    };
    const onAbort = (): void =>
      settle(() => {
        if (shared.waiting === 0) {
          left();
          shared.stop.abort(signal?.reason);
        }
        reject(new MedimailError("aborted", "the search was given up by the caller", { cause: signal?.reason }));
      });
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    shared.answer.then(
      (answer) => !signal?.aborted && settle(() => resolve(answer)),
      (error) => !signal?.aborted && settle(() => reject(error)),
    );
  });
}

/** One entry for each address: what the first source says, filled up from the others; as far up as the best of them puts it. */
function merged(
  lists: readonly { source: DirectorySource; entries: readonly DirectoryEntry[] }[],
  query: DirectoryQuery,
): MergedEntry[] {
  const found = new Map<string, { entry: MergedEntry; at: number }>();
  for (const { entries } of lists)
    entries.forEach((entry, at) => {
      const key = entry.address.toLowerCase();
      const before = found.get(key);
      const { source, asOf } = entry;
      if (!before) found.set(key, { entry: { ...entry, sources: [{ source, asOf }] }, at });
      else if (!before.entry.sources.some((known) => known.source === source))
        found.set(key, { entry: filled(before.entry, entry), at: Math.min(at, before.at) });
    });
  return (
    [...found.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry)
      // One source's red list counts for all; who has the address may be told.
      .filter(({ redList }) => !redList || query.address !== undefined)
  );
}

function filled(first: MergedEntry, more: DirectoryEntry): MergedEntry {
  const { source, asOf } = more;
  const structure = { ...more.structure, ...first.structure };
  return defined({
    ...more,
    ...first,
    structure: Object.keys(structure).length > 0 ? structure : undefined,
    redList: first.redList || more.redList ? true : undefined,
    sources: [...first.sources, { source, asOf }],
  }) as MergedEntry;
}

/** A failure is data; as an error it has what it came from: that there is no network at all, for instance. */
const causes = new WeakMap<SourceFailure, unknown>();

function errorOf(failure: SourceFailure): MedimailError {
  const { source, code, message, retryable } = failure;
  const cause = causes.get(failure);
  return new MedimailError(code, message.startsWith(`${source}:`) ? message : `${source}: ${message}`, {
    retryable,
    ...(cause === undefined ? {} : { cause }),
  });
}
