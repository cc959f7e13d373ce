import type { Cda } from "../cda/types.js";
import type { Problem } from "../errors.js";

/** Who a mail goes to. The kind decides wording, limits and headers. */
export interface MailRecipient {
  /** Checked address. */
  address: string;
  kind: "professional" | "patient";
  /** Display name of the To field. */
  name?: string;
}

/** A CDA of the mail, with the PDF that goes beside the archive. */
export interface MailDocument {
  cda: Cda;
  /** PDF given by the caller (level 3). Level 1 PDF bodies are extracted: leave it out. */
  pdf?: Uint8Array;
}

export interface ComposeInput {
  from: { address: string /** ECO.2.2.7 */; label: string };
  /** One mail for each entry; an entry with several recipients is one mail grouped (professionals only). */
  recipients: MailRecipient[][];
  replyTo?: string;
  documents: MailDocument[];
  /** The packed archive; absent for a mail without documents. */
  archive?: Uint8Array;
  action: "create" | "replace" | "delete";
  /** ECO.2.4.3: in every mail. */
  nil: string;
  /** Name and version of the software, for User-Agent. */
  software: { name: string; version: string };
  /** Stable Message-ID for each entry of `recipients`, without angle brackets. */
  messageIds: string[];
  date: Date;
  /** Text after the subject the rule makes. */
  subjectExtra?: string;
  /** Subject of a mail without documents. */
  subject?: string;
  /** Body for all, or for each kind; the default text says what is joined. */
  body?: { professional?: MailBody; patient?: MailBody };
  footer?: string;
  /** HTML banner of the signature, appended to the HTML alternative; its text goes to the plain part. */
  banner?: { html: string; text: string };
  /** ECO.2.2.8: `X-MSS-MES: FIN`; only on the mail of a patient. */
  fin?: boolean;
  /** Dossier number, last part of the PDF name (ECO.2.1.6). */
  dossier?: string;
  /** ECO.2.3.2: Disposition-Notification-To. */
  requestRead?: boolean;
  inReplyTo?: string;
  references?: string[];
  /** The caller waives the PDF of level-3 documents (ECO.2.1.1 is then not met, and it is said). */
  withoutPdf?: boolean;
  /** The operator's limit in bytes, where known; 25 MB (25,000,000 bytes) always applies to a patient's mail. */
  maxSize?: number;
}

export interface MailBody {
  text: string;
  html?: string;
}

export interface ComposedMail {
  recipients: MailRecipient[];
  messageId: string;
  /** Header block with its empty line; CRLF; ASCII. */
  head: Uint8Array;
  /** Index into {@link Composed.bodies}. */
  body: number;
  /** Bytes of head and body. */
  size: number;
}

export interface Composed {
  /** Decoded, as a person reads it, marker included. */
  subject: string;
  mails: ComposedMail[];
  /** MIME bodies shared by the mails (one for professionals, one for patients where they differ). */
  bodies: Uint8Array[];
  /** File names of the PDFs, in order of documents; undefined where there is none. */
  pdfNames: (string | undefined)[];
  problems: Problem[];
}

/** A report about a mail of ours, found in a mailbox. */
export type Receipt =
  | {
      kind: "dsn";
      /** Of the report itself. */
      messageId?: string;
      /** Of the mail it speaks of, without angle brackets. */
      originalMessageId?: string;
      envelopeId?: string;
      date?: string;
      recipients: {
        address: string;
        originalRecipient?: string;
        action: "delivered" | "relayed" | "expanded" | "delayed" | "failed";
        status?: string;
        diagnostic?: string;
      }[];
    }
  | {
      kind: "mdn";
      messageId?: string;
      originalMessageId?: string;
      date?: string;
      finalRecipient?: string;
      originalRecipient?: string;
      automatic: boolean;
      disposition: "displayed" | "processed" | "dispatched" | "deleted" | "denied" | "failed";
      /** Where the modifier says error or failure: the application code (900-906) and its label, of either form. */
      error?: { code?: string; label?: string };
    }
  | {
      /** A standard mail `[KO Intégration système !][code] …`. */
      kind: "ko";
      messageId?: string;
      originalMessageId?: string;
      date?: string;
      from?: string;
      error: { code?: string; label?: string };
    };
