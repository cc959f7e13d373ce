import type { RecipientState, SubmissionRow } from "../../seams/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";
import { errorText } from "./events.js";

/** The shape of `outbox list` (CLI.md). */
export function submissionValue(row: SubmissionRow) {
  return {
    submission: row.id,
    key: row.key ?? null,
    action: row.action,
    createdAt: new Date(row.createdAt).toISOString(),
    state: overallState(row.recipients.map((recipient) => recipient.state)),
    ...(row.paused ? { paused: true } : {}),
    // Beyond CLI.md, where no key opens it: `key` is then null, and a patient's address empty.
    ...(row.unreadable ? { error: row.unreadable } : {}),
    recipients: row.recipients.map(({ address, kind, state, messageId, attempts, stage, error }) => ({
      address,
      kind,
      state,
      messageId,
      attempts,
      ...(stage === undefined ? {} : { stage }),
      ...(error === undefined ? {} : { error }),
    })),
  };
}

/** What needs attention first: work to do, doubt, failure; then the least advanced. */
const ORDER: readonly RecipientState[] = [
  "queued",
  "unknown",
  "failed",
  "refused",
  "accepted",
  "delivered",
  "read",
  "integrated",
  "cancelled",
];

export function overallState(states: readonly RecipientState[]): RecipientState {
  return ORDER.find((state) => states.includes(state)) ?? "queued";
}

function actionText(action: string, { actions }: Text): string {
  return Object.hasOwn(actions, action) ? actions[action as keyof typeof actions] : printable(action);
}

export function submissionText(row: SubmissionRow, text: Text, style: Style): string {
  const value = submissionValue(row);
  const head = `${style.bold(value.submission)}  ${text.events[value.state]}  ${style.dim(`${value.createdAt}  ${actionText(row.action, text)}${value.key ? `  ${printable(value.key)}` : ""}`)}`;
  const lines = row.recipients.map(
    (recipient) =>
      `  ${text.events[recipient.state].padEnd(26)}  ${printable(recipient.address)}  ${style.dim(`${text.view.attempts(recipient.attempts)}`)}${recipient.error ? `  ${printable(errorText(recipient.error, text))}` : ""}`,
  );
  const why = row.unreadable ? [`  ${printable(errorText(row.unreadable, text))}`] : [];
  return [head, ...why, ...lines].join("\n");
}
