import type { InsTraits } from "../identity/index.js";
import type { MailFile } from "../message/index.js";
import type { RecipientInput, Submission } from "../sending/index.js";
import type { MailRef } from "./types.js";

export interface WriteOptions {
  text: string;
  html?: string;
  /** Files joined, in memory. */
  attachments?: readonly MailFile[];
  to?: readonly (string | RecipientInput)[];
  cc?: readonly (string | RecipientInput)[];
  /** Where answers go (ECO.2.2.5). Default: the configuration's. */
  replyTo?: string;
  /** Asks for a read receipt (ECO.2.3.2). */
  requestRead?: boolean;
  /** Closes the exchange with the patient: `X-MSS-MES: FIN` (ECO.2.2.8). */
  fin?: boolean;
  /** Who writes, for the traces (ECO.4.1.2). Default: the software. */
  actor?: string;
  /** The same key and content is sent once, however often it is asked. Without one, each call is a mail. */
  idempotencyKey?: string;
  reference?: string;
  signal?: AbortSignal;
}

/** Matricule with its key and the OID of its authority; the traits of the patient base. */
export interface PatientToWriteTo extends InsTraits {
  value: string;
  oid: string;
}

export interface NewMailOptions extends WriteOptions {
  subject: string;
  /**
   * Writes to this patient: the address is built from the qualified INS (ECO.2.2.6). Where `sex` (`M`, `F`) and `birthDate` (`YYYYMMDD`) are
   * given and the matricule says otherwise, the submission has the problem `ins_traits_differ`: a person confirms (ECO.3.1.5).
   */
  patient?: PatientToWriteTo;
}

export interface ReplyOptions extends WriteOptions {
  /** Also to the others of To and Cc. Default false. */
  all?: boolean;
  /** The text that is answered below, each line marked. Default true. */
  quote?: boolean;
}

export interface ForwardOptions extends Omit<WriteOptions, "text"> {
  to: readonly (string | RecipientInput)[];
  text?: string;
  /** Most bytes of all the attachments taken along. Default 25 MB. */
  maxBytes?: number;
}

export interface ReceiptOptions {
  /**
   * `displayed`: a person has read it. `processed`: the software has filed the document. `error`: it could not, with a code 900-906.
   */
  disposition: "displayed" | "processed" | "error";
  /** 900 wrong version, 901 author, 902 patient unknown, 903 no INS, 904 INS differs, 905 INS incomplete, 906 other. */
  code?: string;
  /** In place of the label of the code. No health data. */
  label?: string;
  /** Without a person's act. Default: false for `displayed`, else true. */
  automatic?: boolean;
  /** The person accepts an address that is not the Return-Path (RFC 8098 §2.1). */
  confirmed?: boolean;
  /** Writes the error in the former form, `processed/Error: code^label`. */
  legacyError?: boolean;
  actor?: string;
  signal?: AbortSignal;
}

export interface FailureOptions {
  /** 900-906. */
  code: string;
  label?: string;
  actor?: string;
  signal?: AbortSignal;
}

/** What is kept of a mail that is not sent yet. */
export interface Draft
  extends Omit<NewMailOptions, "signal" | "idempotencyKey" | "patient" | "reference" | "actor" | "fin"> {
  inReplyTo?: string;
  references?: readonly string[];
}

/** Where a draft is. Each saving gives it another place, since a mail in a folder never changes. */
export interface DraftRef {
  folder: string;
  uid: number;
  uidValidity: string;
}

/** Drafts, in the mailbox's own folder for them: the webmail shows them too. */
export interface MailboxDrafts {
  /**
   * Keeps a mail that is not finished. Its addresses may be missing; those that are there are addresses.
   *
   * @param options `replaces`: the version before, deleted once this one is kept.
   * @throws `folder_not_found` where the mailbox has no folder for drafts, `mail_too_large`, `header_injection`, `action_not_done`, `action_unknown`
   */
  save(draft: Draft, options?: { replaces?: MailRef; actor?: string; signal?: AbortSignal }): Promise<DraftRef>;
  /** The draft again, whoever wrote it. Its HTML comes sanitised. @throws `mail_not_found` */
  open(ref: MailRef, options?: { signal?: AbortSignal }): Promise<Draft>;
  /**
   * Sends a draft, once however often it is asked, and then deletes it.
   *
   * @param options what a draft does not keep: `patient` where one is written to, `fin`.
   * @throws as {@link MailboxWriter.send}
   */
  send(
    ref: MailRef,
    options?: { patient?: PatientToWriteTo; fin?: boolean; actor?: string; signal?: AbortSignal },
  ): Promise<Submission>;
}

/**
 * Writing from the mailbox (mode 2). What is written is a submission of the outbox: durable once the call resolves, delivered, tried
 * again and followed like a sending of documents. Professionals get one mail together, each patient one of his own.
 */
export interface MailboxWriter {
  /** @throws `recipient_invalid`, `patient_address_refused`, `header_injection`, `mail_too_large`, `idempotency_conflict` */
  send(mail: NewMailOptions): Promise<Submission>;
  /** Answers: Reply-To or From, In-Reply-To and References (ECO.2.2.2). `to` and `cc` are added. @throws as {@link send}, `mail_not_found` */
  reply(ref: MailRef, options: ReplyOptions): Promise<Submission>;
  /** Sends on, with its attachments as they are. @throws as {@link send}, `mail_not_found` */
  forward(ref: MailRef, options: ForwardOptions): Promise<Submission>;
  /**
   * The MDN that the sender asked for (RFC 8098, ECO.3.1.6), once for a mail: the same again gives the first submission.
   *
   * @throws `receipt_not_asked`, `receipt_unconfirmed`, `already_sent` ($MDNSent by another program), `idempotency_conflict` (another
   * disposition was sent)
   */
  receipt(ref: MailRef, options: ReceiptOptions): Promise<Submission>;
  /**
   * The failure mail `[KO Intégration système !]` to the sender of a mail that asked for no receipt (in-std), once for a mail.
   *
   * @throws `invalid_argument` where it asked for one: then `receipt` with `error`.
   */
  failureMail(ref: MailRef, options: FailureOptions): Promise<Submission>;
  readonly drafts: MailboxDrafts;
}
