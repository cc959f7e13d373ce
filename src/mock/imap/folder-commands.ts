import { folderName, mailboxOf } from "./folders.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";

export function create(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const name = folderName(session, values[0]);
  if (mailbox.folder(name)) return no("[ALREADYEXISTS] The folder exists");
  return mailbox.create(name) ? ok("Created") : no("[CANNOT] The folder cannot be made");
}

export function remove(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const folder = mailbox.folder(folderName(session, values[0]));
  if (!folder) return no("[NONEXISTENT] No such folder");
  if (!mailbox.delete(folder.name)) return no("[CANNOT] INBOX, or a folder that holds others");
  if (session.view?.folder === folder) session.view = undefined;
  return ok("Deleted");
}

export function rename(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const [from, to] = [folderName(session, values[0]), folderName(session, values[1])];
  if (!mailbox.folder(from)) return no("[NONEXISTENT] No such folder");
  return mailbox.rename(from, to) ? ok("Renamed") : no("[ALREADYEXISTS] INBOX, or the name is taken");
}

export function subscribe(session: ImapSession, values: readonly Value[], on: boolean): Outcome {
  if (values.length !== 1) return bad("One folder is expected");
  const folder = mailboxOf(session).folder(folderName(session, values[0]));
  if (!folder) return no("[NONEXISTENT] No such folder");
  folder.subscribed = on;
  return ok("Done");
}
