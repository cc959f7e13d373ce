import type { ImapFlow, StatusObject, StatusQuery } from "imapflow";
import { MedimailError } from "../../errors.js";
import { NO_FOLDER } from "./errors.js";
import { type FolderInfo, listFolders, type MailboxRole } from "./folder-list.js";
import { type FolderRole, sentFolder } from "./folders.js";
import { failed } from "./wire.js";

const BY_ROLE: ReadonlySet<string> = new Set<MailboxRole>(["sent", "drafts", "trash", "junk", "archive"]);

/** A folder by its path, and what it is for where that is known. */
export interface Place {
  path: string;
  role?: MailboxRole;
}

/**
 * Where mails are or are put: by what the folder is for (`inbox`, `sent`, `trash`, `drafts`, `junk`, `archive`), or by its path. Only
 * a role is looked up; whether a path exists, the next command says.
 *
 * @throws `folder_not_found` where no folder is for that.
 */
export async function placeOf(client: ImapFlow, folder: FolderRole): Promise<Place> {
  if (/^inbox$/i.test(folder)) return { path: "INBOX", role: "inbox" };
  if (!BY_ROLE.has(folder)) return { path: folder };
  const found = await namedBy(client, folder);
  if (!found) throw folderNotFound(`the mailbox has no folder for this (${folder})`);
  return { path: found.path, ...(found.role ? { role: found.role } : {}) };
}

/**
 * The path of a folder.
 *
 * @throws imap_failed where there is no such folder: that a mail is absent from it must not be concluded then.
 */
export async function folderPath(client: ImapFlow, role: FolderRole): Promise<string> {
  if (role === "inbox") return "INBOX";
  if (role !== "sent") return (BY_ROLE.has(role) ? await namedBy(client, role) : undefined)?.path ?? role;
  const sent = sentFolder(await client.list());
  if (!sent)
    throw failed("the mailbox has no folder of sent mails", {
      retryable: false,
      hint: "Name the folder in the operator's profile, or unset filesSent.",
    });
  return sent.path;
}

/** The folder that is for this, else one of that very name. */
async function namedBy(client: ImapFlow, role: string): Promise<FolderInfo | undefined> {
  const folders = (await listFolders(client, false)).filter(({ selectable }) => selectable);
  return folders.find((folder) => folder.role === role) ?? folders.find(({ path }) => path === role);
}

/** @throws `folder_not_found` where the server has no status of it to give. */
export async function statusOf(client: ImapFlow, path: string, query: StatusQuery): Promise<StatusObject> {
  let status: StatusObject | false;
  try {
    status = await client.status(path, query);
  } catch (error) {
    // A session that was lost is another matter.
    if (!client.usable) throw error;
    throw folderNotFound();
  }
  if (!status) throw folderNotFound();
  return status;
}

export function folderNotFound(message = "the mailbox has no such folder"): MedimailError {
  return new MedimailError("folder_not_found", message, {
    path: "folder",
    hint: NO_FOLDER,
  });
}
