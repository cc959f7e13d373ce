import type { TraceEntry } from "../seams/index.js";

/** The columns of an export, in order (`traces list` and `traces export` of the command). */
export const TRACE_FIELDS = ["at", "mailbox", "actor", "action", "request", "answer", "ok"] as const;

type Exported = Pick<TraceEntry, (typeof TRACE_FIELDS)[number]>;

/** A trace as it is shown: the tenant and the number of the row stay inside. */
export function shownTrace(trace: TraceEntry): Exported {
  const { at, mailbox, actor, action, request, answer, ok } = trace;
  return { at, mailbox, actor, action, request, answer, ok };
}

/** One JSON object a line. */
export function jsonLine(trace: TraceEntry): string {
  return `${JSON.stringify(shownTrace(trace))}\n`;
}

/** RFC 4180. */
export const CSV_HEADER = `${TRACE_FIELDS.join(",")}\r\n`;

export function csvLine(trace: TraceEntry): string {
  return `${TRACE_FIELDS.map((field) => cell(String(trace[field]))).join(",")}\r\n`;
}

// An answer is the server's text: a spreadsheet would run one that begins as a formula does.
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
