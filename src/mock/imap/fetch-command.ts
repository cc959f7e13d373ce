import type { Chosen } from "./chosen.js";
import { chosen, expungeIssued, viewOf } from "./chosen.js";
import { enableCondstore, fetchModifiers, uidsEver } from "./condstore.js";
import type { FetchItem } from "./fetch.js";
import { fetchResponse, marksSeen, parseFetchItems } from "./fetch.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { SyntaxProblem } from "./syntax.js";
import type { FolderView } from "./view.js";

export async function fetch(session: ImapSession, values: readonly Value[], byUid: boolean): Promise<Outcome> {
  const view = viewOf(session);
  if (values.length > 3) throw new SyntaxProblem("FETCH takes a set, items and modifiers");
  const { changedSince, vanished } = fetchModifiers(session, values[2], byUid);
  const items = parseFetchItems(values[1], byUid);
  if (changedSince !== undefined) need(items, "MODSEQ");
  if (items.includes("MODSEQ")) enableCondstore(session);
  const set = chosen(view, values[0], byUid);
  if (vanished && changedSince !== undefined) tellVanished(session, view, changedSince, uidsEver(values[0]));
  return answer(session, view, items, {
    ...set,
    found: set.found.filter(({ message }) => changedSince === undefined || message.modseq > changedSince),
  });
}

async function answer(
  session: ImapSession,
  view: FolderView,
  items: readonly FetchItem[],
  { found, expunged }: Chosen,
): Promise<Outcome> {
  const reads = marksSeen(items) && !view.readOnly;
  for (const { sequence, message } of found) {
    const knew = view.knows(message);
    const changed = reads && message.setFlags("add", ["\\Seen"]);
    const shown = [...items];
    if (changed) need(shown, "FLAGS");
    if (changed && session.enabled.condstore) need(shown, "UID", "MODSEQ");
    if (shown.includes("FLAGS") || (knew && changed)) view.shown(message);
    await session.respond(fetchResponse(sequence, message, shown));
  }
  return expunged ? expungeIssued() : ok("Done");
}

function need(items: FetchItem[], ...names: ("UID" | "FLAGS" | "MODSEQ")[]): void {
  for (const name of names) if (!items.includes(name)) items.push(name);
}

/** Before any FETCH, and without what the client still counts: of that it hears by VANISHED without EARLIER. */
function tellVanished(session: ImapSession, view: FolderView, modseq: number, wanted: (uid: number) => boolean): void {
  const counted = new Set(view.messages.map((message) => message.uid));
  const uids = view.folder.removedSince(modseq).filter((uid) => wanted(uid) && !counted.has(uid));
  if (uids.length > 0) session.untagged(`* VANISHED (EARLIER) ${formatSet(uids.sort((a, b) => a - b))}`);
}
