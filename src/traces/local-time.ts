import { zoneOffsetMs } from "../time-zone.js";

/**
 * ISO 8601 with milliseconds and the offset from UTC (ECO.4.1.2, "local time"): `2026-11-23T10:05:00.000+01:00`.
 * `timeZone` is an IANA name (`Europe/Paris`); absent: the zone of the machine. Throws RangeError on an unknown zone or a
 * date that is none.
 */
export function localTime(date: Date, timeZone?: string): string {
  const at = date.getTime();
  const minutes = timeZone === undefined ? -date.getTimezoneOffset() : zoneOffsetMs(at, timeZone) / 60_000;
  const second = Math.floor(at / 1000);
  if (last?.second !== second || last.minutes !== minutes) last = textOf(second, minutes);
  return `${last.before}${String(at - second * 1000).padStart(3, "0")}${last.after}`;
}

/** The last second that was written: traces come many in one. */
let last: ReturnType<typeof textOf> | undefined;

function textOf(second: number, minutes: number) {
  const size = Math.abs(minutes);
  const before = new Date(second * 1000 + minutes * 60_000).toISOString().slice(0, -4);
  const after = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return { second, minutes, before, after };
}

const two = (value: number): string => String(value).padStart(2, "0");
