/** Whether the day that a date begins with (`2026-01-31`) is in the calendar: `Date` takes 31 February for 3 March. */
export function dayExists(date: string): boolean {
  const day = date.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
