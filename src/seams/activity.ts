import type { ReceiptInput, RecipientState } from "./outbox-records.js";

/** Counts by steps of time since 1970; a step is named by its number, and its start is `step * stepMs`. */
export interface ActivityQuery {
  tenant?: string;
  mailbox?: string;
  /** ms since 1970, included. */
  since: number;
  /** ms since 1970, excluded. */
  until: number;
  stepMs: number;
}

/** What became of the recipients of submissions of one step: no address, no content. */
export interface SentCount {
  step: number;
  /** `create`, `replace`, `delete`, `mail`, `receipt`, `failure`. */
  action: string;
  kind: "professional" | "patient";
  /** As they stand now. */
  state: RecipientState;
  /** Of `refused` and `failed`: the application code (900-906), the status, or our code. */
  reason?: string;
  recipients: number;
}

export interface Activity {
  sent: SentCount[];
  /** Mails by step of their submission, and their size in bytes. */
  mails: { step: number; action: string; count: number; bytes: number; largest: number }[];
  /** Receipts by step of their date. */
  receipts: { step: number; kind: ReceiptInput["kind"]; matched: boolean; count: number }[];
}
