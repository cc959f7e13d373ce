import type { MockMailbox } from "../store/mailbox.js";
import { folderName, mailboxOf, nameOf, shownName } from "./folders.js";
import type { Outcome } from "./outcome.js";
import { no, ok, Refusal } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";

/** RFC 9208: one root, named "", for the whole mailbox, in KiB. */
function quotaLine({ used, quota }: MockMailbox): string {
  return `* QUOTA "" (STORAGE ${Math.ceil(used / 1024)} ${Math.ceil(quota / 1024)})`;
}

export function getQuota(session: ImapSession, values: readonly Value[]): Outcome {
  if (nameOf(values[0]) !== "") return no("[NONEXISTENT] No such quota root");
  session.untagged(quotaLine(mailboxOf(session)));
  return ok("Done");
}

export function getQuotaRoot(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const folder = mailbox.folder(folderName(session, values[0]));
  if (!folder) return no("[NONEXISTENT] No such folder");
  session.untagged(`* QUOTAROOT ${shownName(session, folder)} ""`);
  session.untagged(quotaLine(mailbox));
  return ok("Done");
}

/** Refuses what would not fit. */
export function assertRoom(session: ImapSession, bytes: number): void {
  const { used, quota } = mailboxOf(session);
  if (used + bytes > quota) throw new Refusal("[OVERQUOTA] The mailbox is full");
}
