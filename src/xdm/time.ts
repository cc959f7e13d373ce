/**
 * A CDA time as the metadata want it: UTC, digits only (ITI TF-3 4.2.3.1.7, DTM). The precision stays what it was: a date
 * alone stays a date (it has no hour to convert), minutes stay minutes; fractions of a second are dropped.
 *
 * A time without an offset cannot be converted: its digits are kept, and `exact` is false.
 *
 * @returns undefined for what is not a time.
 */
export function toUtc(time: string): { value: string; exact: boolean } | undefined {
  const parts = /^(\d{4}(?:\d{2}(?:\d{2}(?:\d{2}(?:\d{2}(?:\d{2})?)?)?)?)?)(?:\.\d+)?([+-]\d{1,4}|Z)?$/.exec(
    time.trim(),
  );
  if (parts === null) return undefined;
  const [, digits = "", zone] = parts;
  const part = (from: number, to: number, missing: number) =>
    digits.length < to ? missing : Number(digits.slice(from, to));
  const [year, month, day] = [part(0, 4, 0), part(4, 6, 1), part(6, 8, 1)];
  const [hour, minute, second] = [part(8, 10, 0), part(10, 12, 0), part(12, 14, 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 60)
    return undefined;
  if (digits.length <= 8) return { value: digits, exact: true };
  if (zone === undefined) return { value: digits, exact: false };
  const offset = zone === "Z" ? 0 : minutesOf(zone);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute - offset, second);
  // An hour alone keeps its precision unless the offset has minutes (+0530): then the minutes are known.
  const length = digits.length === 10 && offset % 60 !== 0 ? 12 : digits.length;
  return { value: digitsOf(at).slice(0, length), exact: true };
}

/** The day before the first of the next month; the year 2000 has all the days of years before 100, which Date reads otherwise. */
function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? 2000 + year : year, month, 0)).getUTCDate();
}

/** `+0100`, `+01`, and what software makes of a number, which the schema of CDA allows: `+100`, `+1`. */
function minutesOf(zone: string): number {
  const hours = zone.length > 3 ? zone.slice(1, -2) : zone.slice(1);
  const minutes = Number(hours) * 60 + Number(zone.slice(1 + hours.length) || "0");
  return zone.startsWith("-") ? -minutes : minutes;
}

/** 14 digits, UTC. */
export function digitsOf(at: Date): string {
  // From the end: a year may have six digits.
  const iso = at.toISOString().slice(-24, -5);
  return iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10) + iso.slice(11, 13) + iso.slice(14, 16) + iso.slice(17);
}
