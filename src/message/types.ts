import type { Cda } from "../cda/types.js";
import type { Problem } from "../errors.js";

/** Who a mail goes to. The kind decides wording, limits and headers. */
export interface MailRecipient {
  /** Checked address. */
  address: string;
  kind: "professional" | "patient";
  /** Display name of the To field. */
  name?: string;
  /** Stands in Cc. */
  copy?: boolean;
}

/** A file of a mail without documents. */
export interface MailFile {
  /** As a person reads it: no folder, no control. */
  name: string;
  mimeType: string;
  content: Uint8Array;
}

/** Bytes that are read when they are wanted, once. */
export type Pieces = () => AsyncIterable<Uint8Array>;

/** A file of such a mail that never stands in memory. */
export interface StreamedFile extends Omit<MailFile, "content"> {
  pieces: Pieces;
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
  /** Files of a mail without documents: free mails, forwarded ones. */
  files?: (MailFile | StreamedFile)[];
  /** Of a forwarded mail with an archive: what its fields said of it (ECO.2.4.1, ECO.2.4.2). */
  forwarded?: { ins: "O" | "N"; codes: string[] };
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
  /** A PDF that does not declare PDF/A-1 is refused (ECO.2.1.5), not only warned about. */
  requirePdfA1?: boolean;
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
  /** Bytes of head, body and tail, without what is streamed. */
  size: number;
}

export interface Composed {
  /** Decoded, as a person reads it, marker included. */
  subject: string;
  mails: ComposedMail[];
  /** MIME bodies shared by the mails (one for professionals, one for patients where they differ). */
  bodies: Uint8Array[];
  /** What every mail has after its body, in order: attachments, where they are long or streamed. */
  tail: (Uint8Array | Pieces)[];
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

/** Limits of {@link parseReceipt}: what is beyond is not read. */
export interface ReceiptLimits {
  /** Bytes read from the beginning of the mail; a report stands before the original it returns. Default 1 MiB. */
  maxBytes: number;
  /** Lines that could be MIME delimiters. Default 2,000; `mail_invalid` when passed. */
  maxParts: number;
  /** Depth of MIME parts. Default 20; `mail_invalid` when passed. */
  maxDepth: number;
  /** Recipients of one DSN that are read. Default 1,000. */
  maxRecipients: number;
}

/** Of every report that we compose. */
export interface ReportInput {
  from: { address: string; label?: string };
  /** Where the report goes: for a MDN, the address of Disposition-Notification-To. */
  to: string;
  /** Of the report itself, without angle brackets. */
  messageId: string;
  date: Date;
  /** The whole mail the report speaks of, as it was received. */
  original: Uint8Array;
  /** Without angle brackets; read from the original when left out. */
  originalMessageId?: string;
  /** Text for a person; a French text when left out. */
  text?: string;
  /** ECO.2.4.3, in every mail of a software; an operator's report has none. */
  nil?: string;
}

/** A disposition notification (RFC 8098). Its envelope sender is the null path: the transport's matter. */
export interface MdnInput extends ReportInput {
  /** The mailbox that received the mail. */
  finalRecipient: string;
  /** The address the sender wrote to, where known. */
  originalRecipient?: string;
  disposition: "displayed" | "processed" | "dispatched" | "deleted" | "denied" | "failed";
  /** Sent by the software without a person (`processed`), or by a person's decision (`displayed`). */
  automatic: boolean;
  /** Integration refused: `processed/error` with a separate `Error` field and the subject of a failure (in-mdn-ko). */
  error?: { code: string; label?: string };
  /** Writes the old form of the error, `processed/Error: code^label`. Default false. */
  legacyError?: boolean;
  /** Name and version of the software, for Reporting-UA. */
  software?: { name: string; version: string };
}

/** A delivery report of an operator (RFC 3464). */
export interface DsnInput extends ReportInput {
  /** Host name of the server that reports. */
  reportingMta: string;
  /** ENVID of the envelope, decoded. */
  envelopeId?: string;
  /** What is returned of the original: its header alone, or all. Default `HDRS`. */
  ret?: "HDRS" | "FULL";
  recipients: {
    address: string;
    originalRecipient?: string;
    action: "delivered" | "relayed" | "expanded" | "delayed" | "failed";
    /** Enhanced status code, e.g. `5.1.1`. */
    status: string;
    /** The server's line, e.g. `550 5.1.1 no such user`. */
    diagnostic?: string;
  }[];
}

/** The standard failure mail of a recipient that was not asked for a MDN (in-std). */
export interface KoInput extends ReportInput {
  error: { code: string; label?: string };
  /** The attachments of the original, repeated. */
  attachments?: { name: string; mimeType: string; content: Uint8Array }[];
}
