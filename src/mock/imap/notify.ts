import type { MockFolder } from "../store/folder.js";
import { foundFolder, mailboxOf } from "./folders.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import { statusLine } from "./status.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

/** What can be told of a folder that is not open; of the open one all of it is told as ever. */
const EVENTS: ReadonlySet<string> = new Set(["MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE"]);
const STATUS_ITEMS = ["MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN"].map((text): Value => ({ kind: "atom", text }));
const MODSEQ: Value = { kind: "atom", text: "HIGHESTMODSEQ" };

/** NOTIFY (RFC 5465): of which folders that are not open changes are told, by STATUS. */
export function notify(session: ImapSession, values: readonly Value[]): Outcome {
  const [what, ...groups] = values;
  if (textOf(what).toUpperCase() === "NONE" && groups.length === 0) {
    session.notifying([]);
    return ok("Nothing is told");
  }
  const first = groups[0];
  if (textOf(what).toUpperCase() !== "SET" || first === undefined) throw new SyntaxProblem("NOTIFY is not understood");
  const now = first.kind !== "list";
  if (now && textOf(groups.shift()).toUpperCase() !== "STATUS") throw new SyntaxProblem("NOTIFY is not understood");
  const folders = new Set<MockFolder>();
  for (const group of groups) {
    const { found, events } = groupOf(session, itemsOf(group));
    // NONE, or a list of events: each with what is asked of a new mail, which only the open folder can be asked.
    const names = events.kind === "list" ? itemsOf(events).filter(({ kind }) => kind !== "list") : [];
    if (names.some((name) => !EVENTS.has(textOf(name).toUpperCase())))
      return no("[BADEVENT (MessageNew MessageExpunge FlagChange)] An event is not known");
    for (const folder of names.length > 0 ? found : []) folders.add(folder);
  }
  session.notifying([...folders]);
  if (now) for (const folder of folders) session.untagged(changedLine(session, folder));
  return ok("Changes are told");
}

function groupOf(session: ImapSession, group: Value[]): { found: readonly MockFolder[]; events: Value } {
  const events = group.pop();
  const [kind, names, ...rest] = group;
  if (!events || !kind || rest.length > 0) throw new SyntaxProblem("NOTIFY is not understood");
  const { folders } = mailboxOf(session);
  const word = textOf(kind).toUpperCase();
  if (word === "MAILBOXES" || word === "SUBTREE") {
    const named = names?.kind === "list" ? itemsOf(names) : names ? [names] : [];
    if (named.length === 0) throw new SyntaxProblem("A folder is expected");
    const tops = named.flatMap((name) => foundFolder(session, name) ?? []);
    const isUnder = (name: string): boolean => tops.some((top) => name.startsWith(`${top.name}/`));
    return {
      events,
      found: word === "SUBTREE" ? folders.filter((one) => tops.includes(one) || isUnder(one.name)) : tops,
    };
  }
  if (names) throw new SyntaxProblem("NOTIFY is not understood");
  if (word === "SELECTED" || word === "SELECTED-DELAYED") return { events, found: [] };
  if (word === "PERSONAL") return { events, found: folders };
  if (word === "SUBSCRIBED") return { events, found: folders.filter(({ subscribed }) => subscribed) };
  if (word === "INBOXES") return { events, found: folders.filter(({ name }) => name === "INBOX") };
  throw new SyntaxProblem("NOTIFY is not understood");
}

/** What is told of a folder that has changed. */
export const changedLine = (session: ImapSession, folder: MockFolder): string =>
  statusLine(session, folder, [...STATUS_ITEMS, ...(session.enabled.condstore ? [MODSEQ] : [])]);
