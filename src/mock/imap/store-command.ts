import type { Numbered } from "./chosen.js";
import { chosen, expungeIssued, viewOf } from "./chosen.js";
import { storeModifiers } from "./condstore.js";
import type { FetchItem } from "./fetch.js";
import { fetchResponse } from "./fetch.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

const FLAG = /^(\\(Answered|Flagged|Deleted|Seen|Draft)|[^\s\\()"{%*\]\x00-\x1f\x7f]{1,100})$/i;
const MAX_FLAGS = 100;

export function flagsOf(values: readonly Value[]): string[] {
  const flags = values.map(textOf);
  if (flags.length > MAX_FLAGS || !flags.every((flag) => FLAG.test(flag)))
    throw new SyntaxProblem("A flag is not understood");
  return flags;
}

/** STORE, and its condition UNCHANGEDSINCE (RFC 7162 §3.1.3). All changes are made before the first is told. */
export async function store(session: ImapSession, values: readonly Value[], byUid: boolean): Promise<Outcome> {
  const view = viewOf(session);
  const [set, ...queue] = values;
  const condition = queue[0]?.kind === "list" ? storeModifiers(session, queue.shift() as Value) : undefined;
  const how = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(queue.shift()));
  if (!how) throw new SyntaxProblem("FLAGS is expected");
  const flags = flagsOf(queue[0]?.kind === "list" ? itemsOf(queue[0]) : queue);
  if (view.readOnly) return no("[CANNOT] The folder is read-only");
  const mode = how[1] === "+" ? "add" : how[1] === "-" ? "remove" : "set";
  const { found, expunged } = chosen(view, set, byUid);
  const passes = ({ message }: Numbered) => !condition || message.modseq <= condition.unchangedSince;
  const stored = found.filter(passes);
  const failed = found.filter((one) => !passes(one)).map(({ sequence, message }) => (byUid ? message.uid : sequence));
  const items = itemsToTell(session, byUid, how[2] !== undefined);
  view.folder.together(() => {
    for (const { message } of stored) {
      // What another session has changed and this client has not heard of must still be told.
      const knew = view.knows(message);
      message.setFlags(mode, flags);
      if (knew || items.includes("FLAGS")) view.shown(message);
    }
  });
  if (items.length > 0)
    for (const { sequence, message } of stored) await session.respond(fetchResponse(sequence, message, items));
  const modified = failed.length > 0 ? `[MODIFIED ${formatSet(failed)}] ` : "";
  if (expunged) return modified ? no(`${modified}Some were changed, some no longer exist`) : expungeIssued();
  return ok(modified ? `${modified}Conditional STORE failed for some` : "Done");
}

/** A silent STORE is told too where the client needs the mod-sequence. */
function itemsToTell({ enabled }: ImapSession, byUid: boolean, silent: boolean): FetchItem[] {
  const items: FetchItem[] = byUid || enabled.qresync ? ["UID"] : [];
  if (silent) return enabled.condstore ? [...items, "MODSEQ"] : [];
  items.push("FLAGS");
  if (enabled.condstore) items.push("MODSEQ");
  return items;
}
