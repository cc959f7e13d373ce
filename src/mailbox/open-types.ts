import type { CdaBody, CdaHeader } from "../cda/index.js";
import type { Problem } from "../errors.js";
import type { RenderedHtml, RenderedPdf } from "../rendering/index.js";
import type { DocumentEntry, Integrity, SubmissionSet, XdmAction, XdmLimits } from "../xdm/index.js";
import type { DocumentHtmlOptions, DocumentPdfOptions } from "./show-document.js";
import type { MailSummary } from "./types.js";

/**
 * What the registry says of a document (SC.CDA/INT.18). `duplicate`: the same one came in an earlier mail. `newer`: an earlier version
 * is known. `obsolete`: a later version is known, or the document was deleted, by who sent it.
 */
export type Seen = "new" | "duplicate" | "newer" | "obsolete";

/** Whether two places that name the patient name one; `absent` where fewer than two name him. */
export type Agreement = "agree" | "differ" | "absent";

/** The patient as one place names him. Times and names verbatim. */
export interface PatientTraits {
  ins?: { value: string; oid: string };
  /** At birth (BR), else in use. */
  birthName?: string;
  usedName?: string;
  givenName?: string;
  birthDate?: string;
  gender?: string;
}

export interface MailPatient {
  /** As a list shows him: birth name in use of the metadata, else of the CDA: `MOREL Élodie`. Empty where nothing names him. */
  name: string;
  /** Of the metadata, which decide (ECO.2.1.2), else of the CDA. */
  ins?: { value: string; oid: string };
  birthDate?: string;
  gender?: string;
  /** Side by side, for a person who must choose. */
  metadata?: PatientTraits;
  cda?: PatientTraits;
  /** The matricule of the patient's address among the people of the mail. */
  addressIns?: string;
  /** `X-MSS-INS` of the mail: the sender says that the identity is whole (`O`) or not (`N`). */
  header?: "O" | "N";
  /** Of the INS in metadata, CDA and address. */
  agreement: Agreement;
}

export interface HealthDocument {
  /** The attachment that holds it. */
  part: string;
  /** Where within it: names of mails, `winmail.dat`, archives and folders, joined by `/`. Empty for the attachment itself. */
  path: string;
  title: string;
  /** Code of the type. */
  typeCode: string;
  /** Verbatim: UTC of the metadata, else the time of the CDA. */
  creationTime: string;
  /** LGC.MSS/UX.05: the slot of the metadata decides, never the CDA. A CDA without metadata is `create`. */
  action: XdmAction;
  uniqueId?: string;
  setId?: string;
  versionNumber?: number;
  /** The documents that this one says it replaces. */
  replaces: string[];
  mimeType: string;
  /** Absent for a document that came without metadata. */
  metadata?: DocumentEntry;
  integrity?: Integrity;
  cda?: { header: CdaHeader; body: CdaBody };
  patient: MailPatient;
  /** The PDF beside it. `bytes`: the very file that the CDA holds; `name`: by the rule of ECO.2.1.6. */
  pdfBeside?: { part: string; path: string; name: string; matchedBy: "bytes" | "name" };
  seen: Seen;
  /**
   * Somebody of another domain, or an author of another organisation, than the first who sent the document has deleted or replaced it, or
   * sent a later version; or this document does so to one of somebody else. It makes nothing obsolete: a person decides.
   */
  disputed?: true;
  /** The software has it already, by whatever mail (LGC.MDV.06). */
  integrated: boolean;
  integratedAt?: Date;
  /** The file; absent where the archive does not hold it. */
  content?: Uint8Array;
  /**
   * The document as a safe HTML page or fragment (SC.CDA/VISU.01), with a mark where the archive's metadata, the patient's address of the
   * mail and the document do not agree (ECO.2.1.2), and above the title what a reader must know of it: deletion asked, out of date,
   * not the file announced.
   *
   * @throws `document_missing`; `cda_invalid`, `xml_invalid`, `xml_dtd_refused` for what is no readable CDA; `xml_limit_exceeded`;
   * `invalid_argument` (idPrefix)
   */
  html(options?: DocumentHtmlOptions): Promise<RenderedHtml>;
  /**
   * The document as a PDF: the one that it encapsulates, byte for byte, else a PDF/A-1b of header and narrative, with the same mark as
   * {@link HealthDocument.html}. What makes it is loaded at the first call.
   *
   * @throws as {@link HealthDocument.html}; `file_not_found` where a bundler left the fonts behind
   */
  pdf(options?: DocumentPdfOptions): Promise<RenderedPdf>;
}

/** A mail with its health documents. */
export interface OpenedMail {
  mail: MailSummary;
  /** Null where the mail has no health document. */
  patient: MailPatient | null;
  documents: HealthDocument[];
  submissionSets: SubmissionSet[];
  /** What is broken, hostile or doubtful. The rest of the mail is read all the same. */
  problems: Problem[];
}

export interface OpenOptions {
  /**
   * Notes in the registry what the mail holds, so that the same documents in later mails are known. Default false. A mail is never
   * compared with itself: opening it again says the same.
   */
  remember?: boolean;
  /** Bytes of one attachment that is opened. Default 64 MB; what is larger is a problem, not an error. */
  maxBytes?: number;
  /** Of each archive. */
  limits?: Partial<XdmLimits>;
  signal?: AbortSignal;
}
