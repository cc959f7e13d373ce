import type { StoredError } from "../../seams/index.js";
import type { SubmissionEvent } from "../../sending/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** The line of CLI.md, `send`. */
export function eventLine(event: SubmissionEvent) {
  return {
    event: event.event,
    submission: event.submission,
    ...(event.recipient === undefined ? {} : { recipient: event.recipient }),
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(event.error === undefined ? {} : { error: event.error }),
    at: event.at.toISOString(),
  };
}

const MARKS: Partial<Record<SubmissionEvent["event"], (style: Style) => string>> = {
  accepted: (style) => style.green("✓"),
  delivered: (style) => style.green("✓"),
  read: (style) => style.green("✓"),
  integrated: (style) => style.green("✓"),
  refused: (style) => style.red("✗"),
  failed: (style) => style.red("✗"),
  deferred: (style) => style.yellow("…"),
  unknown: (style) => style.yellow("?"),
};

export function eventText(event: SubmissionEvent, text: Text, style: Style): string {
  const mark = (MARKS[event.event] ?? ((s: Style) => s.dim("·")))(style);
  const error = event.error ? `  ${errorText(event.error, text)}` : "";
  return `${mark} ${text.events[event.event]}  ${printable(event.recipient ?? "")}${style.dim(`  ${event.submission}`)}${printable(error)}`;
}

export function errorText(error: StoredError, text: Text): string {
  return `[${error.code}${error.application ? ` ${error.application}` : ""}] ${text.detail(error.message)}`;
}
