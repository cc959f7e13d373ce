import { applicationError } from "./disposition.js";
import { withoutAccents } from "./naming.js";
import type { ReceiptParts } from "./receipts.js";
import type { Receipt } from "./types.js";

type Ko = Extract<Receipt, { kind: "ko" }>;

const MAX_SUBJECT = 2000;

/** The failure mail of a recipient that was not asked for a MDN (in-std); undefined for any other mail. */
export function koReceipt(parts: ReceiptParts): Ko | undefined {
  // Cut, and its runs of white space made one: a long run would be walked again and again.
  const subject = withoutAccents((parts.email.subject ?? "").trimStart().slice(0, MAX_SUBJECT)).replace(/\s+/g, " ");
  const match = /^\[ ?KO Integration systeme ?!? ?\] ?(?:\[([^\]]{0,200})\])?/i.exec(subject);
  if (match === null) return undefined;
  const from = parts.email.from?.address;
  return {
    kind: "ko",
    ...parts.common,
    ...(parts.original === undefined ? {} : { originalMessageId: parts.original }),
    ...(from === undefined ? {} : { from }),
    error: applicationError(match[1] ?? ""),
  };
}
