import type { MockFolder } from "../store/folder.js";
import type { ImapExtension } from "./capabilities.js";
import { mailboxOf, nameOf, shownName } from "./folders.js";
import { listMatcher } from "./list-pattern.js";
import type { Outcome } from "./outcome.js";
import { ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import { statusLine } from "./status.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

/** The extension that each option of LIST belongs to (RFC 5258, 6154, 5819); RECURSIVEMATCH and REMOTE are not here. */
const SELECTION: Readonly<Record<string, ImapExtension>> = {
  SUBSCRIBED: "LIST-EXTENDED",
  "SPECIAL-USE": "SPECIAL-USE",
};
const RETURN: Readonly<Record<string, ImapExtension>> = {
  SUBSCRIBED: "LIST-EXTENDED",
  CHILDREN: "LIST-EXTENDED",
  "SPECIAL-USE": "SPECIAL-USE",
  STATUS: "LIST-STATUS",
};

export function list(session: ImapSession, values: readonly Value[]): Outcome {
  const queue = [...values];
  const selection = options(session, queue[0]?.kind === "list" ? itemsOf(queue.shift()) : [], SELECTION);
  const reference = nameOf(queue.shift());
  const asked = queue.shift();
  if (asked?.kind === "list") assertOffered(session, "LIST-EXTENDED");
  const patterns = asked?.kind === "list" ? asked.items.map(nameOf) : [nameOf(asked)];
  const back = options(session, returned(queue), RETURN);
  const { delimiter } = session.context.naming;
  if (patterns.length === 1 && patterns[0] === "") {
    session.untagged(`* LIST (\\Noselect) "${delimiter}" ""`);
    return ok("Done");
  }
  const statusItems = back.get("STATUS");
  const subscribed = selection.has("SUBSCRIBED") || back.has("SUBSCRIBED");
  for (const folder of matching(session, patterns, reference)) {
    if (selection.has("SUBSCRIBED") && !folder.subscribed) continue;
    if (selection.has("SPECIAL-USE") && !folder.specialUse) continue;
    const attributes = attributesOf(session, folder, { subscribed, children: back.has("CHILDREN") });
    session.untagged(`* LIST (${attributes}) "${delimiter}" ${shownName(session, folder)}`);
    if (statusItems) session.untagged(statusLine(session, folder, statusItems));
  }
  return ok("Done");
}

export function lsub(session: ImapSession, values: readonly Value[]): Outcome {
  for (const folder of matching(session, [nameOf(values[1])], nameOf(values[0]))) {
    if (!folder.subscribed) continue;
    const attributes = attributesOf(session, folder, { subscribed: false, children: false });
    session.untagged(`* LSUB (${attributes}) "${session.context.naming.delimiter}" ${shownName(session, folder)}`);
  }
  return ok("Done");
}

function matching(session: ImapSession, patterns: readonly string[], reference: string): MockFolder[] {
  const { naming } = session.context;
  const tests = patterns.map((pattern) => listMatcher(reference + pattern, naming.delimiter));
  return mailboxOf(session).folders.filter((folder) => tests.some((test) => test(naming.shown(folder.name))));
}

function returned(queue: Value[]): Value[] {
  if (queue.length === 0) return [];
  const [word, items, ...more] = queue;
  if (textOf(word).toUpperCase() !== "RETURN" || more.length > 0) throw new SyntaxProblem("RETURN is expected");
  return itemsOf(items);
}

/** The options of a list, STATUS with its items; each must be of an extension that is offered. */
function options(
  session: ImapSession,
  items: readonly Value[],
  known: Readonly<Record<string, ImapExtension>>,
): Map<string, Value[] | undefined> {
  const found = new Map<string, Value[] | undefined>();
  const queue = [...items];
  while (queue.length > 0) {
    const name = textOf(queue.shift()).toUpperCase();
    const extension = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!extension) throw new SyntaxProblem("An option of LIST is not known");
    assertOffered(session, extension);
    found.set(name, name === "STATUS" ? itemsOf(queue.shift()) : undefined);
  }
  return found;
}

function assertOffered(session: ImapSession, name: ImapExtension): void {
  if (!session.offers(name)) throw new SyntaxProblem(`${name} is not offered`);
}

function attributesOf(
  session: ImapSession,
  folder: MockFolder,
  wanted: { subscribed: boolean; children: boolean },
): string {
  const list: string[] = [];
  if (wanted.children || session.offers("CHILDREN"))
    list.push(hasChildren(session, folder) ? "\\HasChildren" : "\\HasNoChildren");
  if (folder.specialUse && session.offers("SPECIAL-USE")) list.push(folder.specialUse);
  if (wanted.subscribed && folder.subscribed) list.push("\\Subscribed");
  return list.join(" ");
}

/** Where the prefix puts every folder below INBOX, it has those for children. */
function hasChildren(session: ImapSession, folder: MockFolder): boolean {
  const { prefix, delimiter } = session.context.naming;
  const mailbox = mailboxOf(session);
  const below = folder.name === "INBOX" && prefix.toUpperCase() === `INBOX${delimiter}`;
  return mailbox.hasChildren(folder) || (below && mailbox.folders.length > 1);
}
