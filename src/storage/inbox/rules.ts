import type { InboxOutcome, InboxRecord, InboxSighting, InboxState } from "../../seams/index.js";
import type { SqlValue } from "../driver.js";
import type { Standing } from "./rows.js";
import { ASIDE, CONFLICT, FINISHED, INTEGRATED, LATER, RELEASED } from "./statements.js";

/** How a document enters the queue, by what is known of its id already: once for each (document, action), whatever the mails that bring it. */
export function enqueuedAs(
  known: readonly InboxRecord[],
  { mailId, sha256 }: InboxSighting,
  dueAt: number,
): { state: InboxState; standing: Standing } {
  const others = known.filter((other) => other.mailId !== mailId);
  const same = others.filter((other) => other.sha256 === sha256);
  const integrated = same.find(({ state }) => state === "integrated");
  // The sender of this mail waits for an answer too.
  if (integrated) return { state: "integrated", standing: { dueAt, integratedAt: integrated.integratedAt ?? dueAt } };
  if (same.some((other) => other.error !== CONFLICT)) return { state: "seen", standing: {} };
  if (others.some(({ state }) => state !== "aside")) return { state: "aside", standing: { error: CONFLICT } };
  return { state: "waiting", standing: { dueAt } };
}

/** The mails that brought the same document. */
export const copiesOf = (copies: readonly InboxRecord[], sha256: string | undefined): InboxRecord[] =>
  copies.filter((copy) => copy.place && copy.sha256 === sha256);

/** What was set aside only because its id was that of a copy that turned out to be damaged: it is handed over after all. */
export function otherCopy(
  all: readonly { id: number; state: InboxState; error: string | null }[],
): { id: number } | undefined {
  if (all.some(({ state }) => state === "waiting" || state === "integrated")) return undefined;
  return all.find(({ state, error }) => state === "aside" && error === CONFLICT);
}

/** What an outcome writes in its own row. */
export function outcomeChange(id: number, outcome: InboxOutcome): [text: string, params: SqlValue[]] {
  switch (outcome.state) {
    case "integrated":
      return [INTEGRATED, [outcome.at, outcome.at, id]];
    case "finished":
      return [FINISHED, [id]];
    case "later":
      return [LATER, [outcome.dueAt, outcome.error, id]];
    case "released":
      return [RELEASED, [id]];
    case "aside":
      return [ASIDE, [outcome.error, id]];
  }
}
