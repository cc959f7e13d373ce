import type { Receipt } from "../message/index.js";
import type {
  NewEvent,
  ReceiptDecision,
  RecipientRow,
  RecipientState,
  StoredError,
  SubmissionEventName,
} from "../seams/index.js";

/** What one receipt says of one recipient. */
interface Statement {
  to: RecipientState | undefined;
  event: SubmissionEventName | undefined;
  error?: StoredError;
}

/** Forward order; a receipt never takes a recipient back. */
const RANK: Record<RecipientState, number> = {
  queued: 0,
  cancelled: 0,
  unknown: 1,
  accepted: 2,
  failed: 3,
  delivered: 3,
  read: 4,
  refused: 5,
  integrated: 6,
};

/**
 * What a receipt, be it a DSN (out-ack) or a MDN (ECO.3.1.6), changes: pure, so that late, duplicate and contradictory ones can be tested as a table.
 *
 * - Forward only: a delivery report that comes after the reading changes nothing.
 * - A failure counts until somebody has read: a report of delivery may come from a relay on the way, and of two reports that contradict each
 *   other the one that makes a person look is the safe one. After a reading the mail did arrive.
 * - A report of success of a mail that we hold for unknown, failed or even queued settles it: it arrived.
 * - Refused then integrated: the recipient mended the identity and filed it: integrated. Integrated then refused: the first answer
 *   stands, and the second is told as an event, because a person must look.
 */
export function decideReceipt(receipt: Receipt, recipients: readonly RecipientRow[], at: number): ReceiptDecision[] {
  const decisions: ReceiptDecision[] = [];
  for (const { row, statement } of statementsOf(receipt, recipients)) {
    const events: NewEvent[] = [];
    const decision: ReceiptDecision = { recipientId: row.id, events };
    const moves = statement.to !== undefined && mayMove(row.state, statement.to);
    if (moves && statement.to !== undefined)
      decision.change = { id: row.id, state: statement.to, error: statement.error ?? null };
    const contradicts = statement.to === "refused" && row.state === "integrated";
    if (statement.event && (moves || statement.to === undefined || contradicts)) {
      events.push({
        submission: row.submission,
        recipientId: row.id,
        messageId: row.messageId,
        event: statement.event,
        at,
        ...(statement.error ? { error: statement.error } : {}),
      });
    }
    decisions.push(decision);
  }
  return decisions;
}

function mayMove(from: RecipientState, to: RecipientState): boolean {
  if (from === to) return false;
  if (to === "failed") return RANK[from] < RANK.read;
  if (to === "refused") return from !== "integrated";
  if (from === "failed") return RANK[to] >= RANK.delivered;
  return RANK[to] > RANK[from];
}

function statementsOf(
  receipt: Receipt,
  recipients: readonly RecipientRow[],
): { row: RecipientRow; statement: Statement }[] {
  // An alias or a redirection may hide our recipient's address from the report: bad news is then believed, good news is not.
  const about = (badNews: boolean, ...addresses: (string | undefined)[]) =>
    rowOf(recipients, ...addresses) ?? (badNews ? onlyOne(recipients) : undefined);
  const said = (row: RecipientRow | undefined, statement: Statement) => (row ? [{ row, statement }] : []);
  switch (receipt.kind) {
    case "dsn":
      return receipt.recipients.flatMap((entry) => {
        const badNews = entry.action === "failed" || entry.action === "delayed";
        return said(about(badNews, entry.originalRecipient, entry.address), ofDsn(entry));
      });
    case "mdn": {
      const statement = ofMdn(receipt);
      return said(about(statement.to === "refused", receipt.originalRecipient, receipt.finalRecipient), statement);
    }
    case "ko":
      return said(about(true, receipt.from), refusal(receipt.error));
  }
}

/**
 * The recipient that a report speaks of. A mail with one recipient needs no address; but an address that is nobody's of ours
 * is a stranger's (a colleague to whom the mail was passed on, or a forger): what he read or filed, our recipient has not.
 * Where a mail is redirected, the operator gives the original recipient beside the final one (RFC 3461 ORCPT, RFC 8098 §3.2.3).
 */
function rowOf(recipients: readonly RecipientRow[], ...addresses: (string | undefined)[]): RecipientRow | undefined {
  const named = addresses.filter((address) => address !== undefined);
  for (const address of named) {
    const found = recipients.find((row) => row.address.toLowerCase() === address.toLowerCase());
    if (found) return found;
  }
  return named.length === 0 ? onlyOne(recipients) : undefined;
}

function onlyOne(recipients: readonly RecipientRow[]): RecipientRow | undefined {
  return recipients.length === 1 ? recipients[0] : undefined;
}

function ofDsn(entry: Extract<Receipt, { kind: "dsn" }>["recipients"][number]): Statement {
  switch (entry.action) {
    case "delivered":
    case "expanded":
    case "relayed":
      // `relayed` is what an operator says whose delivery agent reports nothing itself (Postfix before Dovecot's LMTP, for one):
      // no better news will come. A later failure still counts.
      return { to: "delivered", event: "delivered" };
    case "delayed":
      return {
        to: undefined,
        event: "deferred",
        error: reportError("smtp_temporary", "The operator reports a delay.", entry.status, true),
      };
    case "failed":
      return {
        to: "failed",
        event: "failed",
        error: reportError("delivery_failed", bounceText(entry.status), entry.status, false),
      };
  }
}

function ofMdn(receipt: Extract<Receipt, { kind: "mdn" }>): Statement {
  if (receipt.error) return refusal(receipt.error);
  switch (receipt.disposition) {
    case "displayed":
      return { to: "read", event: "read" };
    case "processed":
      return { to: "integrated", event: "integrated" };
    case "failed":
      return refusal({});
    case "dispatched":
    case "deleted":
    case "denied":
      // Kept with the receipts; none says that the document was read or filed.
      return { to: undefined, event: undefined };
  }
}

function refusal(error: { code?: string; label?: string }): Statement {
  return {
    to: "refused",
    event: "refused",
    error: {
      code: "integration_refused",
      message: error.code
        ? `The recipient's software did not integrate the document (${error.code}).`
        : "The recipient's software did not integrate the document.",
      retryable: false,
      ...(error.code === undefined ? {} : { application: error.code }),
    },
  };
}

function reportError(code: string, message: string, status: string | undefined, retryable: boolean): StoredError {
  return { code, message, retryable, ...(status === undefined ? {} : { status }) };
}

/** Bounces in words that a person can act on (requirement `mes-bounce`), by subject and detail of the enhanced status (RFC 3463). */
function bounceText(status: string | undefined): string {
  if (status === undefined) return "Not delivered.";
  switch (status.slice(2)) {
    case "1.1":
    case "1.10":
      return `Unknown mailbox: the address does not exist (${status}).`;
    case "1.2":
    case "4.4":
      return `Unknown domain (${status}).`;
    case "1.3":
      return `Malformed address (${status}).`;
    case "2.1":
      return `The mailbox is closed or suspended (${status}).`;
    case "2.2":
      return `The mailbox is full (${status}).`;
    case "2.3":
    case "3.4":
      return `The mail is too large for the recipient (${status}).`;
    case "4.7":
      return `The operator gave up: the recipient's server did not take the mail in time (${status}).`;
    default:
      return status.startsWith("5.7.")
        ? `The recipient's operator does not allow this mail (${status}).`
        : `Not delivered (${status}).`;
  }
}
