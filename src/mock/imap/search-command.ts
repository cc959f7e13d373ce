import { viewOf } from "./chosen.js";
import { enableCondstore } from "./condstore.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { ok } from "./outcome.js";
import type { SearchContext } from "./search.js";
import { parseSearch } from "./search.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

interface Hit {
  /** Sequence number or UID. */
  number: number;
  modseq: number;
}

const RETURN = ["MIN", "MAX", "ALL", "COUNT"] as const;
type Wanted = (typeof RETURN)[number];

export function search(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const { messages } = viewOf(session);
  const queue = [...values];
  const wanted = returnOptions(session, queue);
  const context: SearchContext = {
    lastUid: messages.at(-1)?.uid ?? 0,
    count: messages.length,
    condstore: session.offers("CONDSTORE"),
  };
  const test = parseSearch(queue, context);
  if (context.byModseq) enableCondstore(session);
  const hits = messages.flatMap((message, i): Hit[] =>
    message.removedAt === undefined && test(message, i + 1)
      ? [{ number: byUid ? message.uid : i + 1, modseq: message.modseq }]
      : [],
  );
  const modseq = context.byModseq === true;
  session.untagged(
    wanted
      ? extended(hits, wanted, `* ESEARCH (TAG "${session.tag}")${byUid ? " UID" : ""}`, modseq)
      : plain(hits, modseq),
  );
  return ok("Done");
}

/** `RETURN (…)` of RFC 4731; undefined where a plain answer is wanted. */
function returnOptions(session: ImapSession, queue: Value[]): ReadonlySet<Wanted> | undefined {
  const [first, items] = queue;
  if (first?.kind !== "atom" || first.text.toUpperCase() !== "RETURN" || !session.offers("ESEARCH")) return undefined;
  queue.splice(0, 2);
  const names = itemsOf(items).map((item) => textOf(item).toUpperCase());
  if (!names.every((name) => (RETURN as readonly string[]).includes(name)))
    throw new SyntaxProblem("What SEARCH is to return is not known");
  return new Set(names.length === 0 ? ["ALL"] : (names as Wanted[]));
}

function plain(hits: readonly Hit[], modseq: boolean): string {
  const end = modseq && hits.length > 0 ? ` (MODSEQ ${highest(hits)})` : "";
  return `${["* SEARCH", ...hits.map(({ number }) => number)].join(" ")}${end}`;
}

function extended(hits: readonly Hit[], wanted: ReadonlySet<Wanted>, head: string, modseq: boolean): string {
  const out = [head];
  const [first, last] = [hits[0], hits.at(-1)];
  if (first && last) {
    if (wanted.has("MIN")) out.push(`MIN ${first.number}`);
    if (wanted.has("MAX")) out.push(`MAX ${last.number}`);
    if (wanted.has("ALL")) out.push(`ALL ${formatSet(hits.map(({ number }) => number))}`);
  }
  if (wanted.has("COUNT")) out.push(`COUNT ${hits.length}`);
  if (modseq && first && last) {
    // Of what is returned only (RFC 4731 §3.2).
    const whole = wanted.has("ALL") || wanted.has("COUNT");
    const ends = [...(wanted.has("MIN") ? [first] : []), ...(wanted.has("MAX") ? [last] : [])];
    out.push(`MODSEQ ${highest(whole ? hits : ends)}`);
  }
  return out.join(" ");
}

function highest(hits: readonly Hit[]): number {
  return hits.reduce((most, { modseq }) => Math.max(most, modseq), 0);
}
