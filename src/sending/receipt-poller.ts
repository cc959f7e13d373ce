import { errorCodeOf } from "../errors.js";
import type { Logger } from "../log.js";
import { parseReceipt, type Receipt } from "../message/index.js";
import type { Clock, OutboxStore } from "../seams/index.js";
import { decideReceipt } from "./receipts.js";

/** What the poller needs of a mailbox: the mails after a cursor, without touching their flags. */
export interface ReceiptSource {
  /**
   * Mails after the cursor that may be receipts, oldest first, each with the cursor that stands after it. Without a cursor:
   * from the first mail received on or after `since`. A mail too large to be a receipt comes without `raw`.
   */
  mails(options: {
    cursor?: string;
    since: Date;
    signal?: AbortSignal;
  }): AsyncIterable<{ raw?: Uint8Array; cursor: string; source: string }>;
}

export interface ReceiptPollerDeps {
  store: OutboxStore;
  source: ReceiptSource;
  clock: Clock;
  log: Logger;
  tenant: string;
  mailbox: string;
  changed: () => void;
}

export interface PollResult {
  /** Mails looked at. */
  read: number;
  matched: number;
  unmatched: number;
  duplicate: number;
}

const CURSOR = "receipts/INBOX";
/** How far back the first look goes: no receipt of ours is older than the mails it speaks of. */
const FIRST_LOOK_MS = 7 * 24 * 3_600_000;

/**
 * Reads the sender's mailbox for DSN, MDN and failure mails, and moves the recipients they speak of. It marks nothing
 * as read and moves no mail: the mailbox belongs to its users. The cursor is written after each mail, so that a crash
 * reads at most one again, which is then a duplicate.
 */
export async function pollReceipts(
  deps: ReceiptPollerDeps,
  options: { signal?: AbortSignal } = {},
): Promise<PollResult> {
  const { store, source, tenant, mailbox, clock } = deps;
  const result: PollResult = { read: 0, matched: 0, unmatched: 0, duplicate: 0 };
  const cursor = await store.cursor(tenant, mailbox, CURSOR);
  const since = new Date(clock.now() - FIRST_LOOK_MS);
  for await (const mail of source.mails({
    ...(cursor === undefined ? {} : { cursor }),
    since,
    ...(options.signal ? { signal: options.signal } : {}),
  })) {
    result.read += 1;
    if (mail.raw) {
      const outcome = await recordMail(deps, mail.raw, mail.source);
      if (outcome) result[outcome] += 1;
    }
    await store.setCursor(tenant, mailbox, CURSOR, mail.cursor);
  }
  if (result.matched > 0) deps.changed();
  return result;
}

/** One mail: recorded where it is a receipt, else undefined. A mail that cannot be read is no receipt, and stops nothing. */
export async function recordMail(
  deps: Omit<ReceiptPollerDeps, "source">,
  raw: Uint8Array,
  source: string,
): Promise<"matched" | "unmatched" | "duplicate" | undefined> {
  let receipt: Receipt | undefined;
  try {
    receipt = await parseReceipt(raw);
  } catch (error) {
    deps.log.log("warn", "receipt.unreadable", { code: errorCodeOf(error) });
    return undefined;
  }
  if (!receipt) return undefined;
  const found = receipt;
  const at = deps.clock.now();
  return deps.store.recordReceipt(
    {
      tenant: deps.tenant,
      mailbox: deps.mailbox,
      // The report's own Message-ID makes a copy in another folder, or after a new UIDVALIDITY, the same report.
      source: found.messageId ?? source,
      kind: found.kind,
      at,
      data: found,
      ...(found.originalMessageId === undefined ? {} : { originalMessageId: found.originalMessageId }),
      ...(found.kind === "dsn" && found.envelopeId !== undefined ? { envelopeId: found.envelopeId } : {}),
    },
    (recipients) => decideReceipt(found, recipients, at),
  );
}
