import { createHash } from "node:crypto";
import type { Lang } from "../text.js";
import type { Plan } from "./types.js";
import { planWords, whoOf } from "./words.js";

/**
 * The plan as an iCalendar file (RFC 5545): one all-day event a step that is not done. Identifiers stay the same from one plan to the next of the same
 * structure and solution, so that a calendar moves an event instead of adding one.
 *
 * @param now stamp of the file
 */
export function planToIcs(plan: Plan, now: Date, lang: Lang = "fr"): string {
  const words = planWords(plan, lang);
  const stamp = `${now.toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`;
  const key = createHash("sha256").update(`${plan.structure}\n${plan.solution}`).digest("hex").slice(0, 12);
  const events = plan.steps.flatMap((planned) => {
    const { step, from, until } = planned;
    if (planned.state === "done" || step.lasting || from === undefined || until === undefined) return [];
    return [
      "BEGIN:VEVENT",
      `UID:${step.id}-${key}@medimail-connector`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${from.replaceAll("-", "")}`,
      `DTEND;VALUE=DATE:${nextDay(until).replaceAll("-", "")}`,
      `SUMMARY:${text(step.title[lang])}`,
      `DESCRIPTION:${text(`${whoOf(planned, lang)}. ${step.what[lang]}\n${words.evidence} : ${step.evidence[lang]}`)}`,
      `CATEGORIES:${text(words.title)}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ];
  });
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//medimail-connector//onboarding//FR",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...events,
    "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** A value of type TEXT (RFC 5545 §3.3.11). */
const text = (value: string): string => value.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** Lines of at most 75 octets; the next begins with a space (RFC 5545 §3.1). Never within a character. */
function folded(line: string): string {
  const lines: string[] = [];
  let current = "";
  let size = 0;
  for (const char of line) {
    const bytes = Buffer.byteLength(char);
    if (size + bytes > 75) {
      lines.push(current);
      current = " ";
      size = 1;
    }
    current += char;
    size += bytes;
  }
  return [...lines, current].join("\r\n");
}
