import type { FolderInfo, ImapSearch } from "../transport/imap/index.js";

import type { DocumentSearch } from "./kept-mail.js";
import type { MailEvent, WatchOptions } from "./watch-types.js";

export type { FolderInfo, MailboxRole } from "../transport/imap/index.js";
export type { MailEvent, WatchOptions, WatchStatus } from "./watch-types.js";

/** What is searched for; every part given must hold. Its thread has a call of its own, {@link MailboxReader.thread}. */
export type MailSearch = Omit<ImapSearch, "related"> & DocumentSearch;

export interface MailAddress {
  name: string;
  address: string;
}

/** A part of a mail that a person sees as a file. */
export interface MailAttachment {
  /** Its number in the mail, for {@link MailboxReader.attachment}. */
  part: string;
  /** As the sender names it, freed of folders and controls; `part-N` where he does not. */
  name: string;
  mimeType: string;
  /** Bytes of the content; an estimate where the mail carries it in base64 or quoted-printable. */
  size: number;
}

/**
 * Who speaks: a professional or an organisation, a patient (or to one), a report about a mail of ours, or a program of the service.
 */
export type MailKind = "professional" | "patient" | "receipt" | "service";

/** A line of the list: the mail without its body. */
export interface MailSummary {
  uid: number;
  folder: string;
  /** UIDs mean something only within it. */
  uidValidity: string;
  messageId?: string;
  inReplyTo?: string;
  references: string[];
  /** `X-MSS-MES: FIN`: with it the exchange with the patient was closed (ECO.2.2.8). */
  fin?: true;
  /** The sender's date, else when the server received it. */
  date?: Date;
  from?: MailAddress;
  to: MailAddress[];
  cc: MailAddress[];
  /** As shown to a person: without the marker `XDM/1.0/DDM+`. */
  subject: string;
  rawSubject: string;
  flags: string[];
  size: number;
  kind: MailKind;
  attachments: MailAttachment[];
  /** Carries an IHE XDM archive. */
  hasXdm: boolean;
}

export interface ListOptions {
  /** `inbox` (default), `sent`, `drafts`, `trash`, `junk`, `archive`, or a folder's path. */
  folder?: string;
  /** Mails of a round trip. Default 50, at most 500. */
  pageSize?: number;
  signal?: AbortSignal;
}

export interface SearchOptions extends ListOptions {
  /** Every folder that can be opened, one after the other, but where all mails are one (`\\All`). Default false. */
  allFolders?: boolean;
}

/** A list that is read as far as wanted. */
export interface MailList extends AsyncIterable<MailSummary> {
  /** The same, by pages: one round trip each. */
  pages(): AsyncIterable<MailSummary[]>;
  toArray(options: { limit: number }): Promise<MailSummary[]>;
}

/** What a mail is called by: one of the list, or its folder and UID. */
export interface MailRef {
  folder?: string;
  uid: number;
  uidValidity?: string;
}

/** Reading the mailbox (mode 2). Marks nothing as read. */
export interface MailboxReader {
  /** The folders, with their roles and counts. */
  folders(options?: { signal?: AbortSignal }): Promise<FolderInfo[]>;
  /** Newest first. Between two mails any other call may be made. */
  list(options?: ListOptions): MailList;
  /** Found on the server, newest first in each folder. @throws `invalid_argument` for a text that no command can carry. */
  search(query: MailSearch, options?: SearchOptions): MailList;
  /**
   * The exchange that a mail is part of, oldest first, itself included: what it answers and what answers it, by References and
   * In-Reply-To. A mail and its copy are one.
   *
   * @param options `folders` to look in, roles or paths; default: the mail's, the inbox and the sent mails.
   * @throws `mail_not_found`
   */
  thread(ref: MailRef, options?: { folders?: readonly string[]; signal?: AbortSignal }): Promise<MailSummary[]>;
  /** @throws `mail_not_found` */
  get(ref: MailRef, options?: { signal?: AbortSignal }): Promise<MailSummary>;
  /**
   * The content of an attachment, decoded, as it arrives: a 25 MB file costs no 25 MB of memory.
   *
   * @param options `maxBytes` of decoded content; default 64 MB. Past it: `mail_invalid`.
   */
  attachment(
    ref: MailRef,
    part: string,
    options?: { maxBytes?: number; signal?: AbortSignal },
  ): Promise<{ attachment: MailAttachment; content: AsyncIterable<Uint8Array> }>;
  /**
   * What happens in folders, as it happens, on a session beside that of the other calls. The first folder is listened to (IDLE), the
   * others are looked at every `pollMs`. A lost session is replaced, and what happened meanwhile is told; nothing is told twice,
   * and nothing is read ahead of a slow reader. Ends with the signal and with `close()`.
   *
   * @param folders `inbox`, `sent`, or paths; the first is heard of at once
   * @throws `invalid_argument`; from the iteration, what trying again would not mend: `token_refused`, `auth_refused`, `imap_failed` for a folder
   * that is not there…
   */
  watch(folders: string | readonly string[], options?: WatchOptions): AsyncIterable<MailEvent>;
}
