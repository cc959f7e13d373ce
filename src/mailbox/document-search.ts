import { MedimailError } from "../errors.js";
import type { ImapMailbox, ImapSearch } from "../transport/imap/index.js";
import type { CachedImap, MailboxCache } from "./cache.js";
import type { DocumentSearch } from "./kept-mail.js";
import { mailSummary } from "./summary.js";
import type { MailSummary } from "./types.js";

export interface SearchInDocuments {
  imap: Pick<ImapMailbox, "search"> & CachedImap;
  cache: MailboxCache | undefined;
  wanted: DocumentSearch;
  /** What the server is asked beside. */
  checked: ImapSearch;
  folders: readonly string[];
  pageSize: number;
  signal: AbortSignal | undefined;
}

/** Mails by what was found in their documents when they were opened: no server can look into an archive. */
export async function* foundInDocuments(search: SearchInDocuments): AsyncGenerator<MailSummary[]> {
  const { imap, cache, wanted, checked, folders, pageSize, signal } = search;
  if (!cache)
    throw new MedimailError("not_supported", "a search by patient or document wants the cache", {
      path: "cache",
      hint: "Set cache.path in the configuration; mails are found once they were opened.",
    });
  const asked = signal ? { signal } : {};
  const paths: string[] = [];
  for (const folder of folders) paths.push(await imap.path(folder, asked));
  const found = await cache.found(imap, wanted, [...new Set(paths)], signal);
  const server = Object.values(checked).some((value) => value !== undefined);
  for (const [path, uids] of found) {
    if (uids.size === 0) continue;
    if (server) {
      for await (const page of imap.search({ folder: path, pageSize, ...asked }, checked)) {
        const both = page.filter(({ uid }) => uids.has(uid));
        if (both.length > 0) yield both.map(mailSummary);
      }
      continue;
    }
    for (let left = uids; left.size > 0; ) {
      const page = left.take(-pageSize);
      left = left.minus(page);
      const mails = await cache.mails(imap, path, page, signal);
      if (mails.length > 0) yield mails.map(mailSummary);
    }
  }
}
