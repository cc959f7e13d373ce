import { SyntaxProblem } from "./syntax.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number) => String(n).padStart(2, "0");

/** INTERNALDATE, always in UTC. */
export function internalDate(date: Date): string {
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${String(date.getUTCDate()).padStart(2, " ")}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`;
}

/** `1-Feb-2026` of SEARCH, as the day's number since 1970 (UTC). */
export function parseDay(text: string): number {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  const month = MONTHS.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  if (!match || month < 0) throw new SyntaxProblem("A date is expected");
  return dayOf(new Date(Date.UTC(Number(match[3]), month, Number(match[1]))));
}

export function dayOf(date: Date): number {
  return Math.floor(date.getTime() / 86_400_000);
}

/** The date-time of APPEND. */
export function parseDateTime(text: string): Date {
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text);
  const month = MONTHS.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  const zone = match?.[5] ?? "";
  const date = new Date(
    `${match?.[3]}-${two(month + 1)}-${two(Number(match?.[1]))}T${match?.[4]}${zone.slice(0, 3)}:${zone.slice(3)}`,
  );
  if (!match || month < 0 || Number.isNaN(date.getTime())) throw new SyntaxProblem("A date and time is expected");
  return date;
}
