import type { MockFolder } from "../store/folder.js";
import type { MockMailbox } from "../store/mailbox.js";
import { DELIMITER } from "../store/mailbox.js";
import { SessionOver } from "../wire/session-over.js";
import { enableCondstore } from "./condstore.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { itemsOf, quoteName, SyntaxProblem, textOf } from "./syntax.js";

export function mailboxOf(session: ImapSession): MockMailbox {
  if (!session.user) throw new SessionOver();
  return session.user;
}

/** A folder's name as given: modified UTF-7 is kept as it is, bytes outside of ASCII are refused (no UTF8=ACCEPT). */
export function nameOf(value: Value | undefined): string {
  const name = textOf(value);
  if (!/^[\x20-\x7e]*$/.test(name)) throw new SyntaxProblem("The name of a folder is ASCII (modified UTF-7)");
  return name;
}

/** LIST with the selection and return options of RFC 5258, 6154 and 5819 that clients use. */
export function list(session: ImapSession, values: readonly Value[]): Outcome {
  const queue = [...values];
  const selection = queue[0]?.kind === "list" ? itemsOf(queue.shift()).map((v) => textOf(v).toUpperCase()) : [];
  const reference = nameOf(queue.shift());
  const asked = queue.shift();
  const patterns = asked?.kind === "list" ? asked.items.map(nameOf) : [nameOf(asked)];
  const back = queue.length > 0 && textOf(queue.shift()).toUpperCase() === "RETURN" ? itemsOf(queue.shift()) : [];
  if (patterns.length === 1 && patterns[0] === "") {
    session.untagged(`* LIST (\\Noselect) "${DELIMITER}" ""`);
    return ok("Done");
  }
  const wantsStatus = back.findIndex((item) => item.kind === "atom" && item.text.toUpperCase() === "STATUS");
  const statusItems = wantsStatus < 0 ? undefined : itemsOf(back[wantsStatus + 1]).map((v) => textOf(v).toUpperCase());
  const mailbox = mailboxOf(session);
  const tests = patterns.map((pattern) => matcher(reference + pattern));
  for (const folder of mailbox.folders) {
    if (!tests.some((test) => test(folder.name))) continue;
    if (selection.includes("SUBSCRIBED") && !folder.subscribed) continue;
    if (selection.includes("SPECIAL-USE") && !folder.specialUse) continue;
    const subscribed =
      selection.includes("SUBSCRIBED") || back.some((v) => v.kind === "atom" && v.text.toUpperCase() === "SUBSCRIBED");
    session.untagged(`* LIST (${attributes(mailbox, folder, subscribed)}) "${DELIMITER}" ${quoteName(folder.name)}`);
    if (statusItems) session.untagged(statusLine(session, folder, statusItems));
  }
  return ok("Done");
}

function attributes(mailbox: MockMailbox, folder: MockFolder, subscribed: boolean): string {
  const list = [mailbox.hasChildren(folder) ? "\\HasChildren" : "\\HasNoChildren"];
  if (folder.specialUse) list.push(folder.specialUse);
  if (subscribed && folder.subscribed) list.push("\\Subscribed");
  return list.join(" ");
}

export function lsub(session: ImapSession, values: readonly Value[]): Outcome {
  const test = matcher(nameOf(values[0]) + nameOf(values[1]));
  const mailbox = mailboxOf(session);
  for (const folder of mailbox.folders) {
    if (folder.subscribed && test(folder.name))
      session.untagged(`* LSUB (${attributes(mailbox, folder, false)}) "${DELIMITER}" ${quoteName(folder.name)}`);
  }
  return ok("Done");
}

/** `%` stops at a level, `*` does not. Matched without backtracking: a hostile pattern must not hold the process. */
function matcher(pattern: string): (name: string) => boolean {
  if (pattern.length > 500) throw new SyntaxProblem("The pattern is too long");
  const wanted = /^inbox$/i.test(pattern) ? "INBOX" : pattern;
  return (name) => {
    // States: positions of the pattern that the name read so far can have reached.
    let states = closure(new Set([0]), wanted);
    for (const char of name) {
      const next = new Set<number>();
      for (const state of states) {
        const at = wanted[state];
        if (at === "*" || (at === "%" && char !== DELIMITER)) next.add(state);
        else if (at === char) next.add(state + 1);
      }
      states = closure(next, wanted);
    }
    return states.has(wanted.length);
  };
}

function closure(states: Set<number>, pattern: string): Set<number> {
  for (const state of states) if (pattern[state] === "*" || pattern[state] === "%") states.add(state + 1);
  return states;
}

export function status(session: ImapSession, values: readonly Value[]): Outcome {
  const folder = mailboxOf(session).folder(nameOf(values[0]));
  const items = itemsOf(values[1]).map((v) => textOf(v).toUpperCase());
  if (!folder) return no("[NONEXISTENT] No such folder");
  session.untagged(statusLine(session, folder, items));
  return ok("Done");
}

function statusLine(session: ImapSession, folder: MockFolder, items: readonly string[]): string {
  if (items.includes("HIGHESTMODSEQ")) enableCondstore(session);
  const figures = items.map((item) => `${item} ${statusFigure(folder, item)}`);
  return `* STATUS ${quoteName(folder.name)} (${figures.join(" ")})`;
}

function statusFigure(folder: MockFolder, item: string): number {
  const { messages } = folder;
  switch (item) {
    case "MESSAGES":
      return messages.length;
    case "UIDNEXT":
      return folder.uidNext;
    case "UIDVALIDITY":
      return folder.uidValidity;
    case "HIGHESTMODSEQ":
      return folder.highestModseq;
    case "UNSEEN":
      return messages.filter((message) => !message.has("\\Seen")).length;
    case "DELETED":
      return messages.filter((message) => message.has("\\Deleted")).length;
    case "SIZE":
      return messages.reduce((total, message) => total + message.raw.length, 0);
    case "RECENT":
      return 0;
    default:
      throw new SyntaxProblem("An item of STATUS is not known");
  }
}

export function create(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const name = nameOf(values[0]);
  if (mailbox.folder(name)) return no("[ALREADYEXISTS] The folder exists");
  return mailbox.create(name) ? ok("Created") : no("[CANNOT] The folder cannot be made");
}

export function remove(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const folder = mailbox.folder(nameOf(values[0]));
  if (!folder) return no("[NONEXISTENT] No such folder");
  if (!mailbox.delete(folder.name)) return no("[CANNOT] INBOX, or a folder that holds others");
  if (session.view?.folder === folder) session.view = undefined;
  return ok("Deleted");
}

export function rename(session: ImapSession, values: readonly Value[]): Outcome {
  const mailbox = mailboxOf(session);
  const [from, to] = [nameOf(values[0]), nameOf(values[1])];
  if (!mailbox.folder(from)) return no("[NONEXISTENT] No such folder");
  return mailbox.rename(from, to) ? ok("Renamed") : no("[ALREADYEXISTS] INBOX, or the name is taken");
}

export function subscribe(session: ImapSession, values: readonly Value[], on: boolean): Outcome {
  if (values.length !== 1) return bad("One folder is expected");
  const folder = mailboxOf(session).folder(nameOf(values[0]));
  if (!folder) return no("[NONEXISTENT] No such folder");
  folder.subscribed = on;
  return ok("Done");
}
