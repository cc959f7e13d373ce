import type { DeliveredMail, SentSummary } from "../judge/run.js";
import { contentOf, type Part, readParts, walk } from "../mail/parts.js";
import type { SentMail } from "../mail/sent-mail.js";

type Original = DeliveredMail | SentSummary;

/** The report speaks for another box than the one that got the mail, or that writes. */
export function otherRecipient(
  report: ReadonlyMap<string, string>,
  original: Original,
  from: string | undefined,
): boolean {
  const final = /;\s*(\S+)\s*$/.exec(report.get("final-recipient") ?? "")?.[1]?.toLowerCase();
  const boxes = "mailbox" in original ? [original.mailbox] : original.to.map((to) => to.toLowerCase());
  return final !== undefined && final !== from && !boxes.includes(final);
}

/** The original had files, and what the receipt gives back of it has none. */
export function withoutFiles(mail: SentMail, original: Original | undefined): boolean {
  const part = mail.root.children[2];
  if (!original || !("files" in original) || original.files.length === 0 || !part) return false;
  return !hasFiles(mail, part);
}

/**
 * The guide in force wants the attachments beside the original; the change that ANS proposes (1.1.3, a draft) wants them in it alone. Either way
 * they come back.
 */
export const hasFiles = (mail: SentMail, original: Part): boolean =>
  [...walk(readParts(contentOf(mail.raw, original)))].some(({ filename }) => filename !== undefined);
