import type { ImapFlow } from "imapflow";
import { type FolderNews, folderNews } from "./delta.js";
import { emptyState, type FolderState } from "./folder-state.js";
import { type FolderRole, inExaminedFolder, inFolder } from "./folders.js";
import type { ImapLink } from "./link.js";
import { type AskedAhead, questionsAhead } from "./questions-ahead.js";
import { folderPath } from "./special.js";
import { fetchSummaries, type ImapSummary, summariesCommand } from "./summary-rows.js";
import { MAX_UID, UidSet } from "./uid-set.js";
import { failed } from "./wire.js";

/** A folder seen for the first time: its newest mails, and what is known of it with them. */
export interface FirstLook {
  mails: ImapSummary[];
  /** Of these mails only. */
  state: FolderState;
  /** Mails in the folder. */
  exists: number;
}

/** The path of a folder that is named by what it is for; one that has a path costs no question. */
export function pathOf(link: ImapLink, folder: FolderRole, signal: AbortSignal | undefined): Promise<string> {
  return link.run("finding a folder", signal, (client) => folderPath(client, folder));
}

/** The newest mails of a folder and how it stands at that moment: two round trips. */
export function firstLook(link: ImapLink, path: string, pageSize: number, signal?: AbortSignal): Promise<FirstLook> {
  return link.run("listing mails", signal, (client) =>
    inExaminedFolder(client, path, async ({ exists, uidValidity, uidNext, modseq }) => {
      const asked = { range: `${Math.max(1, exists - pageSize + 1)}:${exists}`, path, uidValidity };
      const mails = exists === 0 ? [] : (await fetchSummaries(client, asked)).mails.map(({ mail }) => mail);
      const uids = UidSet.of(mails.map(({ uid }) => uid).sort((a, b) => a - b));
      const state: FolderState = {
        ...emptyState(uidValidity, client.enabled.has("CONDSTORE") ? modseq : undefined),
        uids,
        uidNext: Math.max(uidNext ?? 1, uids.last + 1),
      };
      return { mails: mails.sort((a, b) => b.uid - a.uid), state, exists };
    }),
  );
}

/** New mails that are asked for together with what has become of the others; the rest, where there are more, as any page. */
const NEW_AHEAD = 200;

/** What has become of a folder, and the new mails that came with the answer. */
export type FolderLook = FolderNews & { mails: ImapSummary[] };

/**
 * What has become of a folder since `known`; `partial` where not all that was there is known. One round trip, as a rule: what can be
 * asked before the answer to EXAMINE is, and counts where the folder is still the one that was known.
 */
export function lookAgain(
  link: ImapLink,
  path: string,
  known: FolderState,
  { signal, partial = false }: { signal?: AbortSignal; partial?: boolean } = {},
): Promise<FolderLook> {
  return link.run("looking for news of a folder", signal, async (client) => {
    const { commands, answers } = askedAhead(client, path, known);
    return await inExaminedFolder(
      client,
      path,
      async (folder, ended) => {
        const { mails, ...ahead } = answers(ended.map((how) => how === "done"));
        const news = await folderNews(client, folder, known, { partial, ahead });
        return { ...news, mails: news.reset ? [] : mails.filter(({ uid }) => news.fresh.has(uid)) };
      },
      commands,
    );
  });
}

function askedAhead(client: ImapFlow, path: string, known: FolderState) {
  const { uidNext, uidValidity } = known;
  const upTo = Math.min(MAX_UID, uidNext + NEW_AHEAD - 1);
  const later = summariesCommand(client, { range: `${uidNext}:${upTo}`, byUid: true, path, uidValidity });
  const others = questionsAhead(client, known);
  return {
    commands: [...others.commands, later.command],
    answers(done: readonly boolean[]): AskedAhead & { mails: ImapSummary[] } {
      const asked = others.answers(done.slice(0, -1));
      if (done.at(-1) !== true) return { ...asked, mails: [] };
      const mails = later.found.mails.map(({ mail }) => mail);
      const uids = UidSet.of(mails.map(({ uid }) => uid).sort((a, b) => a - b));
      return { ...asked, later: { uids, upTo }, mails };
    },
  };
}

/** The mails of these UIDs that are there, newest first: one round trip. */
export function mailsOf(
  link: ImapLink,
  path: string,
  uidValidity: string,
  uids: UidSet,
  signal?: AbortSignal,
): Promise<ImapSummary[]> {
  return link.run("listing mails", signal, (client) =>
    inFolder(
      client,
      path,
      async ({ validity }) => {
        if (validity !== uidValidity)
          throw failed("the folder was made anew while it was listed", { hint: "List it again." });
        const asked = { range: uids.toString(), byUid: true, path, uidValidity };
        const { mails } = await fetchSummaries(client, asked);
        return mails
          .map(({ mail }) => mail)
          .filter(({ uid }) => uids.has(uid))
          .sort((a, b) => b.uid - a.uid);
      },
      false,
    ),
  );
}
