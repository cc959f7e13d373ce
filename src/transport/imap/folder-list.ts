import type { ImapFlow } from "imapflow";
import { isSelectable, sentFolder } from "./folders.js";

/** What a folder is for (RFC 6154), whatever it is called. */
export type MailboxRole = "inbox" | "sent" | "drafts" | "trash" | "junk" | "archive" | "all" | "flagged";

export interface FolderInfo {
  /** As the server names it, modified UTF-7 decoded; what every other call takes. */
  path: string;
  /** The last step of the path. */
  name: string;
  delimiter: string;
  role?: MailboxRole;
  /** False for a folder that only holds other folders. */
  selectable: boolean;
  subscribed: boolean;
  /** Counts of a selectable folder, where the server gives them. */
  messages?: number;
  unseen?: number;
  uidValidity?: string;
}

const ROLES: Readonly<Record<string, MailboxRole>> = {
  "\\Inbox": "inbox",
  "\\Sent": "sent",
  "\\Drafts": "drafts",
  "\\Trash": "trash",
  "\\Junk": "junk",
  "\\Archive": "archive",
  "\\All": "all",
  "\\Flagged": "flagged",
};

/** For servers without SPECIAL-USE: French and English names that imapflow's own table lacks. */
const NAMES: Readonly<Record<string, MailboxRole>> = {
  brouillons: "drafts",
  brouillon: "drafts",
  corbeille: "trash",
  "éléments supprimés": "trash",
  "elements supprimes": "trash",
  "messages supprimés": "trash",
  indésirables: "junk",
  indesirables: "junk",
  "courrier indésirable": "junk",
  pourriel: "junk",
  archives: "archive",
  archive: "archive",
};

/** Every folder of the mailbox, with its counts (LIST-STATUS in one command where the server has it) unless they are not wanted. */
export async function listFolders(client: ImapFlow, counts = true): Promise<FolderInfo[]> {
  const folders = await client.list(
    counts ? { statusQuery: { messages: true, unseen: true, uidValidity: true } } : undefined,
  );
  const sent = sentFolder(folders);
  const taken = new Set<MailboxRole>();
  const announced = folders.map((folder) => {
    const role =
      folder.specialUseSource === "extension" || folder.path.toUpperCase() === "INBOX" ? roleOf(folder) : undefined;
    if (role) taken.add(role);
    return role;
  });
  return folders.map((folder, index): FolderInfo => {
    const { path, name, delimiter, subscribed, status } = folder;
    let role = announced[index];
    // A name tells the role only where no folder was announced for it, and of several the first.
    const guessed = role === undefined ? guessOf(folder, sent?.path) : undefined;
    if (guessed && !taken.has(guessed)) {
      role = guessed;
      taken.add(guessed);
    }
    return {
      path,
      name,
      delimiter: delimiter ?? "",
      selectable: isSelectable(folder),
      subscribed: subscribed === true,
      ...(role ? { role } : {}),
      ...(status?.messages === undefined ? {} : { messages: status.messages }),
      ...(status?.unseen === undefined ? {} : { unseen: status.unseen }),
      ...(status?.uidValidity === undefined ? {} : { uidValidity: String(status.uidValidity) }),
    };
  });
}

interface Named {
  path: string;
  name: string;
  specialUse?: string | undefined;
}

function roleOf({ path, specialUse }: Named): MailboxRole | undefined {
  return path.toUpperCase() === "INBOX" ? "inbox" : specialUse === undefined ? undefined : ROLES[specialUse];
}

function guessOf(folder: Named, sentPath: string | undefined): MailboxRole | undefined {
  // One place decides which is Sent: `list({ folder: "sent" })` opens the folder that has this role.
  if (folder.path === sentPath) return "sent";
  const role = NAMES[folder.name.normalize("NFC").toLowerCase()] ?? roleOf(folder);
  return role === "sent" ? undefined : role;
}
