import type { MockFolder } from "../store/folder.js";
import type { Resync } from "./condstore.js";
import { selectParameters } from "./condstore.js";
import { fetchResponse } from "./fetch.js";
import { mailboxOf, nameOf } from "./folder-commands.js";
import { formatSet } from "./number-set.js";
import type { Outcome } from "./outcome.js";
import { no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { SyntaxProblem } from "./syntax.js";
import { FolderView } from "./view.js";

export const FLAG_LIST = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

/** SELECT and EXAMINE. The folder that was open is closed, whatever comes of it. */
export async function select(session: ImapSession, values: readonly Value[], readOnly: boolean): Promise<Outcome> {
  if (values.length > 2) throw new SyntaxProblem("A folder and one list of parameters are expected");
  if (session.view && session.offers("CONDSTORE")) session.untagged("* OK [CLOSED] The folder before is closed");
  session.view = undefined;
  const name = nameOf(values[0]);
  const resync = selectParameters(session, values[1]);
  const folder = mailboxOf(session).folder(name);
  if (!folder) return no("[NONEXISTENT] No such folder");
  const { enabled } = session;
  session.view = new FolderView(folder, { readOnly, enabled, onChange: session.changed });
  describe(session, folder, readOnly);
  if (resync && resync.uidValidity === folder.uidValidity) await catchUp(session, folder, resync);
  return ok(readOnly ? "[READ-ONLY] Selected" : "[READ-WRITE] Selected");
}

function describe(session: ImapSession, folder: MockFolder, readOnly: boolean): void {
  session.untagged(`* FLAGS (${FLAG_LIST})`);
  session.untagged(`* OK [PERMANENTFLAGS (${readOnly ? "" : `${FLAG_LIST} \\*`})] Flags`);
  session.untagged(`* ${folder.messages.length} EXISTS`);
  session.untagged("* 0 RECENT");
  const unseen = folder.messages.findIndex((message) => !message.has("\\Seen"));
  if (unseen >= 0) session.untagged(`* OK [UNSEEN ${unseen + 1}] First unseen`);
  session.untagged(`* OK [UIDVALIDITY ${folder.uidValidity}] UIDs`);
  session.untagged(`* OK [UIDNEXT ${folder.uidNext}] Next UID`);
  // Only to who has asked for it (RFC 7162 §3.1.2), as Dovecot does.
  if (session.enabled.condstore) session.untagged(`* OK [HIGHESTMODSEQ ${folder.highestModseq}] Highest`);
}

/** What has happened since the client was here: removals first, then the flags (RFC 7162 §3.2.5.1). */
async function catchUp(session: ImapSession, folder: MockFolder, { modseq, known }: Resync): Promise<void> {
  const removed = folder.removedSince(modseq).filter(known);
  if (removed.length > 0) session.untagged(`* VANISHED (EARLIER) ${formatSet(removed.sort((a, b) => a - b))}`);
  const messages = folder.messages.map((message, i) => ({ message, sequence: i + 1 }));
  for (const { message, sequence } of messages) {
    if (message.modseq > modseq && known(message.uid))
      await session.respond(fetchResponse(sequence, message, ["UID", "FLAGS", "MODSEQ"]));
  }
}
