import type { ImapFlow, ListResponse } from "imapflow";
import { MedimailError } from "../../errors.js";
import { examineWith, type Followed, type Followers } from "./pipeline.js";
import { failed } from "./wire.js";

/** `sent`, `inbox`, `drafts`, `trash`, `junk` and `archive` are found by what they are; any other string is a folder's path. */
export type FolderRole = "sent" | "inbox" | (string & {});

// For servers without SPECIAL-USE, and names that imapflow's own table does not take for a Sent folder.
const SENT_NAMES: ReadonlySet<string> = new Set([
  "sent",
  "sent items",
  "sent messages",
  "sent mail",
  "envoyés",
  "envoyes",
  "éléments envoyés",
  "elements envoyes",
  "messages envoyés",
  "messages envoyes",
  "courriers envoyés",
  "courrier envoyé",
  "envoyé",
]);

/** The folder of sent mails among those of a mailbox: as announced, else by imapflow's table of names, else by ours. */
export function sentFolder(folders: readonly ListResponse[]): ListResponse | undefined {
  const open = folders.filter(isSelectable);
  return (
    open.find(({ specialUse, specialUseSource }) => specialUse === "\\Sent" && specialUseSource === "extension") ??
    open.find(({ specialUse }) => specialUse === "\\Sent") ??
    open.find(({ name }) => SENT_NAMES.has(name.normalize("NFC").toLowerCase()))
  );
}

/** False for a folder that only holds other folders. */
export const isSelectable = ({ flags }: ListResponse): boolean =>
  !flags.has("\\Noselect") && !flags.has("\\NonExistent");

/**
 * Before it opens a folder that it has not listed, imapflow asks LIST and LSUB of it: two round trips for what we do not use. Its map of
 * folders is not of its public types.
 */
function skipListing(client: ImapFlow, path: string): void {
  const { folders } = client as unknown as { folders?: Map<string, { path: string }> };
  if (folders && !folders.has(path)) folders.set(path, { path });
}

/** Of one folder: a server that says it has four thousand million would be read for as many round trips. */
const MAX_MAILS = 20_000_000;

/** @throws imap_failed for more mails than any folder has */
export function checkCount(mails: number): void {
  if (mails > MAX_MAILS) throw failed("the server lists more mails than a folder has");
}

/** Folders, each as imapflow keeps it from one SELECT to the next, that somebody has worked in: what arrived since is not known. */
const worked = new WeakSet<object>();

/**
 * Runs `work` with the folder opened: read-only (EXAMINE), unless it is going to change something.
 *
 * @param fresh up to date with what arrived: a folder that is open already is so only after a command that is allowed to tell
 * (NOOP), one that is opened now is by itself. Asked once the lock is held: somebody may have worked in it while we waited.
 */
export async function inFolder<T>(
  client: ImapFlow,
  path: string,
  work: (folder: { exists: number; validity: string }) => Promise<T>,
  fresh = true,
  write = false,
): Promise<T> {
  skipListing(client, path);
  const lock = await client.getMailboxLock(path, { readOnly: !write });
  try {
    if (fresh && client.mailbox && worked.has(client.mailbox)) await client.noop();
    if (!client.mailbox) {
      if (!client.usable)
        throw new MedimailError("connection_lost", "the IMAP session was lost while a folder was open");
      throw failed("the folder was closed by the server");
    }
    worked.add(client.mailbox);
    const { exists, uidValidity } = client.mailbox;
    checkCount(exists);
    return await work({ exists, validity: String(uidValidity) });
  } finally {
    lock.release();
  }
}

/** A folder as its opening shows it. */
export interface ExaminedFolder {
  exists: number;
  uidValidity: string;
  /** Absent where the server does not say. */
  uidNext?: number;
  /** The highest of the folder (RFC 7162); absent where it keeps none. */
  modseq?: string;
}

/**
 * Runs `work` with the folder opened anew, read-only, whatever was open: what it says of the folder is of this very moment.
 *
 * @param ahead commands that leave with its opening, in one round trip; `work` is told how each ended
 */
export async function inExaminedFolder<T>(
  client: ImapFlow,
  path: string,
  work: (folder: ExaminedFolder, ended: readonly Followed[]) => Promise<T>,
  ahead: Followers = [],
): Promise<T> {
  const before = client.mailbox;
  skipListing(client, path);
  const { options, ended } = examineWith(ahead);
  const lock = await client.getMailboxLock(path, options);
  try {
    if (client.mailbox && client.mailbox === before) await client.mailboxOpen(path, options);
    if (client.mailbox) worked.add(client.mailbox);
    const folder = examined(client);
    return await work(folder, await ended());
  } finally {
    lock.release();
  }
}

/** The open folder, as it was when it was opened: later on the library's numbers are of several moments. */
function examined(client: ImapFlow): ExaminedFolder {
  if (!client.mailbox) {
    if (!client.usable) throw new MedimailError("connection_lost", "the IMAP session was lost while a folder was open");
    throw failed("the folder was closed by the server");
  }
  const { exists, uidValidity, uidNext, highestModseq, noModseq } = client.mailbox;
  checkCount(exists);
  return {
    exists,
    uidValidity: String(uidValidity),
    ...(uidNext ? { uidNext } : {}),
    ...(highestModseq && !noModseq ? { modseq: String(highestModseq) } : {}),
  };
}
