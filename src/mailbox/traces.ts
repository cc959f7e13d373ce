import { errorCodeOf } from "../errors.js";
import type { ActReport, FolderReport } from "../transport/imap/index.js";

/** An entry of the traces before it has its author and its hour. */
export interface MailTrace {
  action: string;
  request: string;
  answer: string;
  ok: boolean;
}

/**
 * One entry a mail (ECO.4.1.2), joined to the operator's transcript by UID, UIDVALIDITY and Message-ID. A folder stands by what it is
 * for, else by its UIDVALIDITY: people name folders after patients.
 */
export function mailTraces(action: string, detail: string, report: ActReport): MailTrace[] {
  const { folder, destination, mails, answer } = report;
  const from = placeText(folder);
  const to = destination ? ` to ${placeText(destination)}` : "";
  return mails.map(({ uid, outcome, messageId, newUid }) => ({
    action,
    request: [
      `${detail} UID ${uid} of ${from}${to}`,
      ...(newUid === undefined ? [] : [`new UID ${newUid}`]),
      ...(messageId === undefined ? [] : [`Message-ID:<${messageId}>`]),
    ].join(" "),
    answer: outcome === "done" ? answer : `${outcome}: ${answer}`,
    ok: outcome === "done",
  }));
}

/** An act that did not begin: no connection, no such folder. */
export function refusedTrace(action: string, detail: string, error: unknown): MailTrace {
  return { action, request: detail, answer: errorCodeOf(error), ok: false };
}

export function folderTrace(action: string, { outcome, answer }: FolderReport): MailTrace {
  return {
    action,
    request: action,
    answer: outcome === "done" ? answer : `${outcome}: ${answer}`,
    ok: outcome === "done",
  };
}

function placeText({ role, uidValidity }: { role?: string; uidValidity?: string }): string {
  const validity = uidValidity === undefined ? "" : ` (UIDVALIDITY ${uidValidity})`;
  return `${role ?? "folder"}${validity}`;
}
