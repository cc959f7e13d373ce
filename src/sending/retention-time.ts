import { EARLIEST_MS } from "../seams/index.js";

const HOUR_MS = 3_600_000;
/** Time of the retention goes by so many times as fast as time does, where it is behind: a machine that is off at night keeps up. */
const SPEED = 4;
/** What goes by at once, where nobody knows how long it was: the machine was off, or its clock was set. */
const LEAP_MS = 48 * HOUR_MS;
/** A look so soon after the last is not noted. */
const SOON_MS = HOUR_MS / 2;

export interface RetentionTime {
  /** What is older than its retention by this time may be erased, ms since 1970. */
  now: number;
  /** To be kept for the next look; absent: what is kept will do. */
  note?: string;
}

/**
 * By which time the retention is to be reckoned. Not simply by the clock on the wall: one that leaps into the future, for an hour or by a
 * mistake of its time server, would have every trace and content erased at once, however young (ECO.4.1.1). So the retention has a time of its own,
 * kept in the outbox, which follows the clock in steps: at most {@link LEAP_MS} at once, and then {@link SPEED} times as fast as time goes by.
 *
 * @param kept the note of the last look, of this process or another
 * @param passed since this process looked last, by the clock that nobody sets; undefined for its first look
 */
export function retentionTime(kept: string | undefined, clock: number, passed: number | undefined): RetentionTime {
  const [reached = Number.NaN, seen = Number.NaN] = (kept ?? "").split(" ").map(Number);
  if (clock < EARLIEST_MS) return { now: clock };
  if (!(reached >= EARLIEST_MS) || Number.isNaN(seen)) return { now: clock, note: noteOf(clock, clock) };
  const sinceSeen = clock - seen;
  if (sinceSeen >= 0 && sinceSeen < SOON_MS) return { now: Math.min(clock, reached + sinceSeen) };
  // Another process may have looked since, and taken its step.
  const gone = Math.min(Math.max(0, sinceSeen), passed ?? Number.POSITIVE_INFINITY);
  const step = Math.min(SPEED * gone, LEAP_MS);
  const next = reached < clock ? Math.min(clock, reached + step) : Math.max(clock, reached - step);
  return { now: Math.min(clock, next), note: noteOf(next, clock) };
}

const noteOf = (reached: number, seen: number): string => `${Math.round(reached)} ${Math.round(seen)}`;
