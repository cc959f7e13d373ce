/** Mode 2, the embedded mailbox: folders, mails without their bodies first, attachments as streams, acts on them. */
export type {
  ActedOn,
  ActOptions,
  ActOutcome,
  Destination,
  FlagOptions,
  MailAction,
  MailActionKind,
  MailboxActions,
  Mails,
  UndoStep,
} from "./action-types.js";
export { MailActionError } from "./action-types.js";
export { createMailboxActions } from "./actions.js";
export type { BodyOptions, MailBody } from "./body.js";
export { MailboxCache, type MailboxCacheOptions } from "./cache.js";
export { createDrafts } from "./drafts.js";
export type { BlockedContent, BlockedKind } from "./html.js";
export { createInbox } from "./integrate.js";
export type {
  Inbox,
  InboxEntry,
  IncomingDocument,
  IntegrateOptions,
  IntegrationHandler,
  IntegrationHooks,
} from "./integrate-types.js";
export type { DocumentSearch, OpenedDocuments } from "./kept-mail.js";
export { searchable } from "./kept-mail.js";
export { createMailboxReader } from "./mailbox.js";
export type {
  Agreement,
  HealthDocument,
  MailPatient,
  OpenedMail,
  OpenOptions,
  PatientTraits,
  Seen,
} from "./open-types.js";
export { createMailboxOpener, type MailboxOpener } from "./opener.js";
export { createReceipts, type ReceiptDeps } from "./receipts.js";
export type { DocumentHtmlOptions, DocumentPdfOptions } from "./show-document.js";
export { shownName } from "./show-names.js";
export type { MailTrace } from "./traces.js";
export type {
  FolderInfo,
  ListOptions,
  MailAddress,
  MailAttachment,
  MailboxReader,
  MailboxRole,
  MailEvent,
  MailKind,
  MailList,
  MailRef,
  MailSearch,
  MailSummary,
  SearchOptions,
  WatchOptions,
  WatchStatus,
} from "./types.js";
export { createMailboxWriter } from "./writing.js";
export type {
  Draft,
  DraftRef,
  FailureOptions,
  ForwardOptions,
  MailboxDrafts,
  MailboxWriter,
  NewMailOptions,
  PatientToWriteTo,
  ReceiptOptions,
  ReplyOptions,
  WriteOptions,
} from "./writing-types.js";
