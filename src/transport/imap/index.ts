/** Reading a mailbox at the operator's: folders, mails by pages and by parts, what is new, and the search by Message-ID. */
export type { FlagChange, MailsOfFolder } from "./actions/change-flags.js";
export type { FolderReport } from "./actions/edit-folders.js";
export type { ActedMail, ActOutcome, ActReport } from "./actions/report.js";
export type { Transfer } from "./actions/transfer.js";
export { NewMail } from "./fetch-new.js";
export type { FolderInfo, MailboxRole } from "./folder-list.js";
export { type FolderState, packState, unpackState } from "./folder-state.js";
export type { FolderRole } from "./folders.js";
export type { WatchTimes } from "./idle.js";
export type { FetchedMail, FetchNewOptions, ImapCursor, ImapMailbox, ImapMailboxOptions } from "./mailbox.js";
export { createImapMailbox } from "./mailbox.js";
export type { PartOptions } from "./part.js";
export type { ImapTimeouts } from "./session.js";
export type { Place } from "./special.js";
export type { ImapAddress, ImapPart, ImapSearch, ImapSummary, SummaryPagesOptions } from "./summaries.js";
export type { FolderStates, ImapEvent, ImapWatchOptions } from "./watch.js";
