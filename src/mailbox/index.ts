/** Mode 2, the embedded mailbox: folders, mails without their bodies first, attachments as streams. Reads only, so far. */
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
