/** Reading a mailbox at the operator's: what receipts and the search by Message-ID need. */
export { NewMail } from "./fetch-new.js";
export type { FolderRole } from "./folders.js";
export type { FetchedMail, FetchNewOptions, ImapCursor, ImapMailbox, ImapMailboxOptions } from "./mailbox.js";
export { createImapMailbox } from "./mailbox.js";
export type { ImapTimeouts } from "./session.js";
