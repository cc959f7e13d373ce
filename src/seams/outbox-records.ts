import type { StagedTail } from "./mail-content.js";
import type { SmtpStage } from "./mail-transport.js";

/**
 * Where a recipient stands. `queued` → `accepted` (the operator took it) → `delivered` (DSN) → `read` → `integrated` (MDN).
 * `refused`: the recipient's software refused to integrate (900-906), or denied. `failed`: permanently not delivered.
 * `unknown`: the hand-over was cut after the final dot. `cancelled`: withdrawn before it left.
 */
export type RecipientState = (typeof RECIPIENT_STATES)[number];

export const RECIPIENT_STATES = [
  "queued",
  "unknown",
  "accepted",
  "delivered",
  "read",
  "integrated",
  "refused",
  "failed",
  "cancelled",
] as const;

export type SubmissionEventName =
  | "queued"
  | "accepted"
  | "delivered"
  | "read"
  | "integrated"
  | "refused"
  | "failed"
  | "deferred"
  | "unknown"
  | "cancelled";

/** An error as kept and shown: a code, a message without health data, the server's code. */
export interface StoredError {
  code: string;
  message: string;
  reply?: number;
  status?: string;
  /** 900-906, where a receipt gave one. */
  application?: string;
  retryable: boolean;
}

export interface NewRecipient {
  address: string;
  kind: "professional" | "patient";
  /** SHA-256 hex keys of (document uniqueId, action, recipient): while this recipient is not refused, failed or cancelled, another with the same key is refused. */
  dedupe: string[];
}

export interface NewMail {
  messageId: string;
  /** Head bytes; content = head + bodies[body] + the submission's tail. */
  head: Uint8Array;
  body: number;
  /** Of the whole content. */
  size: number;
  recipients: NewRecipient[];
}

export interface NewSubmission {
  id: string;
  tenant: string;
  mailbox: string;
  /** Idempotency key of the caller. */
  key?: string;
  /** SHA-256 hex of what was submitted: the same key with another hash is an error. */
  contentHash: string;
  action: string;
  priority: number;
  createdAt: number;
  /** Not sent before. */
  notBefore?: number;
  /** Encrypted with the content: who asked, documents' ids, options of delivery. Small JSON. */
  info: SubmissionInfo;
  bodies: Uint8Array[];
  /** What every mail has after its body: stored once, in pieces, and read in pieces. Staged before, where it never stood in memory. */
  tail?: readonly Uint8Array[] | StagedTail;
  mails: NewMail[];
  /** The caller knows that it sends again: the dedupe keys are taken over. */
  resend?: boolean;
}

export interface SubmissionInfo {
  actor?: string;
  documents: { uniqueId: string; setId?: string; versionNumber?: number; typeCode?: string }[];
  /** Of what is not a sending of documents. A receipt leaves from the null path (RFC 8098 §3). */
  kind?: "mail" | "receipt" | "failure";
  /** A copy is to be filed in Sent once the operator has accepted it. */
  sentCopy?: boolean;
  requestRead?: boolean;
  requestDelivery?: boolean;
  /** The caller's own reference, given back in events. */
  reference?: string;
}

export interface RecipientRow {
  id: number;
  mailId: number;
  submission: string;
  address: string;
  kind: "professional" | "patient";
  state: RecipientState;
  messageId: string;
  attempts: number;
  stage?: SmtpStage;
  error?: StoredError;
  updatedAt: number;
}

export interface SubmissionRow {
  id: string;
  tenant: string;
  mailbox: string;
  key?: string;
  contentHash: string;
  action: string;
  priority: number;
  createdAt: number;
  paused: boolean;
  info: SubmissionInfo;
  erasedAt?: number;
  recipients: RecipientRow[];
  /**
   * Why its sealed part cannot be opened here (`storage_key_wrong`, `storage_corrupt`): `info` and `key` are then left out, and patients' addresses are
   * empty. The rest is as stored.
   */
  unreadable?: StoredError;
}

export interface ReceiptInput {
  tenant: string;
  mailbox: string;
  /** Where it was read: `folder/uidvalidity/uid`, or the report's own Message-ID. The same source twice is a duplicate. */
  source: string;
  kind: "dsn" | "mdn" | "ko";
  at: number;
  originalMessageId?: string;
  /** ENVID: our own opaque id, see `envelopeId`. */
  envelopeId?: string;
  /** The parsed receipt, kept (encrypted where a key is given) and shown. */
  data: unknown;
}

export interface ReceiptRow extends ReceiptInput {
  id: number;
  matched: boolean;
  recipientIds: number[];
  /** Why `data` cannot be opened here: it is null then, as where it is erased. */
  unreadable?: StoredError;
}
