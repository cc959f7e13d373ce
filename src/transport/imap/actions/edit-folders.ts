import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { answerText, command, folderArgument, type ImapAnswer } from "../command.js";
import { type FolderInfo, listFolders } from "../folder-list.js";
import type { ImapLink } from "../link.js";
import { folderNotFound, statusOf } from "../special.js";
import { notDone, unanswered } from "./outcome.js";

export interface FolderReport {
  path: string;
  outcome: "done" | "not_done" | "unknown";
  answer: string;
  error?: MedimailError;
}

/**
 * Makes a folder and subscribes to it.
 *
 * @param parent path of the folder that it goes into; absent: the mailbox's own level (its personal namespace).
 * @throws `invalid_argument` for a name that is none or is taken, `folder_not_found` for the parent.
 */
export async function createFolder(
  link: ImapLink,
  { name, parent, signal }: { name: string; parent?: string; signal?: AbortSignal },
): Promise<FolderReport> {
  return await edit(link, "creating a folder", signal, (client, folders) => {
    const path = childPath(client, folders, name, parent);
    if (folders.some((folder) => folder.path === path && folder.selectable)) throw taken();
    return {
      path,
      commands: [
        ["CREATE", path],
        ["SUBSCRIBE", path],
      ],
      isDone: (now) => now.some((folder) => folder.path === path && folder.selectable),
    };
  });
}

/**
 * Gives a folder another name in the same place; the folders in it go along.
 *
 * @throws `folder_not_found`, `invalid_argument`, `folder_protected` for a folder that has a role.
 */
export async function renameFolder(
  link: ImapLink,
  { path, name, signal }: { path: string; name: string; signal?: AbortSignal },
): Promise<FolderReport> {
  return await edit(link, "renaming a folder", signal, (_client, folders) => {
    const folder = named(folders, path);
    protect(folder);
    const { delimiter } = folder;
    const cut = delimiter === "" ? -1 : path.lastIndexOf(delimiter);
    const renamed = cut < 0 ? checkName(name, delimiter) : `${path.slice(0, cut + 1)}${checkName(name, delimiter)}`;
    if (folders.some((known) => known.path === renamed)) throw taken();
    return {
      path: renamed,
      commands: [["RENAME", path, renamed]],
      leave: path,
      isDone: (now) => now.some((known) => known.path === renamed) && !now.some((known) => known.path === path),
    };
  });
}

/**
 * Deletes a folder.
 *
 * @param withMails also where it holds mails, which are gone then. Default false.
 * @throws `folder_not_found`, `folder_protected` for a folder that has a role, holds folders, or mails.
 */
export async function deleteFolder(
  link: ImapLink,
  { path, withMails = false, signal }: { path: string; withMails?: boolean; signal?: AbortSignal },
): Promise<FolderReport> {
  return await edit(link, "deleting a folder", signal, async (client, folders) => {
    const folder = named(folders, path);
    protect(folder);
    if (folder.delimiter !== "" && folders.some((known) => known.path.startsWith(`${path}${folder.delimiter}`)))
      throw protectedFolder("the folder holds other folders", "Delete those first.");
    if (!withMails && folder.selectable) {
      const status = await statusOf(client, path, { messages: true });
      if (status.messages !== 0)
        throw protectedFolder("the folder holds mails", "Move them, or say that they are to be deleted with it.");
    }
    return {
      path,
      commands: [
        ["UNSUBSCRIBE", path],
        ["DELETE", path],
      ],
      leave: path,
      isDone: (now) => !now.some((known) => known.path === path),
    };
  });
}

interface Plan {
  path: string;
  /** The first one that is refused ends it, but for subscriptions. */
  commands: [name: string, ...paths: string[]][];
  /** A folder that no session may have open. */
  leave?: string;
  isDone(now: readonly FolderInfo[]): boolean;
}

async function edit(
  link: ImapLink,
  doing: string,
  signal: AbortSignal | undefined,
  plan: (client: ImapFlow, folders: FolderInfo[]) => Plan | Promise<Plan>,
): Promise<FolderReport> {
  let planned: Plan | undefined;
  let answer = "OK";
  let error: MedimailError | undefined;
  try {
    const said = await link.act(doing, signal, async (client, begin) => {
      planned = await plan(client, await listFolders(client, false));
      if (planned.leave !== undefined && client.mailbox && client.mailbox.path === planned.leave)
        await client.mailboxOpen("INBOX", { readOnly: true });
      begin();
      let last: ImapAnswer = { status: "OK", text: "" };
      for (const [name, ...paths] of planned.commands) {
        const one = await command(client, name, paths.map(folderArgument));
        if (name.endsWith("SUBSCRIBE")) continue;
        last = one;
        if (last.status !== "OK") break;
      }
      return last;
    });
    if (said.status === "OK" && planned) return { path: planned.path, outcome: "done", answer: answerText(said) };
    answer = answerText(said);
    error = notDone(said);
  } catch (failure) {
    if (!planned) throw failure;
    [answer, error] = unanswered(failure);
  }
  const { path, isDone } = planned as Plan;
  const now = await link
    .run("looking at what was done", undefined, (client) => listFolders(client, false))
    .catch(() => undefined);
  if (now && isDone(now)) return { path, outcome: "done", answer };
  return { path, outcome: now ? "not_done" : "unknown", answer, error };
}

function named(folders: readonly FolderInfo[], path: string): FolderInfo {
  const folder = folders.find((known) => known.path === path);
  if (!folder) throw folderNotFound();
  return folder;
}

function protect({ role }: FolderInfo): void {
  if (role)
    throw protectedFolder(
      "the folder is one that the mailbox needs",
      "Only folders of one's own are renamed or deleted.",
    );
}

function protectedFolder(message: string, hint: string): MedimailError {
  return new MedimailError("folder_protected", `${message}: nothing was changed`, { path: "path", hint });
}

function taken(): MedimailError {
  return new MedimailError("invalid_argument", "a folder of this name is there already", { path: "name" });
}

function childPath(client: ImapFlow, folders: readonly FolderInfo[], name: string, parent: string | undefined): string {
  if (parent === undefined) {
    const { prefix = "", delimiter = "" } = client.namespace ?? {};
    return `${prefix}${checkName(name, delimiter || (folders[0]?.delimiter ?? ""))}`;
  }
  const { delimiter } = named(folders, parent);
  if (delimiter === "")
    throw new MedimailError("invalid_argument", "this folder cannot hold folders", { path: "parent" });
  return `${parent}${delimiter}${checkName(name, delimiter)}`;
}

const MAX_NAME = 100;

function checkName(name: string, delimiter: string): string {
  const bad = name === "" || name.length > MAX_NAME || name.trim() !== name || /[\u0000-\u001f\u007f%*]/.test(name);
  if (bad || (delimiter !== "" && name.includes(delimiter)) || /^inbox$/i.test(name))
    throw new MedimailError(
      "invalid_argument",
      `a folder's name has 1 to ${MAX_NAME} characters, none of them a control, %, * or what the server separates folders by`,
      { path: "name" },
    );
  return name.normalize("NFC");
}
