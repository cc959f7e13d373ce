const STAMP = /_(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:\d\d)?\.[a-z]+$/i;

/**
 * When an extraction was made, by the name of its text (`Extraction_Correspondance_MSSante_AAAAMMJJhhmm.txt`), which is taken for the time of
 * Paris. ISO 8601.
 */
export function publishedAt(name: string): string | undefined {
  const found = STAMP.exec(name);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  if (Number.isNaN(asUtc) || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59)
    return undefined;
  return new Date(asUtc - parisOffset(asUtc)).toISOString();
}

function parisOffset(at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Paris",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(number("year"), number("month") - 1, number("day"), number("hour"), number("minute")) - at;
}
