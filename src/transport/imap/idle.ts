import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../errors.js";
import type { Clock } from "../../seams/clock.js";

/** In ms. */
export interface WatchTimes {
  /** An IDLE is ended and begun again after so long: before the 29 minutes after which a server may log us out (RFC 2177). */
  idleMs: number;
  /** Silence after which the server is asked whether it is still there. */
  probeMs: number;
  /** How long it may take to answer that. */
  answerMs: number;
  /** Between two looks, where the server does not tell by itself. */
  pollMs: number;
}

export const DEFAULT_TIMES: WatchTimes = { idleMs: 25 * 60_000, probeMs: 5 * 60_000, answerMs: 30_000, pollMs: 60_000 };

/** A machine that slept has timers that did not run: the clock on the wall is looked at so often. */
const TICK_MS = 15_000;

/** What a server may tell of at any moment. */
export interface HasNews {
  readonly any: boolean;
  /** Called with each news. */
  set heard(heard: () => void);
}

export interface Waiting {
  news: HasNews;
  times: WatchTimes;
  clock: Clock;
  signal: AbortSignal;
  /** When something else is to be looked at, ms since 1970. */
  until: number;
}

/**
 * Waits on the open folder until the server tells something, or `until`. IDLE where the server has it, else a NOOP every
 * `pollMs`.
 *
 * @throws connection_lost, timeout where the session is dead
 */
export async function waitForNews(client: ImapFlow, waiting: Waiting): Promise<void> {
  const idles = client.capabilities.has("IDLE");
  while (!waiting.news.any && !waiting.signal.aborted && waiting.clock.now() < waiting.until) {
    if (idles) await idleOnce(client, waiting);
    else await quiet(client, waiting, Math.min(waiting.until, waiting.clock.now() + waiting.times.pollMs));
    if (waiting.signal.aborted || (idles && waiting.news.any)) return;
    await probe(client, waiting.times.answerMs);
  }
}

/** One IDLE, until there are news or a reason to ask the server; whoever runs the next command ends it. */
async function idleOnce(client: ImapFlow, waiting: Waiting): Promise<void> {
  const { clock, times, until } = waiting;
  const since = clock.now();
  const ended = client.idle().catch(() => false);
  await quiet(client, waiting, Math.min(until, since + times.idleMs), ended);
  // A server that ends each IDLE at once is not to be asked as fast as it answers.
  if (client.usable && !client.idling && clock.now() - since < SHORT_MS)
    await quiet(client, waiting, Math.min(until, clock.now() + times.pollMs));
}

const SHORT_MS = 1_000;

/** Resolves with the first news, at `end`, after `probeMs` of silence, on abort, and when the session or the IDLE is over. */
async function quiet(client: ImapFlow, waiting: Waiting, end: number, over?: Promise<unknown>): Promise<void> {
  const { news, times, clock, signal } = waiting;
  const done = new AbortController();
  const stop = (): void => done.abort();
  news.heard = stop;
  client.on("close", stop);
  signal.addEventListener("abort", stop, { once: true });
  over?.then(stop, stop);
  let heardAt = clock.now();
  let received = client.stats().received;
  try {
    while (!done.signal.aborted && client.usable && !signal.aborted && !news.any) {
      const now = clock.now();
      if (client.stats().received !== received) {
        received = client.stats().received;
        heardAt = now;
      }
      const next = Math.min(end, heardAt + times.probeMs);
      if (now >= next) return;
      await clock.sleep(Math.min(TICK_MS, next - now), { signal: done.signal }).catch(() => {});
    }
  } finally {
    news.heard = () => {};
    client.removeListener("close", stop);
    signal.removeEventListener("abort", stop);
  }
}

/** Ends an IDLE and asks for an answer; a server that gives none is gone, whatever the socket says. */
async function probe(client: ImapFlow, answerMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), answerMs);
  });
  try {
    if ((await Promise.race([client.noop(), late])) !== "late" && client.usable) return;
  } finally {
    clearTimeout(timer);
  }
  const lost = !client.usable;
  client.close();
  throw lost
    ? new MedimailError("connection_lost", "the IMAP session was lost while a folder was watched")
    : new MedimailError("timeout", "the IMAP server has fallen silent");
}
