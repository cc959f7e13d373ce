import { MedimailError } from "../errors.js";
import type { Clock, OutboxStore, TraceEntry } from "../seams/index.js";
import { systemClock } from "../seams/index.js";
import { CSV_HEADER, csvLine, jsonLine } from "./export.js";
import { localTime } from "./local-time.js";
import type { TraceInput } from "./trace-of.js";
import { traceOf } from "./trace-of.js";

export type TraceStore = Pick<OutboxStore, "appendTraces" | "traces" | "eraseTraces">;

export interface TracesOptions {
  /** How long traces are kept. Default 183: the six months that are recommended, not imposed (ECO.4.1.1). */
  retentionDays?: number;
  clock?: Clock;
  /** IANA name for the local time of traces; default: the zone of the machine. */
  timeZone?: string;
}

export interface TraceFilter {
  tenant?: string;
  mailbox?: string;
  /** ISO 8601; included. */
  since?: string;
  /** ISO 8601; excluded. */
  until?: string;
  /** At most so many; default: all. */
  limit?: number;
  signal?: AbortSignal;
}

/**
 * The functional journal of each mailbox (ECO.4.1.1, ECO.4.1.2; SC.MSS/UX.37), apart from the log: who did what and when,
 * what was asked and what the server answered, even on failure; never content. Append-only.
 */
export interface Traces {
  /** Durable when it resolves. `at` is now unless given. */
  append(...entries: (Omit<TraceInput, "at"> & { at?: Date | number })[]): Promise<void>;
  /** In the order they were written; read page by page, so that nothing grows with the journal. */
  list(filter?: TraceFilter): AsyncIterable<TraceEntry & { seq: number }>;
  /** Lines with their ends. */
  export(format: "jsonl" | "csv", filter?: TraceFilter): AsyncIterable<string>;
  /** Erases what is older than the retention; how many traces that was. */
  applyRetention(): Promise<number>;
}

const PAGE = 500;
const DAY_MS = 86_400_000;

/** Throws `invalid_argument` where the retention is not a whole number of days above 0. */
export function createTraces(store: TraceStore, options: TracesOptions = {}): Traces {
  const { retentionDays = 183, clock = systemClock, timeZone } = options;
  if (!Number.isInteger(retentionDays) || retentionDays < 1) {
    throw new MedimailError("invalid_argument", "the retention of traces is a whole number of days, at least 1", {
      path: "retentionDays",
      requirement: "ECO.4.1.1",
    });
  }

  async function* list(filter: TraceFilter = {}): AsyncGenerator<TraceEntry & { seq: number }> {
    const { signal, limit = Number.POSITIVE_INFINITY, ...query } = filter;
    let left = limit;
    let after = 0;
    while (left > 0) {
      if (signal?.aborted)
        throw new MedimailError("aborted", "listing the traces was aborted", { cause: signal.reason });
      const asked = Math.min(PAGE, left);
      const page = await store.traces({ ...query, after, limit: asked });
      yield* page;
      const lastOne = page.at(-1);
      if (page.length < asked || !lastOne) return;
      after = lastOne.seq;
      left -= page.length;
    }
  }

  return {
    append: (...entries) =>
      store.appendTraces(entries.map((entry) => traceOf({ ...entry, at: entry.at ?? clock.now() }, timeZone))),
    list,
    async *export(format, filter) {
      if (format === "csv") yield CSV_HEADER;
      for await (const trace of list(filter)) yield format === "csv" ? csvLine(trace) : jsonLine(trace);
    },
    applyRetention: () => store.eraseTraces(localTime(new Date(clock.now() - retentionDays * DAY_MS), timeZone)),
  };
}
