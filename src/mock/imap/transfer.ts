import type { MockFolder } from "../store/folder.js";
import type { Numbered } from "./chosen.js";
import { chosen, expungeIssued, viewOf } from "./chosen.js";
import { parseDateTime } from "./dates.js";
import { mailboxOf, nameOf } from "./folder-commands.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import { flagsOf } from "./store-command.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

function target(session: ImapSession, value: Value | undefined): MockFolder | Outcome {
  return mailboxOf(session).folder(nameOf(value)) ?? no("[TRYCREATE] No such folder");
}

/** Puts copies into a folder; the response code that says their UIDs, empty where UIDPLUS is not offered. */
function duplicate(session: ImapSession, from: readonly Numbered[], to: MockFolder): string {
  const uids = to.together(() =>
    from.map(({ message }) => to.append(message.raw, message.internalDate, message.flags).uid),
  );
  if (!session.offers("UIDPLUS")) return "";
  return `[COPYUID ${to.uidValidity} ${formatSet(from.map(({ message }) => message.uid))} ${formatSet(uids)}] `;
}

export function copy(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const { found, expunged } = chosen(viewOf(session), values[0], byUid);
  const to = target(session, values[1]);
  if ("kind" in to) return to;
  // All or nothing (RFC 9051 §6.4.7).
  if (expunged) return expungeIssued();
  return found.length === 0 ? ok("Nothing to copy") : ok(`${duplicate(session, found, to)}Copied`);
}

export function move(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  const { found, expunged } = chosen(view, values[0], byUid);
  const to = target(session, values[1]);
  if ("kind" in to) return to;
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  if (expunged) return expungeIssued();
  if (found.length === 0) return ok("Nothing to move");
  const code = duplicate(session, found, to);
  if (code) session.untagged(`* OK ${code}Moved`);
  view.folder.remove(found.map(({ message }) => message));
  return removed(session);
}

export function expunge(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  const scope = byUid ? chosen(view, values[0], true).found.map(({ message }) => message) : view.messages;
  const gone = scope.filter((message) => message.removedAt === undefined && message.has("\\Deleted"));
  if (gone.length === 0) return ok("Nothing to expunge");
  view.folder.remove(gone);
  return removed(session);
}

/** With QRESYNC the client is told up to where it now knows everything (RFC 7162 §3.2.7, §3.2.9). */
function removed(session: ImapSession): Outcome {
  session.update(true);
  return ok(session.enabled.qresync ? `[HIGHESTMODSEQ ${viewOf(session).folder.highestModseq}] Done` : "Done");
}

export function append(session: ImapSession, values: readonly Value[]): Outcome {
  const queue = [...values];
  const name = nameOf(queue.shift());
  const flags = queue[0]?.kind === "list" ? flagsOf(itemsOf(queue.shift())) : [];
  const date = queue.length > 1 ? parseDateTime(textOf(queue.shift())) : session.context.now();
  const content = queue.shift();
  if (content?.kind !== "string" || queue.length > 0) throw new SyntaxProblem("A literal is expected");
  if (content.bytes.length > session.context.sizeLimit) return no("[TOOBIG] The mail is too big");
  const folder = mailboxOf(session).folder(name);
  if (!folder) return no("[TRYCREATE] No such folder");
  const message = folder.append(content.bytes, date, flags);
  const code = session.offers("UIDPLUS") ? `[APPENDUID ${folder.uidValidity} ${message.uid}] ` : "";
  return ok(`${code}Appended`);
}
