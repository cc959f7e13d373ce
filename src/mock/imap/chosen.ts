import type { MockMessage } from "../store/message.js";
import { SessionOver } from "../wire/session-over.js";
import type { Outcome } from "./outcome.js";
import { no } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { parseSet, SyntaxProblem, textOf } from "./syntax.js";
import type { FolderView } from "./view.js";

export interface Numbered {
  sequence: number;
  message: MockMessage;
}

export interface Chosen {
  /** In order, those that are there. */
  found: Numbered[];
  /** And those that were, of whose removal the client has not heard. */
  all: Numbered[];
  /** A sequence number names one of these: it cannot be acted on (RFC 2180 §4, RFC 5530). */
  expunged: boolean;
}

export const expungeIssued = (): Outcome => no("[EXPUNGEISSUED] Some of the messages no longer exist");

export function viewOf(session: ImapSession): FolderView {
  if (!session.view) throw new SessionOver();
  return session.view;
}

/**
 * The messages of a set. A UID that is not there is passed over (RFC 9051 §6.4.9); a sequence number that is not there is an
 * error of the client.
 */
export function chosen(view: FolderView, value: Value | undefined, byUid: boolean): Chosen {
  const { messages } = view;
  const text = textOf(value);
  const test = parseSet(text, byUid ? (messages.at(-1)?.uid ?? 0) : messages.length);
  if (!byUid) assertNumbers(text, messages.length);
  const numbered = messages.map((message, i) => ({ sequence: i + 1, message }));
  const all = numbered.filter(({ sequence, message }) => test(byUid ? message.uid : sequence));
  const found = all.filter(({ message }) => message.removedAt === undefined);
  return { found, all, expunged: !byUid && found.length < all.length };
}

function assertNumbers(text: string, count: number): void {
  const numbers = text.split(/[,:]/).map((number) => (number === "*" ? count : Number(number)));
  if (numbers.some((number) => number < 1 || number > count)) throw new SyntaxProblem("No such sequence number");
}
