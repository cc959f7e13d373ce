import { MedimailError } from "../errors.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import type { MailRef } from "./types.js";

/** The mail that a reference names. @throws `mail_not_found`, `invalid_argument` */
export async function findMail(
  imap: Pick<ImapMailbox, "summary">,
  ref: MailRef,
  signal: AbortSignal | undefined,
): Promise<ImapSummary> {
  checkUid(ref.uid);
  const found = await imap.summary(ref.folder ?? "inbox", ref.uid, signal ? { signal } : {});
  if (!found || (ref.uidValidity !== undefined && ref.uidValidity !== found.uidValidity))
    throw new MedimailError("mail_not_found", "the folder has no mail of this UID", {
      hint: "It was moved or deleted, or the folder was made anew: list the folder again.",
    });
  return found;
}

/** @throws `invalid_argument` */
export function checkUid(uid: number): void {
  if (!Number.isInteger(uid) || uid < 1 || uid > 0xffffffff)
    throw new MedimailError("invalid_argument", "uid is that of a mail: a whole number", { path: "uid" });
}
