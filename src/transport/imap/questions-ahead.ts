import type { ImapFlow } from "imapflow";
import { ALL_FLAGS, changesOf, FlagClasses, flagsCommand, listedUids } from "./flag-classes.js";
import type { FolderState } from "./folder-state.js";
import { atom, type RawCommand, tokenText } from "./raw.js";
import type { UidSet } from "./uid-set.js";

/** What was asked together with the opening of the folder, as far as the server answered. */
export interface AskedAhead {
  /** Of the known mails those that changed; or, where mod-sequences do not tell, all mails. */
  flags?: FlagClasses;
  /** All mails. */
  all?: UidSet;
  /** The new mails, as far as they were asked for; `upTo` is the last UID that was. */
  later?: { uids: UidSet; upTo: number };
}

/** A list that would come as a longer text is asked for only where the numbers do not tell. */
const MAX_LIST = 16_000;

/**
 * The questions that can leave with the opening of a folder, and what their answers come to; undefined where one had none, or one that
 * leaves something to ask.
 */
export function questionsAhead(
  client: ImapFlow,
  known: FolderState,
): { commands: RawCommand[]; answers(done: readonly boolean[]): AskedAhead } {
  const flags = new FlagClasses();
  const modseq = client.enabled.has("CONDSTORE") ? known.modseq : undefined;
  const asked = modseq === undefined ? ALL_FLAGS : changesOf(known, modseq, false);
  const { command, missed } = flagsCommand({ ...asked, onMail: (mail) => flags.add(mail) }, () => {});
  let all: UidSet | undefined;
  const listing: RawCommand = {
    name: "UID SEARCH",
    attributes: [atom("RETURN"), [atom("ALL")], atom("ALL")],
    handlers: {
      ESEARCH: ({ attributes = [] }) => {
        const at = attributes.findIndex((token) => tokenText(token)?.toUpperCase() === "ALL");
        // A folder without mails has no ALL in its answer.
        all = listedUids(at < 0 ? "" : (tokenText(attributes[at + 1]) ?? ""));
      },
    },
  };
  // By mod-sequences nothing tells what is gone (QRESYNC is for the sessions of watches): the list of what is there does.
  const lists = modseq !== undefined && client.capabilities.has("ESEARCH") && known.uids.toString().length < MAX_LIST;
  return {
    commands: [command, ...(lists ? [listing] : [])],
    answers: ([flagsDone = false, listDone = false]) => ({
      ...(flagsDone && missed().size === 0 ? { flags } : {}),
      ...(listDone && all ? { all } : {}),
    }),
  };
}
