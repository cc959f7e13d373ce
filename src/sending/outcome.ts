import type { ErrorCode } from "../errors.js";
import { isMedimailError, type MedimailError } from "../errors.js";
import {
  type ClaimedMail,
  isStream,
  type MailSettlement,
  type NewEvent,
  type RecipientChange,
  type RecipientReply,
  type StoredError,
  type SubmissionEventName,
  type TraceEntry,
  type TransportFailure,
  type TransportResult,
  transportFailure,
} from "../seams/index.js";
import type { MailRequest } from "../traces/index.js";
import { withoutQuotes } from "./quoted.js";

/** What a step says of itself for the journal; the rest (who, when, for which mailbox) is added to it. */
export interface TraceDraft {
  action: string;
  request: string | MailRequest;
  answer: string;
  ok: boolean;
}

/** What decides when an attempt has ended; all pure. */
export interface OutcomeContext {
  worker: string;
  now: number;
  /** When a retry is due: chance has its part in it, and is asked for only where there is one. */
  retryAt: () => number;
  /** Mails older than this, in ms, are not tried again. */
  maxAgeMs: number;
  trace: (entry: TraceDraft) => TraceEntry;
  /** Envelope sender. */
  from: string;
}

type Draft = Pick<MailSettlement, "recipients" | "events"> & { retry: boolean };

/** The operator answered the final dot, or refused every recipient. Partial acceptance is kept for each recipient. */
export function settleAnswer(mail: ClaimedMail, result: TransportResult, context: OutcomeContext): MailSettlement {
  const draft = fromReplies(mail, result.recipients, context);
  const anyAccepted = result.recipients.some((reply) => reply.accepted);
  return {
    mailId: mail.mailId,
    worker: context.worker,
    at: context.now,
    stage: anyAccepted ? "done" : "rcpt",
    recipients: draft.recipients,
    next: draft.retry ? { kind: "retry", dueAt: context.retryAt() } : { kind: "done" },
    attempted: true,
    events: draft.events,
    traces: [traceOfAttempt(mail, context, withoutQuotes(result.answer, headOf(mail)), anyAccepted)],
  };
}

/** The hand-over failed: tried again, given up, or in doubt. */
export function settleFailure(mail: ClaimedMail, error: unknown, context: OutcomeContext): MailSettlement {
  const failure: TransportFailure = transportFailure(error) ?? {
    stage: "connect",
    verdict: "temporary",
    systemic: true,
  };
  const answer = failure.answer === undefined ? undefined : withoutQuotes(failure.answer, headOf(mail));
  const stored = withAnswer(storedError(error, failure), failure.answer, answer);
  const base = { mailId: mail.mailId, worker: context.worker, at: context.now, stage: failure.stage, attempted: true };
  const traces = [traceOfAttempt(mail, context, answer ?? stored.code, false)];
  if (failure.verdict === "unknown") {
    return { ...base, ...all(mail, context, "unknown", "unknown", stored), next: { kind: "doubt" }, traces };
  }
  // A fault of the session (a refused certificate, a wrong server name) is not the mail's: it stays queued until a person has
  // mended it, or it is too old.
  if (failure.verdict === "permanent" && !failure.systemic) {
    return { ...base, ...all(mail, context, "failed", "failed", stored), next: { kind: "done" }, traces };
  }
  if (context.now - mail.createdAt >= context.maxAgeMs) {
    const exhausted: StoredError = {
      ...stored,
      code: "attempts_exhausted",
      message: `Not accepted before its age limit. Last: ${stored.message}`,
      retryable: false,
    };
    return { ...base, ...all(mail, context, "failed", "failed", exhausted), next: { kind: "done" }, traces };
  }
  return {
    ...base,
    ...all(mail, context, undefined, "deferred", stored),
    next: { kind: "retry", dueAt: context.retryAt() },
    traces,
  };
}

function headOf({ content: [head] }: ClaimedMail): Uint8Array | undefined {
  return head && !isStream(head) ? head : undefined;
}

/** A mail whose worker died after the mark of its final dot: taken, where the answer was noted before. */
export function settleRecovered(mail: ClaimedMail, context: OutcomeContext): MailSettlement {
  const { answer } = mail;
  if (answer === undefined) return settleDoubt(mail, context);
  const recipients = mail.recipients.map(({ address }) => ({ address, accepted: true, reply: 250, temporary: false }));
  return settleAnswer(mail, { recipients, reply: 250, answer }, context);
}

/** Nobody knows whether the server took it. */
function settleDoubt(mail: ClaimedMail, context: OutcomeContext): MailSettlement {
  const stored: StoredError = {
    code: "delivery_unknown",
    message: "The sending process ended between the hand-over to the operator and its answer.",
    retryable: false,
  };
  return {
    mailId: mail.mailId,
    worker: context.worker,
    at: context.now,
    stage: "final-dot",
    attempted: true,
    ...all(mail, context, "unknown", "unknown", stored),
    next: { kind: "doubt" },
    traces: [traceOfAttempt(mail, context, "no answer noted", false)],
  };
}

/** Given back as if it had never been claimed. */
export function settleRelease({ mailId }: ClaimedMail, worker: string, at: number): MailSettlement {
  const nothing = { recipients: [], events: [], traces: [], attempted: false };
  return { ...nothing, mailId, worker, at, stage: "connect", next: { kind: "release" } };
}

function fromReplies(mail: ClaimedMail, replies: readonly RecipientReply[], context: OutcomeContext): Draft {
  const draft: Draft = { recipients: [], events: [], retry: false };
  const tooOld = context.now - mail.createdAt >= context.maxAgeMs;
  for (const [index, recipient] of mail.recipients.entries()) {
    const reply = replies[index];
    if (reply?.accepted) {
      draft.recipients.push({ id: recipient.id, state: "accepted", error: null });
      draft.events.push(event(mail, recipient.id, "accepted", context.now));
      continue;
    }
    const stored = refusedRecipient(reply);
    if (stored.retryable && !tooOld) {
      draft.retry = true;
      draft.recipients.push({ id: recipient.id, error: stored });
      draft.events.push(event(mail, recipient.id, "deferred", context.now, stored));
    } else {
      draft.recipients.push({ id: recipient.id, state: "failed", error: stored });
      draft.events.push(event(mail, recipient.id, "failed", context.now, stored));
    }
  }
  return draft;
}

function refusedRecipient(reply: RecipientReply | undefined): StoredError {
  if (!reply)
    return { code: "smtp_protocol", message: "The server did not answer for this recipient.", retryable: true };
  const code = `${reply.reply}${reply.status ? ` ${reply.status}` : ""}`;
  return {
    code: reply.temporary ? "smtp_temporary" : "recipient_refused",
    message: reply.temporary
      ? `The operator put this recipient off (${code}).`
      : `The operator refused this recipient (${code}).`,
    reply: reply.reply,
    ...(reply.status === undefined ? {} : { status: reply.status }),
    retryable: reply.temporary,
  };
}

/** The same change and event for every recipient of the mail. */
function all(
  mail: ClaimedMail,
  context: OutcomeContext,
  state: RecipientChange["state"],
  name: SubmissionEventName,
  error: StoredError,
): Pick<MailSettlement, "recipients" | "events"> {
  return {
    recipients: mail.recipients.map(({ id }) => ({ id, error, ...(state === undefined ? {} : { state }) })),
    events: mail.recipients.map(({ id }) => event(mail, id, name, context.now, error)),
  };
}

function event(
  mail: ClaimedMail,
  recipientId: number,
  name: SubmissionEventName,
  at: number,
  error?: StoredError,
): NewEvent {
  return {
    submission: mail.submission,
    recipientId,
    messageId: mail.messageId,
    event: name,
    at,
    ...(error ? { error } : {}),
  };
}

/** The error's message with the answer as it may be kept, where it repeats the answer. */
function withAnswer(stored: StoredError, said: string | undefined, kept: string | undefined): StoredError {
  if (said === undefined || kept === undefined || said === kept) return stored;
  return { ...stored, message: stored.message.replaceAll(said, () => kept) };
}

/** What is kept of an error: our own words, the server's codes, and its answer freed of addresses (see `withoutQuotes` for the rest). */
export function storedError(error: unknown, failure?: TransportFailure): StoredError {
  const known = isMedimailError(error) ? error : undefined;
  const code: ErrorCode = known?.code ?? "internal";
  return {
    code,
    message: known?.message ?? "An unforeseen fault of the connector.",
    retryable: mendsByWaiting(known, failure),
    ...(failure?.reply === undefined ? {} : { reply: failure.reply }),
    ...(failure?.status === undefined ? {} : { status: failure.status }),
  };
}

/**
 * Whether waiting alone may mend it. The verdict says what becomes of the mail: a fault of the session keeps it queued in any case, since a person
 * may mend that. Of such a fault the error itself knows: a passphrase that is wrong today is wrong in an hour, here as in `mailbox`.
 */
function mendsByWaiting(known: MedimailError | undefined, failure: TransportFailure | undefined): boolean {
  if (!failure) return known?.retryable ?? false;
  return failure.verdict === "temporary" && !(failure.systemic && known?.retryable === false);
}

function actionOf({ action, info }: ClaimedMail): string {
  if (info.kind === "receipt" || info.kind === "failure") return "receipt";
  return action === "delete" ? "delete-document" : "send";
}

function traceOfAttempt(mail: ClaimedMail, context: OutcomeContext, answer: string, ok: boolean): TraceEntry {
  return context.trace({
    action: actionOf(mail),
    request: { from: context.from, recipients: mail.recipients, messageId: mail.messageId },
    answer,
    ok,
  });
}
