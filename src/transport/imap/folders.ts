import type { ImapFlow } from "imapflow";
import { failed } from "./wire.js";

/** `sent` and `inbox` are found by what they are; any other string is a folder's path. */
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

export const isSentName = (name: string): boolean => SENT_NAMES.has(name.normalize("NFC").toLowerCase());

/**
 * The path of a folder.
 *
 * @throws imap_failed where there is no such folder: that a mail is absent from it must not be concluded then.
 */
export async function folderPath(client: ImapFlow, role: FolderRole): Promise<string> {
  if (role === "inbox") return "INBOX";
  if (role !== "sent") return role;
  const folders = (await client.list()).filter(({ flags }) => !flags.has("\\Noselect") && !flags.has("\\NonExistent"));
  const sent =
    folders.find(({ specialUse, specialUseSource }) => specialUse === "\\Sent" && specialUseSource === "extension") ??
    folders.find(({ specialUse }) => specialUse === "\\Sent") ??
    folders.find(({ name }) => isSentName(name));
  if (!sent)
    throw failed("the mailbox has no folder of sent mails", {
      retryable: false,
      hint: "Name the folder in the operator's profile, or unset filesSent.",
    });
  return sent.path;
}

/** Runs `work` with the folder opened read-only, and up to date with what arrived meanwhile. */
export async function inFolder<T>(client: ImapFlow, path: string, work: () => Promise<T>): Promise<T> {
  const lock = await client.getMailboxLock(path, { readOnly: true });
  try {
    await client.noop();
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Runs `work` with the folder opened read-only. `fresh`: up to date with what arrived; a folder that is open already is so only
 * after a command that is allowed to tell (NOOP), one that is opened now is by itself.
 */
export async function opened<T>(
  client: ImapFlow,
  path: string,
  fresh: boolean,
  work: (folder: { exists: number; validity: string }) => Promise<T>,
): Promise<T> {
  const wasOpen = client.mailbox !== false && client.mailbox?.path === path;
  const lock = await client.getMailboxLock(path, { readOnly: true });
  try {
    if (fresh && wasOpen) await client.noop();
    if (!client.mailbox) throw failed("the folder was closed by the server");
    const { exists, uidValidity } = client.mailbox;
    return await work({ exists, validity: String(uidValidity) });
  } finally {
    lock.release();
  }
}
