/** Mode 1, automated sending: from a validated document to a receipt. The life of a submission is here; sockets and SQL are not. */
export { type BackoffPolicy, backoffMs, DEFAULT_BACKOFF } from "./backoff.js";
export { Bell } from "./bell.js";
export { checkSubmission } from "./border.js";
export { Circuit, type CircuitPolicy, DEFAULT_CIRCUIT } from "./circuit.js";
export { DeliveryWorker } from "./delivery.js";
export { DEFAULT_DELIVERY, type DeliveryDeps, type DeliverySettings } from "./delivery-settings.js";
export { type DoubtDeps, settleDoubts, type UnknownPolicy } from "./doubts.js";
export { EventReader, FINAL_STATES } from "./events.js";
export { Gate, IntakeGate } from "./gate.js";
export {
  type OutcomeContext,
  settleAnswer,
  settleFailure,
  settleRecovered,
  storedError,
  type TraceDraft,
} from "./outcome.js";
export {
  contentHash,
  dedupeKey,
  documentBytes,
  heldTail,
  type Prepared,
  prepare,
  type SenderProfile,
} from "./prepare.js";
export { type MailToSend, prepareMail, prepareReport, type ReportToSend } from "./prepare-mail.js";
export {
  type PollResult,
  pollReceipts,
  type ReceiptPollerDeps,
  type ReceiptSource,
  recordMail,
} from "./receipt-poller.js";
export { decideReceipt } from "./receipts.js";
export { type RetentionTime, retentionTime } from "./retention-time.js";
export { type AllowedRecipient, allowedRecipients, type RuleContext } from "./rules.js";
export { fileSentCopies, type SentCopyDeps } from "./sent-copies.js";
export { type Chore, runService, type ServiceDeps } from "./service.js";
export { type ComingTail, submitInPieces } from "./staging.js";
export { hasReached, SubmissionHandle } from "./submission.js";
export type {
  AddressedSubmission,
  DocumentSubmission,
  IdentityStatus,
  RecipientInput,
  SettledSubmission,
  Submission,
  SubmissionAction,
  SubmissionEvent,
  SubmittedDocument,
  Until,
} from "./types.js";
