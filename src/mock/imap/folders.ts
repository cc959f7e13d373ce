import type { MockFolder } from "../store/folder.js";
import type { MockMailbox } from "../store/mailbox.js";
import { SessionOver } from "../wire/session-over.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { quoteName, SyntaxProblem, textOf } from "./syntax.js";

export function mailboxOf(session: ImapSession): MockMailbox {
  if (!session.user) throw new SessionOver();
  return session.user;
}

/** A name as given: modified UTF-7 is kept as it is, bytes outside of ASCII are refused (no UTF8=ACCEPT). */
export function nameOf(value: Value | undefined): string {
  const name = textOf(value);
  if (!/^[\x20-\x7e]*$/.test(name)) throw new SyntaxProblem("The name of a folder is ASCII (modified UTF-7)");
  return name;
}

/** The store's name of the folder that a client names. */
export function folderName(session: ImapSession, value: Value | undefined): string {
  return session.context.naming.meant(nameOf(value));
}

/** A folder's name in a response. */
export function shownName(session: ImapSession, folder: MockFolder): string {
  return quoteName(session.context.naming.shown(folder.name));
}

/** The folder that is to be opened or counted; a fault may have it built anew. */
export function foundFolder(session: ImapSession, value: Value | undefined): MockFolder | undefined {
  const mailbox = mailboxOf(session);
  const name = folderName(session, value);
  const rebuilt = mailbox.folder(name) && session.faults.struck("new-uidvalidity");
  return rebuilt ? mailbox.rebuild(name) : mailbox.folder(name);
}

/** The folder's own, unless a fault says another. */
export function shownUidValidity(session: ImapSession, folder: MockFolder): number {
  return session.faults.struck("wrong-uidvalidity") ? folder.uidValidity + 100_000 : folder.uidValidity;
}
