import { createHash } from "node:crypto";
import { headFields } from "../delivery.js";
import { headerOf } from "../mime/headers.js";
import type { MockFolder } from "../store/folder.js";
import type { MockMessage } from "../store/message.js";
import type { Numbered } from "./chosen.js";
import { chosen, expungeIssued, viewOf } from "./chosen.js";
import { parseDateTime } from "./dates.js";
import { folderName, mailboxOf } from "./folders.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import { assertRoom } from "./quota.js";
import type { ImapSession } from "./session.js";
import { flagsOf } from "./store-command.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

function target(session: ImapSession, value: Value | undefined): MockFolder | Outcome {
  return mailboxOf(session).folder(folderName(session, value)) ?? no("[TRYCREATE] No such folder");
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
  assertRoom(
    session,
    found.reduce((sum, { message }) => sum + message.raw.length, 0),
  );
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
  return { ...ok("Done"), removed: true };
}

export function expunge(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  const scope = byUid ? chosen(view, values[0], true).found.map(({ message }) => message) : view.messages;
  const gone = scope.filter((message) => message.removedAt === undefined && message.has("\\Deleted"));
  if (gone.length === 0) return ok("Nothing to expunge");
  view.folder.remove(gone);
  return { ...ok("Done"), removed: true };
}

/** What a client files itself: a copy of what it sent, a draft. Its subject, so that a mail that was altered is seen (ECO.3.1.3). */
function observeAppended(session: ImapSession, folder: MockFolder, message: MockMessage): void {
  const { connection } = session;
  const subject = headerOf(headFields(message.raw), "subject");
  connection.observe({
    connection: connection.id,
    kind: "appended",
    mailbox: mailboxOf(session).address,
    folder: folder.name,
    flags: [...message.flags],
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    ...(subject === undefined ? {} : { subject: subject.slice(0, 998) }),
    size: message.raw.length,
    sha256: createHash("sha256").update(message.raw).digest("hex"),
  });
}

export function append(session: ImapSession, values: readonly Value[]): Outcome {
  const queue = [...values];
  const name = folderName(session, queue.shift());
  const flags = queue[0]?.kind === "list" ? flagsOf(itemsOf(queue.shift())) : [];
  const date = queue.length > 1 ? parseDateTime(textOf(queue.shift())) : session.context.now();
  const content = queue.shift();
  if (content?.kind !== "string" || queue.length > 0) throw new SyntaxProblem("A literal is expected");
  if (content.bytes.length > session.context.sizeLimit) return no("[TOOBIG] The mail is too big");
  const folder = mailboxOf(session).folder(name);
  if (!folder) return no("[TRYCREATE] No such folder");
  assertRoom(session, content.bytes.length);
  const message = folder.append(content.bytes, date, flags);
  observeAppended(session, folder, message);
  const code = session.offers("UIDPLUS") ? `[APPENDUID ${folder.uidValidity} ${message.uid}] ` : "";
  return ok(`${code}Appended`);
}
