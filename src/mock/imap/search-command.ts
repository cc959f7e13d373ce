import { viewOf } from "./chosen.js";
import { enableCondstore } from "./condstore.js";
import type { Outcome } from "./outcome.js";
import { ok } from "./outcome.js";
import type { SearchContext } from "./search.js";
import { parseSearch } from "./search.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";

export function search(session: ImapSession, values: readonly Value[], byUid: boolean): Outcome {
  const { messages } = viewOf(session);
  const context: SearchContext = {
    lastUid: messages.at(-1)?.uid ?? 0,
    count: messages.length,
    condstore: session.offers("CONDSTORE"),
  };
  const test = parseSearch(values, context);
  if (context.byModseq) enableCondstore(session);
  const found = messages
    .map((message, i) => ({ message, sequence: i + 1 }))
    .filter(({ message, sequence }) => message.removedAt === undefined && test(message, sequence));
  const numbers = found.map(({ message, sequence }) => (byUid ? message.uid : sequence));
  const highest =
    context.byModseq && found.length > 0 ? Math.max(...found.map(({ message }) => message.modseq)) : undefined;
  session.untagged(["* SEARCH", ...numbers, ...(highest === undefined ? [] : [`(MODSEQ ${highest})`])].join(" "));
  return ok("Done");
}
