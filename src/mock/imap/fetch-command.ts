import type { Numbered } from "./chosen.js";
import { chosen, viewOf } from "./chosen.js";
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
  const wanted = set.all.filter(({ message }) => changedSince === undefined || message.modseq > changedSince);
  return answer(session, view, items, wanted);
}

/**
 * A removed message of which the client has not heard still has its flags, header and structure, as from a server's cache, and
 * no content any more: of what RFC 2180 §4.1 allows, this is what Dovecot does.
 */
async function answer(
  session: ImapSession,
  view: FolderView,
  items: readonly FetchItem[],
  wanted: readonly Numbered[],
): Promise<Outcome> {
  const { condstore, qresync } = session.enabled;
  const reads = marksSeen(items) && !view.readOnly;
  for (const { sequence, message } of wanted) {
    const knew = view.knows(message);
    const changed = reads && message.removedAt === undefined && message.setFlags("add", ["\\Seen"]);
    const shown = [...items];
    if (changed) need(shown, "FLAGS");
    if (changed && condstore) need(shown, "MODSEQ");
    if (changed && qresync) need(shown, "UID");
    // Flags without their mod-sequence are not all that the client is owed.
    if (knew || (shown.includes("FLAGS") && (!condstore || shown.includes("MODSEQ")))) view.shown(message);
    await session.respond(fetchResponse(sequence, message, shown));
  }
  const gone = wanted.some(({ message }) => message.removedAt !== undefined);
  return ok(gone ? "[EXPUNGEISSUED] Some of the messages no longer exist" : "Done");
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
