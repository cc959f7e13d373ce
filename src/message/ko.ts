import { applicationError } from "./disposition.js";
import { withoutAccents } from "./naming.js";
import type { ReceiptParts } from "./receipts.js";
import type { Receipt } from "./types.js";

type Ko = Extract<Receipt, { kind: "ko" }>;

const MAX_SUBJECT = 2000;

/**
 * The mark of in-std's text, and that of the example beside it in its published versions of 2025 (`[Erreur d’intégration !]`): software was
 * built by either.
 */
const MARK = /^\[ ?(?:KO Integration systeme|Erreur d['\u2019]? ?integration) ?!? ?\] ?(?:\[([^\]]{0,200})\])?/i;

function marked(subject: string): RegExpExecArray | null {
  // Cut, and its runs of white space made one: a long run would be walked again and again.
  return MARK.exec(withoutAccents(subject.trimStart().slice(0, MAX_SUBJECT)).replace(/\s+/g, " "));
}

/** Whether a decoded subject is that of a failed integration, told by a MDN or by a mail. */
export const tellsFailure = (subject: string): boolean => marked(subject) !== null;

/** The failure mail of a recipient that was not asked for a MDN (in-std); undefined for any other mail. */
export function koReceipt(parts: ReceiptParts): Ko | undefined {
  const match = marked(parts.email.subject ?? "");
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
