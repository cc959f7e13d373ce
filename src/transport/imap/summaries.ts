import type { SearchObject } from "imapflow";
import { refusalCode } from "./command.js";
import type { FolderRole } from "./folders.js";
import { inFolder } from "./folders.js";
import type { ImapLink } from "./link.js";
import { folderPath } from "./special.js";
import { type FetchedSummaries, fetchSummaries, type ImapSummary } from "./summary-rows.js";
import { failed } from "./wire.js";

/** Mails of one FETCH of a list that is read on and on: some MB of an answer. */
const MOST_AT_ONCE = 2_000;

export interface SummaryPagesOptions {
  folder: FolderRole;
  /** Mails of a page. Default 50. */
  pageSize: number;
  signal?: AbortSignal;
}

/**
 * The mails of a folder, newest first, by pages. The first page is one FETCH with its EXAMINE: two round trips, and never a body. Who
 * reads on gets more with each FETCH, up to {@link MOST_AT_ONCE}, and from the third on before he asks: a whole folder over a slow line
 * is not a round trip a page. Between two FETCH the session is free. A mail that is deleted meanwhile moves the others to lower numbers
 * only, so none is left out, and none comes twice.
 */
export async function* summaryPages(link: ImapLink, options: SummaryPagesOptions): AsyncGenerator<ImapSummary[]> {
  const { pageSize, signal } = options;
  const path = await link.run("finding a folder", signal, (client) => folderPath(client, options.folder));
  /** Sequence number above which all is seen, and the lowest UID seen. */
  let lowest = Number.POSITIVE_INFINITY;
  let size = pageSize;
  let ahead: Promise<Chunk> | undefined;
  for (let chunk = await nextChunk(link, { path, size, signal }); ; ) {
    const { top } = chunk;
    const more = size > pageSize && top > 0;
    size = Math.max(pageSize, Math.min(size * 2, MOST_AT_ONCE));
    const asked = { path, size, signal, after: chunk };
    if (more) {
      ahead = nextChunk(link, asked);
      // Nobody may come for it.
      ahead.catch(() => {});
    }
    const mails = chunk.mails.filter(({ uid }) => uid < lowest).sort((a, b) => b.uid - a.uid);
    lowest = mails.at(-1)?.uid ?? lowest;
    for (let at = 0; at < mails.length; at += pageSize) yield mails.slice(at, at + pageSize);
    if (top === 0) return;
    chunk = await (ahead ?? nextChunk(link, asked));
    ahead = undefined;
  }
}

/** What one FETCH of a list answered. */
interface Chunk {
  mails: ImapSummary[];
  validity: string;
  /** Sequence numbers above it are seen. */
  top: number;
}

function nextChunk(
  link: ImapLink,
  { path, size, signal, after }: { path: string; size: number; signal: AbortSignal | undefined; after?: Chunk },
): Promise<Chunk> {
  return link.run("listing mails", signal, (client) =>
    inFolder(
      client,
      path,
      async ({ exists, validity }) => {
        if (after && after.validity !== validity)
          throw failed("the folder was made anew while it was listed", { hint: "List it again." });
        const read = async (there: number): Promise<Chunk> => {
          const last = Math.min(after?.top ?? there, there);
          const first = Math.max(1, last - size + 1);
          const asked = { range: `${first}:${last}`, path, uidValidity: validity };
          const found = last === 0 ? NONE : await fetchSummaries(client, asked);
          return { mails: found.mails.map(({ mail }) => mail), validity, top: Math.max(0, first - 1) };
        };
        return await read(exists).catch(async (error: unknown) => {
          // Somebody deleted some of these, and the server wants to tell which before it gives the others (RFC 5530).
          if (refusalCode(error) !== "EXPUNGEISSUED") throw error;
          await client.noop();
          return read(client.mailbox ? client.mailbox.exists : 0);
        });
      },
      after === undefined,
    ),
  );
}

const NONE: FetchedSummaries = { mails: [], flagged: [] };

/**
 * What is searched for, on the server; every part given must hold. Texts are found as the server finds them: parts of words in any
 * case, as a rule.
 */
export interface ImapSearch {
  /** Anywhere in the mail, its text parts included; attachments are not opened by servers. */
  text?: string;
  subject?: string;
  from?: string;
  to?: string;
  messageId?: string;
  /** Mails that have one of these ids, or name one in References or In-Reply-To. */
  related?: readonly string[];
  /** Received on this day or later (RFC 9051 §6.4.4: the server looks at its own day). */
  since?: Date;
  /** Received before this day. */
  before?: Date;
  seen?: boolean;
  flagged?: boolean;
  answered?: boolean;
  /** In bytes. */
  largerThan?: number;
  smallerThan?: number;
}

/** The mails of a folder that the server finds, newest first, by pages: one SEARCH, then one FETCH a page. */
export async function* searchPages(
  link: ImapLink,
  { folder, pageSize, signal }: SummaryPagesOptions,
  query: ImapSearch,
): AsyncGenerator<ImapSummary[]> {
  const path = await link.run("finding a folder", signal, (client) => folderPath(client, folder));
  const found = await link.run("searching", signal, (client) =>
    inFolder(client, path, async ({ validity }) => {
      const uids = await client.search(queryOf(query), { uid: true });
      if (!Array.isArray(uids)) throw failed("the server refuses the search");
      return { validity, uids: [...uids].sort((a, b) => b - a) };
    }),
  );
  for (let at = 0; at < found.uids.length; at += pageSize) {
    const wanted = found.uids.slice(at, at + pageSize);
    const page = await link.run("listing what was found", signal, (client) =>
      inFolder(
        client,
        path,
        async ({ validity }) => {
          if (validity !== found.validity)
            throw failed("the folder was made anew while it was searched", { hint: "Search again." });
          const asked = { range: wanted.join(","), byUid: true, path, uidValidity: validity };
          return (await fetchSummaries(client, asked)).mails.map(({ mail }) => mail);
        },
        false,
      ),
    );
    const mails = page.filter(({ uid }) => wanted.includes(uid)).sort((a, b) => b.uid - a.uid);
    if (mails.length > 0) yield mails;
  }
}

function queryOf({ messageId, related, largerThan, smallerThan, ...query }: ImapSearch): SearchObject {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(messageId === undefined ? {} : { header: { "message-id": messageId } }),
    ...(related === undefined
      ? {}
      : {
          or: related.flatMap((id) =>
            ["message-id", "references", "in-reply-to"].map(
              (name): SearchObject => ({ header: { [name]: `<${id}>` } }),
            ),
          ),
        }),
    ...(largerThan === undefined ? {} : { larger: largerThan }),
    ...(smallerThan === undefined ? {} : { smaller: smallerThan }),
    // A search for nothing finds all.
    ...(Object.keys(given).length === 0 ? { all: true } : {}),
  };
}

/** One mail, or undefined where the folder has none of this UID. */
export async function oneSummary(
  link: ImapLink,
  folder: FolderRole,
  uid: number,
  signal?: AbortSignal,
): Promise<ImapSummary | undefined> {
  return link.run("reading a mail's envelope", signal, async (client) => {
    const path = await folderPath(client, folder);
    return inFolder(client, path, async ({ validity }) => {
      const asked = { range: String(uid), byUid: true, path, uidValidity: validity };
      return (await fetchSummaries(client, asked)).mails.find(({ mail }) => mail.uid === uid)?.mail;
    });
  });
}
