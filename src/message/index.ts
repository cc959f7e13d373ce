export type { AnsweredMail, Person } from "./answer.js";
export { answerRecipients, answerSubject, forwardedText, quotedText, threadFields } from "./answer.js";
export { headerText } from "./border.js";
export { checkMailSize, composeDraft, composeMails, PATIENT_MAX_SIZE } from "./compose.js";
export { tellsFailure } from "./ko.js";
export { messageIdFor } from "./message-id.js";
export type { XdmSubjectInput } from "./naming.js";
export { pdfName, REPLACEMENT_MENTION, XDM_MARKER, xdmSubject } from "./naming.js";
export { bareId, field, headerFields, originalSubject } from "./original.js";
export { hasPdfBody } from "./pdf.js";
export { parseReceipt } from "./receipts.js";
export type { ReportFrame } from "./reports.js";
export { composeDsn, composeKo, composeMdn, koFrame, mdnFrame, originalPieces } from "./reports.js";
export type {
  Composed,
  ComposedMail,
  ComposeInput,
  DsnInput,
  KoInput,
  MailBody,
  MailDocument,
  MailFile,
  MailRecipient,
  MdnInput,
  Pieces,
  Receipt,
  ReceiptLimits,
  ReportInput,
  StreamedFile,
} from "./types.js";
