import { MedimailError } from "../../errors.js";
import { isTimeZone, momentOf, zoneOffsetMs } from "../../time-zone.js";
import type { IndicatorPlan, IndicatorQuery, Period, PeriodName } from "./types.js";

const DAY_MS = 86_400_000;
const MAX_DAYS = 3_660;
const MAX_PERIODS = 1_000;
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

/**
 * The periods of a query, cut at midnight of the time zone: a day of 23 or 25 hours is one day.
 *
 * @throws MedimailError `invalid_argument`: no such day or time zone, an end before the start, more than ten years or a thousand periods
 */
export function planIndicators({ since, until, period, timeZone = "Europe/Paris" }: IndicatorQuery): IndicatorPlan {
  const first = dayNumber(since, "since");
  const last = dayNumber(until, "until");
  if (last <= first) throw refused("until must be after since: it is the day after the last", "until");
  if (last - first > MAX_DAYS) throw refused(`at most ${MAX_DAYS} days`, "until");
  checkZone(timeZone);
  const name = period ?? (last - first <= 45 ? "day" : last - first <= 200 ? "week" : "month");
  const periods: Period[] = [];
  for (let from = first; from < last; ) {
    const next = Math.min(nextStart(from, name), last);
    periods.push({
      from: dayName(from),
      to: dayName(next - 1),
      start: momentOf(from * DAY_MS, timeZone),
      end: momentOf(next * DAY_MS, timeZone),
    });
    from = next;
    if (periods.length > MAX_PERIODS) throw refused(`at most ${MAX_PERIODS} periods: take longer ones`, "period");
  }
  const whole = periods.every(({ start, end }) => start % HOUR_MS === 0 && end % HOUR_MS === 0);
  return { since, until, period: name, timeZone, periods, stepMs: whole ? HOUR_MS : QUARTER_MS };
}

/** Days since 1970 of a name; a calendar knows no hours. */
function dayNumber(day: string, path: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || dayName(at / DAY_MS) !== day) throw refused("not a day of the form YYYY-MM-DD", path);
  return at / DAY_MS;
}

const dayName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function nextStart(day: number, period: PeriodName): number {
  if (period === "day") return day + 1;
  // 1970-01-01 was a Thursday.
  if (period === "week") return day + 7 - ((day + 3) % 7);
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

function checkZone(timeZone: string): void {
  if (!isTimeZone(timeZone)) throw refused("no time zone of this name", "timeZone");
}

/** The day that it is in a time zone. */
export function dayIn(at: number, timeZone = "Europe/Paris"): string {
  checkZone(timeZone);
  return dayName(Math.floor((at + zoneOffsetMs(at, timeZone)) / DAY_MS));
}

/** A day so many days later. */
export const daysAfter = (day: string, days: number): string => dayName(dayNumber(day, "day") + days);

const refused = (message: string, path: string): MedimailError =>
  new MedimailError("invalid_argument", message, { path });
