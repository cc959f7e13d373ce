import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { itemsOf, parseSet, SyntaxProblem, textOf } from "./syntax.js";

/** What a UID set means by `*` where messages that are gone count too. */
const LARGEST_UID = 0xffff_ffff;

/** A mod-sequence as a client gives it. Beyond 2^53 it is not exact, and no folder of the mock gets there. */
export function modseqOf(value: Value | undefined, least: 0 | 1 = 1): number {
  const text = textOf(value);
  if (!/^\d{1,19}$/.test(text) || Number(text) < least) throw new SyntaxProblem("A mod-sequence is expected");
  return Number(text);
}

/** The client has used CONDSTORE: from now on, changes are told with their mod-sequence (RFC 7162 §3.1). */
export function enableCondstore(session: ImapSession): void {
  if (!session.offers("CONDSTORE")) throw new SyntaxProblem("CONDSTORE is not offered");
  if (session.enabled.condstore) return;
  session.enabled.condstore = true;
  if (session.view) session.untagged(`* OK [HIGHESTMODSEQ ${session.view.folder.highestModseq}] Highest`);
}

/** ENABLE (RFC 5161): what is known and wanted is said; what is not is passed over. */
export function enable(session: ImapSession, values: readonly Value[]): void {
  const wanted = values.map((value) => textOf(value).toUpperCase());
  if (wanted.length === 0) throw new SyntaxProblem("A capability is expected");
  const done = wanted.filter((name) => (name === "CONDSTORE" || name === "QRESYNC") && session.offers(name));
  if (done.includes("QRESYNC")) session.enabled.qresync = true;
  session.untagged(["* ENABLED", ...done].join(" "));
  if (done.length > 0) enableCondstore(session);
}

/** The names of a list of modifiers, each with what follows it. */
function modifiers(value: Value, known: Readonly<Record<string, "value" | "alone">>): Map<string, Value | undefined> {
  const found = new Map<string, Value | undefined>();
  const queue = [...itemsOf(value)];
  while (queue.length > 0) {
    const name = textOf(queue.shift()).toUpperCase();
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!kind || found.has(name)) throw new SyntaxProblem("A modifier is not known");
    if (kind === "value" && queue.length === 0) throw new SyntaxProblem("A modifier needs a value");
    found.set(name, kind === "value" ? queue.shift() : undefined);
  }
  if (found.size === 0) throw new SyntaxProblem("A modifier is expected");
  return found;
}

export interface FetchModifiers {
  changedSince?: number;
  vanished: boolean;
}

/** `(CHANGEDSINCE n VANISHED)` of FETCH; VANISHED only by UID, with CHANGEDSINCE, once QRESYNC is enabled (RFC 7162 §3.2.6). */
export function fetchModifiers(session: ImapSession, value: Value | undefined, byUid: boolean): FetchModifiers {
  if (!value) return { vanished: false };
  const found = modifiers(value, { CHANGEDSINCE: "value", VANISHED: "alone" });
  const changedSince = found.has("CHANGEDSINCE") ? modseqOf(found.get("CHANGEDSINCE")) : undefined;
  const vanished = found.has("VANISHED");
  if (vanished && (!byUid || changedSince === undefined || !session.enabled.qresync))
    throw new SyntaxProblem("VANISHED is not allowed here");
  enableCondstore(session);
  return { vanished, ...(changedSince === undefined ? {} : { changedSince }) };
}

/** `(UNCHANGEDSINCE n)` of STORE. */
export function storeModifiers(session: ImapSession, value: Value): { unchangedSince: number } {
  const found = modifiers(value, { UNCHANGEDSINCE: "value" });
  const unchangedSince = modseqOf(found.get("UNCHANGEDSINCE"), 0);
  enableCondstore(session);
  return { unchangedSince };
}

export interface Resync {
  uidValidity: number;
  modseq: number;
  /** Of a UID that the client has, or may have. */
  known: (uid: number) => boolean;
}

/** `(CONDSTORE)` and `(QRESYNC (uidvalidity modseq [known-uids [seq-match-data]]))` of SELECT. */
export function selectParameters(session: ImapSession, value: Value | undefined): Resync | undefined {
  if (!value) return undefined;
  const found = modifiers(value, { CONDSTORE: "alone", QRESYNC: "value" });
  const asked = found.get("QRESYNC");
  if (asked && !session.enabled.qresync) throw new SyntaxProblem("QRESYNC is not enabled");
  enableCondstore(session);
  if (!asked) return undefined;
  const [uidValidity, modseq, ...rest] = itemsOf(asked);
  // The list of known numbers and UIDs only spares a server that forgets what was removed from saying too much.
  if (rest.at(-1)?.kind === "list") assertMatchData(itemsOf(rest.pop()));
  if (rest.length > 1) throw new SyntaxProblem("QRESYNC is not understood");
  const text = textOf(uidValidity);
  if (!/^\d{1,10}$/.test(text)) throw new SyntaxProblem("A UIDVALIDITY is expected");
  const known = rest[0] === undefined ? () => true : parseSet(withoutStar(rest[0]), 0);
  return { uidValidity: Number(text), modseq: modseqOf(modseq), known };
}

function assertMatchData(items: readonly Value[]): void {
  if (items.length !== 2) throw new SyntaxProblem("Two sets are expected");
  for (const item of items) parseSet(withoutStar(item), 0);
}

function withoutStar(value: Value): string {
  const text = textOf(value);
  if (text.includes("*")) throw new SyntaxProblem("A set without * is expected");
  return text;
}

/** A set of UIDs over messages that are there and messages that were. */
export function uidsEver(value: Value | undefined): (uid: number) => boolean {
  return parseSet(textOf(value), LARGEST_UID);
}
