import type { Problem } from "../errors.js";
import type { HealthDocument, MailPatient } from "./open-types.js";
import type { MailSummary } from "./types.js";

/** What the software is given of a document that came in. */
export interface IncomingDocument {
  document: HealthDocument;
  mail: MailSummary;
  patient: MailPatient | null;
  /** 1 the first time. More: the software failed, or the process ended before its answer was noted. */
  attempt: number;
  signal: AbortSignal;
}

/**
 * Takes a document into the software. Resolves once it is durable there. It may be called again for a document that it has taken, where
 * the process was killed in between: the software recognises it by `uniqueId` and `action`.
 */
export type IntegrationHandler = (incoming: IncomingDocument) => Promise<void> | void;

export interface IntegrateOptions {
  /** Ends the work, after the document in hand. */
  signal: AbortSignal;
  /** Default `inbox`. */
  folder?: string;
  /** Between two looks, in ms. Default 30 000. */
  pollMs?: number;
  /** Calls of the handler before a document is set aside. Default 8. */
  maxAttempts?: number;
  /** Wait after the first failure, doubled after each further, in ms. Default 30 000 to 3 600 000. */
  backoff?: { minMs: number; maxMs: number };
  /** Where nothing was ever read of the folder: only mails received on this day or later. Default: all. */
  since?: Date;
  /**
   * Answers a mail whose documents are all integrated, where it asks for it (MDN `processed`, once): unless its request needs a person's
   * word (RFC 8098 §2.1), which the log then says. Default true.
   */
  receipts?: boolean;
  /** Where such a mail goes: a role or a folder's path; false: it stays, marked as read. Default `archive`, where the mailbox has one. */
  fileTo?: string | false;
  /** Looks once, hands over what is due, and ends. Default false. */
  once?: boolean;
}

/** What happens to a mail once all of its documents are integrated. Each may be called again after a crash. */
export interface IntegrationHooks {
  /** The receipt (MDN) of the mail. */
  sendReceipt?: (mail: MailSummary, outcome: "integrated") => Promise<void>;
  /** Files the mail; called last, since its UID changes. */
  file?: (mail: MailSummary) => Promise<void>;
  /** A mail that says that it has documents, and of which none can be read: for a person. */
  unreadable?: (mail: MailSummary, problems: readonly Problem[]) => Promise<void>;
}

/** What waits for a person, or for its time. */
export interface InboxEntry {
  id: number;
  uniqueId: string;
  action: "create" | "replace" | "delete";
  state: "seen" | "waiting" | "integrated" | "aside";
  messageId: string;
  receivedAt: Date;
  integratedAt?: Date;
  attempts: number;
  /** Code of the last failure: of the package, or `handler_failed`. */
  error?: string;
}

export interface Inbox {
  /**
   * Hands each document that comes in to the software, in the order in which the mails came, until the signal. A (document, action) is
   * handed over until the handler has succeeded once, by whatever mails it comes; after that never again.
   *
   * @throws what the store fails with; a server that fails is tried again
   */
  integrate(handler: IntegrationHandler, options: IntegrateOptions): Promise<void>;
  /** Newest first. */
  list(query?: { state?: InboxEntry["state"]; limit?: number }): Promise<InboxEntry[]>;
  /** Hands over again what was set aside. False where no document of this number is aside. */
  retry(id: number): Promise<boolean>;
}
