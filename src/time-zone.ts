// Offsets change at whole quarters of an hour only, so the last answer is good for all of its quarter.
const QUARTER_MS = 900_000;
const last = new Map<string, { quarter: number; offset: number }>();
// Making one takes longer than all else here. There are some 600 zones at most.
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * How far local time is ahead of UTC, in ms.
 *
 * @param at ms since 1970
 * @param timeZone IANA name (`Europe/Paris`)
 * @throws RangeError on an unknown zone, and on a time that is none
 */
export function zoneOffsetMs(at: number, timeZone: string): number {
  const quarter = Math.floor(at / QUARTER_MS);
  const known = last.get(timeZone);
  if (known?.quarter === quarter) return known.offset;
  const offset = readOffset(at, timeZone);
  last.set(timeZone, { quarter, offset });
  return offset;
}

/** The moment of a local time, given as if it were UTC. In the hour that a clock is put back there are two: one of them. */
export function momentOf(local: number, timeZone: string): number {
  return local - zoneOffsetMs(local - zoneOffsetMs(local, timeZone), timeZone);
}

export function isTimeZone(name: string): boolean {
  try {
    zoneOffsetMs(0, name);
    return true;
  } catch {
    return false;
  }
}

function readOffset(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(new Date(at)).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -size : size;
}
