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
export { MailboxCache, type MailboxCacheOptions } from "./cache.js";
export type { DocumentSearch, OpenedDocuments } from "./kept-mail.js";
export { createMailboxReader } from "./mailbox.js";
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
