import type { MockFolder } from "../store/folder.js";
import type { ImapExtension } from "./capabilities.js";
import { enableCondstore } from "./condstore.js";
import { foundFolder, shownName, shownUidValidity } from "./folders.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import { tooMany } from "./session-faults.js";
import type { Value } from "./syntax.js";
import { itemsOf, SyntaxProblem, textOf } from "./syntax.js";

/** Items that come with an extension. */
const NEEDS: Readonly<Record<string, ImapExtension>> = {
  HIGHESTMODSEQ: "CONDSTORE",
  SIZE: "STATUS=SIZE",
  APPENDLIMIT: "APPENDLIMIT",
  DELETED: "QUOTA",
};

export function status(session: ImapSession, values: readonly Value[]): Outcome {
  const folder = foundFolder(session, values[0]);
  const items = itemsOf(values[1]);
  if (!folder) return no("[NONEXISTENT] No such folder");
  session.untagged(statusLine(session, folder, items));
  return ok("Done");
}

/** `* STATUS …`, also of LIST (RFC 5819). */
export function statusLine(session: ImapSession, folder: MockFolder, values: readonly Value[]): string {
  const items = values.map((value) => textOf(value).toUpperCase());
  if (items.length === 0) throw new SyntaxProblem("An item of STATUS is expected");
  const figures = items.map((item) => {
    const needed = NEEDS[item];
    if (needed && !session.offers(needed)) throw new SyntaxProblem("An item of STATUS is not known");
    return `${item} ${figure(session, folder, item)}`;
  });
  if (items.includes("HIGHESTMODSEQ")) enableCondstore(session);
  return `* STATUS ${shownName(session, folder)} (${figures.join(" ")})`;
}

function figure(session: ImapSession, folder: MockFolder, item: string): number {
  const { messages } = folder;
  switch (item) {
    case "MESSAGES":
      return messages.length + tooMany(session.faults.struck("wrong-exists"));
    case "UIDNEXT":
      return folder.uidNext;
    case "UIDVALIDITY":
      return shownUidValidity(session, folder);
    case "HIGHESTMODSEQ":
      return folder.highestModseq;
    case "UNSEEN":
      return messages.filter((message) => !message.has("\\Seen")).length;
    case "DELETED":
      return messages.filter((message) => message.has("\\Deleted")).length;
    case "SIZE":
      return messages.reduce((total, message) => total + message.raw.length, 0);
    case "APPENDLIMIT":
      return session.context.sizeLimit;
    case "RECENT":
      return 0;
    default:
      throw new SyntaxProblem("An item of STATUS is not known");
  }
}
