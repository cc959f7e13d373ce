import type { MockFolder } from "../store/folder.js";
import type { MockMessage } from "../store/message.js";
import { SessionOver } from "../wire/session-over.js";
import { parseDateTime } from "./dates.js";
import { fetchResponse, marksSeen, parseFetchItems } from "./fetch.js";
import { mailboxOf, nameOf } from "./folder-commands.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import { parseSearch } from "./search.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { itemsOf, parseSet, SyntaxProblem, textOf } from "./syntax.js";
import type { FolderView } from "./view.js";

interface Numbered {
  sequence: number;
  message: MockMessage;
}

function viewOf(session: ImapSession): FolderView {
  if (!session.view) throw new SessionOver();
  return session.view;
}

/** The messages of a set, in order. */
function chosen(view: FolderView, value: Value | undefined, byUid: boolean): Numbered[] {
  const { messages } = view;
  const largest = byUid ? (messages.at(-1)?.uid ?? 0) : messages.length;
  const test = parseSet(textOf(value), largest);
  const all = messages.map((message, i) => ({ sequence: i + 1, message }));
  return all.filter(({ sequence, message }) => test(byUid ? message.uid : sequence));
}

export async function fetch(session: ImapSession, values: readonly Value[], byUid: boolean): Promise<Outcome> {
  const view = viewOf(session);
  const items = parseFetchItems(values.slice(1), byUid);
  const seen = marksSeen(items) && !view.readOnly;
  for (const { sequence, message } of chosen(view, values[0], byUid)) {
    const changed = seen && message.setFlags("add", ["\\Seen"]);
    await session.respond(
      fetchResponse(sequence, message, changed && !items.includes("FLAGS") ? [...items, "FLAGS"] : items),
    );
    view.shown(message);
    if (changed) view.folder.changed();
  }
  return ok("Done");
}

export function search(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  const { messages } = view;
  const test = parseSearch(values, { lastUid: messages.at(-1)?.uid ?? 0, count: messages.length });
  const found: number[] = [];
  messages.forEach((message, i) => {
    if (test(message, i + 1)) found.push(byUid ? message.uid : i + 1);
  });
  session.untagged(["* SEARCH", ...found].join(" "));
  return ok("Done");
}

const FLAG = /^(\\(Answered|Flagged|Deleted|Seen|Draft)|[^\s\\()"{%*\]\x00-\x1f\x7f]{1,100})$/i;
const MAX_FLAGS = 100;

function flagsOf(values: readonly Value[]): string[] {
  const flags = values.map(textOf);
  if (flags.length > MAX_FLAGS || !flags.every((flag) => FLAG.test(flag)))
    throw new SyntaxProblem("A flag is not understood");
  return flags;
}

export async function store(session: ImapSession, values: readonly Value[], byUid: boolean): Promise<Outcome> {
  const view = viewOf(session);
  const how = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(values[1]));
  if (!how) throw new SyntaxProblem("FLAGS is expected");
  const flags = flagsOf(values[2]?.kind === "list" ? itemsOf(values[2]) : values.slice(2));
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  const mode = how[1] === "+" ? "add" : how[1] === "-" ? "remove" : "set";
  for (const { sequence, message } of chosen(view, values[0], byUid)) {
    message.setFlags(mode, flags);
    view.shown(message);
    if (!how[2]) await session.respond(fetchResponse(sequence, message, byUid ? ["UID", "FLAGS"] : ["FLAGS"]));
  }
  view.folder.changed();
  return ok("Done");
}

function target(session: ImapSession, value: Value | undefined): MockFolder | Outcome {
  return mailboxOf(session).folder(nameOf(value)) ?? no("[TRYCREATE] No such folder");
}

function duplicate(from: readonly Numbered[], to: MockFolder): string {
  const pairs = from.map(
    ({ message }) => [message.uid, to.append(message.raw, message.internalDate, message.flags).uid] as const,
  );
  return `COPYUID ${to.uidValidity} ${pairs.map(([uid]) => uid).join(",")} ${pairs.map(([, uid]) => uid).join(",")}`;
}

export function copy(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const messages = chosen(viewOf(session), values[0], byUid);
  const to = target(session, values[1]);
  if ("kind" in to) return to;
  return messages.length === 0 ? ok("Nothing to copy") : ok(`[${duplicate(messages, to)}] Copied`);
}

export function move(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  const messages = chosen(view, values[0], byUid);
  const to = target(session, values[1]);
  if ("kind" in to) return to;
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  if (messages.length === 0) return ok("Nothing to move");
  session.untagged(`* OK [${duplicate(messages, to)}] Moved`);
  view.folder.remove(new Set(messages.map(({ message }) => message)));
  return ok("Done");
}

export function expunge(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const view = viewOf(session);
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  const scope = byUid ? chosen(view, values[0], true).map(({ message }) => message) : view.messages;
  view.folder.remove(new Set(scope.filter((message) => message.has("\\Deleted"))));
  return ok("Done");
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
  return ok(`[APPENDUID ${folder.uidValidity} ${message.uid}] Appended`);
}
