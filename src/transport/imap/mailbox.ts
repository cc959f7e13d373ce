import type { ImapFlow } from "imapflow";
import type { Logger } from "../../log.js";
import { safeLogger } from "../../log.js";
import type { Clock } from "../../seams/clock.js";
import { steadyClock, systemClock } from "../../seams/clock.js";
import type { CredentialSource } from "../../seams/credentials.js";
import type { Dialer } from "../../seams/dialer.js";
import { type EndpointSource, fixedEndpoint } from "../../seams/endpoints.js";
import type { Random } from "../../seams/random.js";
import { systemRandom } from "../../seams/random.js";
import type { TlsVerifier } from "../../seams/tls.js";
import { type AppendOptions, type AppendReport, appendMail } from "./actions/append.js";
import { changeFlags, type FlagChange, type MailsOfFolder } from "./actions/change-flags.js";
import { createFolder, deleteFolder, type FolderReport, renameFolder } from "./actions/edit-folders.js";
import { removeMails } from "./actions/remove.js";
import type { ActReport } from "./actions/report.js";
import { type Transfer, transferMails } from "./actions/transfer.js";
import type { ConnectionBudget } from "./budget.js";
import { type MissingContents, NewMail } from "./fetch-new.js";
import { type FolderInfo, listFolders } from "./folder-list.js";
import type { FolderState } from "./folder-state.js";
import type { FolderRole } from "./folders.js";
import { inFolder } from "./folders.js";
import { ImapLink } from "./link.js";
import { type PartOptions, partPieces } from "./part.js";
import type { ImapTimeouts } from "./session.js";
import { openImapSession, silenceMs } from "./session.js";
import { folderPath, type Place, placeOf } from "./special.js";
import { type ImapSearch, oneSummary, type SummaryPagesOptions, searchPages, summaryPages } from "./summaries.js";
import type { ImapSummary } from "./summary-rows.js";
import { type FirstLook, type FolderLook, firstLook, lookAgain, mailsOf, pathOf } from "./sync.js";
import type { UidSet } from "./uid-set.js";
import { watchFolders } from "./watch.js";
import type { ImapEvent, ImapWatchOptions } from "./watch-types.js";
import { failed } from "./wire.js";

export interface ImapMailboxOptions {
  host: string;
  /** IMAP with STARTTLS; 143 as a rule. */
  port: number;
  /** Where sessions are opened, where that is to be found out; `host` and `port` are then names for the log. */
  endpoints?: EndpointSource;
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  /** The mailbox's address, for the log only. */
  mailbox: string;
  logger?: Logger;
  timeouts?: Partial<ImapTimeouts>;
  /** A session that nobody has used for so long says LOGOUT, in ms; that of a watch stays. Default: 180 000, longer where `timeouts.commandMs` is. */
  idleMs?: number;
  /** Wait before a new session after failures, in ms: doubles from the first to the second, with jitter. Default 1 000 to 60 000. */
  backoff?: { minMs: number; maxMs: number };
  /** Largest part of a mail that is ever read, in bytes. Default 64 MB; a server that sends more loses its session. */
  maxLiteral?: number;
  clock?: Clock;
  random?: Random;
  /** Shared by the mailboxes of an operator. Default: as many connections as are wanted (one, and one for each watch). */
  budget?: ConnectionBudget;
}

/** Where a reading of a folder stands. */
export interface ImapCursor {
  /** UIDs mean something only within it; decimal. */
  uidValidity: string;
  lastUid: number;
}

export interface FetchNewOptions {
  folder: FolderRole;
  /** Of the cursor kept from the last reading. Where the folder's is another, it is read again from its start. */
  uidValidity?: string;
  lastUid?: number;
  /** Without a cursor: only mails that the server received on this day or later. Default: all. */
  since?: Date;
  /** Most mails of one reading. Default 200. */
  limit?: number;
  /** Bytes of each mail that are read; a longer one comes cut, `truncated`. Default 32 MB. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface FetchedMail {
  uid: number;
  raw: Uint8Array;
  /** Bytes of the whole mail, as the server counts them. */
  size: number;
  truncated: boolean;
  /** To keep once this mail is dealt with: the next reading begins after it. */
  cursor: ImapCursor;
}

export interface ImapMailbox extends AsyncDisposable {
  /**
   * Whether a folder holds a mail with this Message-ID.
   *
   * @throws imap_failed where the folder does not exist or the search is refused: never `found: false` then.
   */
  searchMessageId(
    folder: FolderRole,
    messageId: string,
    options?: { signal?: AbortSignal },
  ): Promise<{ found: boolean }>;
  /** The mails after the cursor, oldest first. Reads without marking as read (BODY.PEEK, EXAMINE). Iterate it once. */
  fetchNew(options: FetchNewOptions): NewMail;
  /** The folders with their roles and counts. */
  folders(options?: { signal?: AbortSignal }): Promise<FolderInfo[]>;
  /** A folder's mails without their bodies, newest first, by pages. */
  pages(options: SummaryPagesOptions): AsyncIterable<ImapSummary[]>;
  /** Of a folder, what the server finds, newest first, by pages. */
  search(options: SummaryPagesOptions, query: ImapSearch): AsyncIterable<ImapSummary[]>;
  /** One mail without its body; undefined where there is none of this UID. */
  summary(folder: FolderRole, uid: number, options?: { signal?: AbortSignal }): Promise<ImapSummary | undefined>;
  /** Adds and takes away flags. Like every act: never repeated blindly, and the report says what became of each mail. */
  changeFlags(change: FlagChange): Promise<ActReport>;
  /** Moves or copies mails to another folder. */
  transfer(transfer: Transfer): Promise<ActReport>;
  /** Deletes mails for good. */
  remove(mails: MailsOfFolder): Promise<ActReport>;
  createFolder(options: { name: string; parent?: string; signal?: AbortSignal }): Promise<FolderReport>;
  renameFolder(options: { path: string; name: string; signal?: AbortSignal }): Promise<FolderReport>;
  deleteFolder(options: { path: string; withMails?: boolean; signal?: AbortSignal }): Promise<FolderReport>;
  /** Which folder a role or a path names. */
  place(folder: FolderRole, options?: { signal?: AbortSignal }): Promise<Place>;
  /** Bytes taken and allowed (RFC 9208); undefined where the server does not tell. */
  quota(options?: { signal?: AbortSignal }): Promise<{ usage: number; limit: number } | undefined>;
  /**
   * Puts a mail into a folder, unless a mail of its Message-ID is there already; after a lost session the folder is looked at, nothing
   * is repeated.
   */
  append(options: AppendOptions): Promise<AppendReport>;
  /** One part of a mail in its transfer encoding, or the whole mail, in pieces of 1 MB. */
  part(options: PartOptions): AsyncIterable<Buffer>;
  /** The path of a folder that is named by what it is for. */
  path(folder: FolderRole, options?: { signal?: AbortSignal }): Promise<string>;
  /** The newest mails of a folder, and how it stands with them. */
  firstLook(path: string, pageSize: number, options?: { signal?: AbortSignal }): Promise<FirstLook>;
  /** What has become of a folder since; one round trip, as a rule, with the new mails. */
  lookAgain(
    path: string,
    known: FolderState,
    options?: { signal?: AbortSignal; partial?: boolean },
  ): Promise<FolderLook>;
  /** The mails of these UIDs, newest first. */
  mailsOf(path: string, uidValidity: string, uids: UidSet, options?: { signal?: AbortSignal }): Promise<ImapSummary[]>;
  /** What happens in folders, on a session of its own. */
  watch(options: ImapWatchOptions): AsyncIterable<ImapEvent>;
  close(): Promise<void>;
}

/** An IMAP mailbox (ECO.1.0.2): one session, opened when needed, replaced when lost (ECO.1.2.7). */
export function createImapMailbox(options: ImapMailboxOptions): ImapMailbox {
  const { host, port, dialer, tls, credentials, mailbox, maxLiteral = 64 * 1024 * 1024 } = options;
  const timeouts: ImapTimeouts = { connectMs: 30_000, commandMs: 120_000, ...options.timeouts };
  const endpoints = options.endpoints ?? fixedEndpoint(host, port);
  const clock = steadyClock(options.clock ?? systemClock);
  const random = options.random ?? systemRandom;
  const logger = safeLogger(options.logger, "debug");
  const idleMs = options.idleMs ?? 0.75 * silenceMs(timeouts);
  const backoff = options.backoff ?? { minMs: 1_000, maxMs: 60_000 };
  const links = new Set<ImapLink>();
  const newLink = (watching = false): ImapLink => {
    const opened = new ImapLink({
      open: (signal) =>
        openImapSession({ endpoints, dialer, tls, credentials, timeouts, maxLiteral, qresync: watching, signal }),
      commandMs: timeouts.commandMs,
      idleMs,
      backoff,
      clock,
      random,
      logger,
      host,
      mailbox,
      budget: options.budget,
      background: watching,
    });
    links.add(opened);
    return opened;
  };
  const link = newLink();
  const missing: MissingContents = new Map();
  let closed = false;
  // Without a right no session stays open (ECO.1.2.6 = SC.MSS/CONF.10).
  const onEnded = (): void => void Promise.all([...links].map((open) => open.hangUp()));
  credentials.ended?.addEventListener("abort", onEnded, { once: true });
  async function* watch(watched: ImapWatchOptions): AsyncGenerator<ImapEvent> {
    if (closed) return;
    const own = newLink(true);
    try {
      yield* watchFolders({ link: own, clock, random, logger, backoff, host, mailbox }, watched);
    } finally {
      links.delete(own);
    }
  }
  const close = async (): Promise<void> => {
    closed = true;
    // The session that ends it may be that of other mailboxes, and live on.
    credentials.ended?.removeEventListener("abort", onEnded);
    await Promise.all([...links].map((open) => open.close()));
  };
  return {
    async searchMessageId(folder, messageId, { signal } = {}) {
      const id = bracketed(messageId);
      return await link.run("searching a mail by its Message-ID", signal, async (client) => {
        const uids = await inFolder(client, await folderPath(client, folder), () =>
          client.search({ header: { "message-id": id } }, { uid: true }),
        );
        if (!Array.isArray(uids)) throw failed("the server refuses the search by Message-ID");
        return { found: uids.length > 0 };
      });
    },
    fetchNew: (fetch) =>
      new NewMail(
        link,
        { ...fetch, maxBytes: Math.min(fetch.maxBytes ?? 32 * 1024 * 1024, maxLiteral) },
        missing,
        (attempt) => logger.log("warn", "imap_mail_without_content", { host, mailbox, attempt }),
      ),
    folders: ({ signal } = {}) => link.run("listing the folders", signal, (client) => listFolders(client)),
    pages: (pages) => summaryPages(link, pages),
    search: (pages, query) => searchPages(link, pages, query),
    summary: (folder, uid, { signal } = {}) => oneSummary(link, folder, uid, signal),
    append: (mail) => appendMail(link, mail),
    changeFlags: (change) => changeFlags(link, change),
    transfer: (transfer) => transferMails(link, transfer),
    remove: (mails) => removeMails(link, mails),
    createFolder: (folder) => createFolder(link, folder),
    renameFolder: (folder) => renameFolder(link, folder),
    deleteFolder: (folder) => deleteFolder(link, folder),
    place: (folder, { signal } = {}) => link.run("finding a folder", signal, (client) => placeOf(client, folder)),
    quota: ({ signal } = {}) => link.run("asking for the quota", signal, quotaOf),
    part: (part) => partPieces(link, part),
    path: (folder, { signal } = {}) => pathOf(link, folder, signal),
    firstLook: (path, pageSize, { signal } = {}) => firstLook(link, path, pageSize, signal),
    lookAgain: (path, known, again) => lookAgain(link, path, known, again),
    mailsOf: (path, uidValidity, uids, { signal } = {}) => mailsOf(link, path, uidValidity, uids, signal),
    watch,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function quotaOf(client: ImapFlow): Promise<{ usage: number; limit: number } | undefined> {
  const quota = await client.getQuota("INBOX");
  const { usage, limit } = quota === false ? {} : (quota.storage ?? {});
  return usage === undefined || limit === undefined ? undefined : { usage, limit };
}

function bracketed(messageId: string): string {
  const id = messageId.trim().replace(/^<|>$/g, "");
  if (id === "" || /[\s<>\x00-\x1f\x7f]/.test(id))
    throw failed("the Message-ID is not one", { retryable: false }, "invalid_argument");
  return `<${id}>`;
}
