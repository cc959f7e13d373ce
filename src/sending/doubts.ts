import { errorCodeOf } from "../errors.js";
import type { Logger } from "../log.js";
import {
  type Clock,
  elapsedOf,
  type OutboxStore,
  type RecipientRow,
  type SubmissionRow,
  type TraceEntry,
} from "../seams/index.js";
import type { TraceDraft } from "./outcome.js";

/** What to do with a mail that the operator may have taken: wait for a receipt or a person, or send it again under the same Message-ID. */
export type UnknownPolicy = "hold" | "resend";

export interface DoubtDeps {
  store: OutboxStore;
  clock: Clock;
  log: Logger;
  tenant: string;
  mailbox: string;
  policy: UnknownPolicy;
  /** Looks for the Message-ID in the Sent folder; only where the operator profile says that the server files what it accepts. */
  sentSearch?: (messageId: string) => Promise<boolean>;
  /** How long an accepted mail may take to appear in Sent, in ms: only then its absence says "not accepted". Default 15 s. */
  sentGraceMs: number;
  /**
   * Since when each Message-ID is missed in Sent, by the clock that nobody sets: the one on the wall may be set forward, and a mail that is about to
   * appear there would be sent again. Kept by the caller from one call to the next.
   */
  missed: Map<string, number>;
  trace: (entry: TraceDraft, actor: string | undefined, now: number) => TraceEntry;
  changed: () => void;
}

/**
 * Settles what is `unknown`, where the operator lets us know or the caller's policy says how; never by a blind resend.
 * Returns how many recipients are still in doubt and may be settled by looking again.
 */
export async function settleDoubts(deps: DoubtDeps): Promise<number> {
  if (deps.policy === "hold" && !deps.sentSearch) return 0;
  let waiting = 0;
  const inDoubt = new Set<string>();
  for (const submission of await deps.store.list({
    tenant: deps.tenant,
    mailbox: deps.mailbox,
    state: "unknown",
    limit: 200,
  })) {
    for (const [messageId, rows] of byMail(submission)) {
      inDoubt.add(messageId);
      try {
        waiting += await settleOne(deps, submission, messageId, rows);
      } catch (error) {
        // The operator's IMAP is away: the doubt stays, and is looked at again.
        waiting += rows.length;
        deps.log.log("warn", "doubt.unsettled", {
          submission: submission.id,
          code: errorCodeOf(error),
        });
      }
    }
  }
  for (const messageId of deps.missed.keys()) if (!inDoubt.has(messageId)) deps.missed.delete(messageId);
  return waiting;
}

async function settleOne(
  deps: DoubtDeps,
  submission: SubmissionRow,
  messageId: string,
  rows: RecipientRow[],
): Promise<number> {
  const { store, clock, sentSearch } = deps;
  const trace = (action: string, request: string, answer: string) =>
    deps.trace({ action, request: `${request} ${messageId}`, answer, ok: true }, submission.info.actor, clock.now());
  if (!sentSearch) {
    const traces = [trace("resend", "policy resend", "queued again under the same Message-ID")];
    await store.requeue(submission.id, ["unknown"], clock.now(), traces, messageId);
    deps.changed();
    return 0;
  }
  const search = "IMAP SEARCH Sent";
  if (await sentSearch(messageId)) {
    deps.missed.delete(messageId);
    const at = clock.now();
    await store.resolve(
      submission.id,
      rows.map((row) => ({ id: row.id, state: "accepted", error: null })),
      rows.map((row) => ({ submission: submission.id, recipientId: row.id, messageId, event: "accepted", at })),
      [trace("send", search, "found: the operator had accepted it")],
    );
    deps.changed();
    return 0;
  }
  const since = deps.missed.get(messageId) ?? elapsedOf(clock);
  deps.missed.set(messageId, since);
  if (elapsedOf(clock) - since < deps.sentGraceMs) return rows.length;
  deps.missed.delete(messageId);
  const traces = [trace("send", search, "absent: the operator had not accepted it; queued again")];
  // This mail alone: another of the same submission may be in Sent, and must not go out again.
  await store.requeue(submission.id, ["unknown"], clock.now(), traces, messageId);
  deps.changed();
  return 0;
}

function byMail(submission: SubmissionRow): Map<string, RecipientRow[]> {
  const mails = new Map<string, RecipientRow[]>();
  for (const row of submission.recipients) {
    if (row.state !== "unknown") continue;
    const rows = mails.get(row.messageId);
    if (rows) rows.push(row);
    else mails.set(row.messageId, [row]);
  }
  return mails;
}
