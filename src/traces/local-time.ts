/**
 * ISO 8601 with milliseconds and the offset from UTC (ECO.4.1.2, "local time"): `2026-11-23T10:05:00.000+01:00`.
 * `timeZone` is an IANA name (`Europe/Paris`); absent: the zone of the machine. Throws RangeError on an unknown zone or a
 * date that is none.
 */
export function localTime(date: Date, timeZone?: string): string {
  const at = date.getTime();
  const minutes = timeZone === undefined ? -date.getTimezoneOffset() : offsetOf(at, timeZone);
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, "0");

// Offsets change at whole quarters of an hour only, so the last answer is good for all of its quarter.
const QUARTER_MS = 900_000;
const last = new Map<string, { quarter: number; minutes: number }>();
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetOf(at: number, timeZone: string): number {
  const quarter = Math.floor(at / QUARTER_MS);
  const known = last.get(timeZone);
  if (known?.quarter === quarter) return known.minutes;
  const minutes = readOffset(at, timeZone);
  last.set(timeZone, { quarter, minutes });
  return minutes;
}

function readOffset(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(new Date(at)).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours, rest] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  const minutes = Number(hours ?? 0) * 60 + Number(rest ?? 0);
  return sign === "-" ? -minutes : minutes;
}
