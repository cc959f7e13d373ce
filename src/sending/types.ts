import type { RecipientIdentity } from "../directory/index.js";
import type { Problem } from "../errors.js";
import type { EventRow, RecipientState, StoredError, SubmissionRow } from "../seams/index.js";

/** One CDA R2 with the PDF that goes beside the archive. */
export interface SubmittedDocument {
  /** The CDA, byte for byte. */
  cda: Uint8Array;
  /**
   * PDF of the same document (ECO.2.1.1). Left out: the encapsulated bytes of a level 1 with a PDF body, else a PDF/A-1b made of header
   * and narrative.
   */
  pdf?: Uint8Array;
}

/** Identity status of the patient in the software (RNIV). Only `qualifiee` may carry an INS (INS/va1.53). */
export type IdentityStatus = "qualifiee" | "validee" | "recuperee" | "provisoire";

export type SubmissionAction = "create" | "replace" | "delete";

export interface RecipientInput {
  address: string;
  /** Display name of the To field. */
  name?: string;
  /** Default: `patient` for an address of patient.mssante.fr, else `professional`. */
  kind?: "professional" | "patient";
}

/** What the software submits: the documents of one patient, to whom, and under which conditions. */
export interface DocumentSubmission {
  documents: SubmittedDocument[];
  /**
   * MSSanté addresses; or what is known of a recipient (`{ rpps }`, `{ family, given, city }`, `{ finess }`), whose address is looked for in the
   * directories before anything is stored; or `cda`: whom the documents themselves are meant for. A recipient who is not found, or who may be several,
   * refuses the submission (`recipient_not_found`, `recipient_ambiguous`): nobody is guessed.
   */
  to?: "cda" | (string | RecipientInput | RecipientIdentity)[];
  /** Also to the patient's own address, built from the qualified INS of the CDA (ECO.2.2.6). */
  patient?: boolean;
  action?: SubmissionAction;
  identityStatus?: IdentityStatus;
  /** Masks and confidentiality: `MASQUE_PS`, `INVISIBLE_PATIENT`, `INVISIBLE_REPRESENTANTS_LEGAUX`, `R`, `V`. */
  confidentiality?: string[];
  /** CONNEXION_SECRETE of the ANS model: the patient alone may not be written to. */
  secretConnection?: boolean;
  /** DESTDMP: the document also goes to the DMP, by the software's own means. */
  toDmp?: boolean;
  opposition?: {
    /** The patient opposes mails to himself (MSS/va1.20). */
    patient?: boolean;
    /** The patient opposes mails between professionals (MSS/va1.22). */
    professionals?: boolean;
    /** The professional was warned of it and sends all the same. */
    acknowledged?: boolean;
  };
  /** JDV_J03 code. */
  contentType?: string;
  /** OID of the sending system (XDM sourceId). */
  sourceId?: string;
  replyTo?: string;
  subjectExtra?: string;
  /** Text of the mail; a string serves for all. */
  body?: string | { professional?: { text: string; html?: string }; patient?: { text: string; html?: string } };
  /** `X-MSS-MES: FIN` on the patient's mail (ECO.2.2.8). */
  fin?: boolean;
  /** Dossier number, in the PDF's name. Never cut: refused where the name would pass 250 bytes. */
  dossier?: string;
  requestRead?: boolean;
  /** DSN on success. Default true. Failures are always asked for. */
  requestDelivery?: boolean;
  /** Sends a level-3 document without its PDF; ECO.2.1.1 is then not met, and a problem says so. */
  withoutPdf?: boolean;
  /** Refuses a PDF that does not declare PDF/A-1 (`pdf_not_pdfa1`, ECO.2.1.5). Default false: a problem says so, and it is sent as it is. */
  requirePdfA1?: boolean;
  /** Groups the professionals in one mail. Default false: one mail per recipient. */
  groupProfessionals?: boolean;
  /** Who asked, for the traces (ECO.4.1.2). Default: the software. */
  actor?: string;
  idempotencyKey?: string;
  /** The caller's own reference, given back in events. No health data. */
  reference?: string;
  /** Sends again what was sent already to the same recipient. */
  resend?: boolean;
  /** Higher first. Default 0. */
  priority?: number;
  notBefore?: Date;
  inReplyTo?: string;
  references?: string[];
}

/** A submission whose recipients are addresses. */
export interface AddressedSubmission extends Omit<DocumentSubmission, "to"> {
  to?: (string | RecipientInput)[];
}

/** An event of a submission's life, as the software gets it. */
export interface SubmissionEvent {
  event: EventRow["event"];
  submission: string;
  /** Address; absent for an event of the whole submission (`queued`). */
  recipient?: string;
  messageId?: string;
  error?: StoredError;
  at: Date;
  reference?: string;
  /** Cursor: pass it as `after` to go on from here, in this process or another. */
  seq: number;
}

export type Until = "accepted" | "delivered" | "read" | "integrated";

/** How a submission ended, or stands. */
export interface SettledSubmission {
  submission: SubmissionRow;
  /** Every recipient has reached the state asked, or a later one. */
  ok: boolean;
  recipients: { address: string; kind: string; state: RecipientState; messageId: string; error?: StoredError }[];
}

/** What `submit` gives back, once it is durable. */
export interface Submission {
  readonly id: string;
  readonly created: boolean;
  readonly messageIds: string[];
  /** Warnings of reading, packing and composing. */
  readonly problems: Problem[];
  status(): Promise<SubmissionRow>;
  /** Events of this submission, from its first, until every recipient is in a final state, or the signal. */
  events(options?: { signal?: AbortSignal }): AsyncIterable<SubmissionEvent>;
  /**
   * Resolves when each recipient has reached `until` or a later state, or can no longer (failed, refused, cancelled; `unknown` with the
   * policy hold). Default `accepted`.
   */
  settled(options?: { until?: Until; signal?: AbortSignal }): Promise<SettledSubmission>;
  cancel(): Promise<SubmissionRow>;
}
