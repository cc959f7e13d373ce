import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import { mailSummary } from "./summary.js";
import type { MailSummary } from "./types.js";

/** Ids that a thread is searched by: its beginning, the mail itself and those it answers. */
const MAX_IDS = 8;
/** Mails of a thread that are given; the newest, of a longer one. */
const MAX_MAILS = 500;
/** Pages of what a server finds in a folder: it may find what is none of the thread, without end. */
const MAX_PAGES = 20;

/**
 * The mails of one exchange, by References and In-Reply-To (RFC 5322 §3.6.4), oldest first. The first id of References is the
 * beginning, which every later answer names: one search a folder finds the branches too.
 */
export async function threadOf(
  imap: Pick<ImapMailbox, "search">,
  mail: ImapSummary,
  folders: readonly string[],
  signal: AbortSignal | undefined,
): Promise<MailSummary[]> {
  const self = mailSummary(mail);
  const ids = idsOf(self);
  const found = new Map<string, MailSummary>([[keyOf(self), self]]);
  for (const folder of ids.length === 0 ? [] : new Set(folders)) {
    let looked = 0;
    const pages = imap.search({ folder, pageSize: 100, ...(signal ? { signal } : {}) }, { related: ids });
    for await (const page of pages) {
      for (const summary of page.map(mailSummary)) if (isOf(summary, ids)) found.set(keyOf(summary), summary);
      looked += 1;
      if (found.size >= MAX_MAILS || looked >= MAX_PAGES) break;
    }
  }
  const time = ({ date }: MailSummary): number => date?.getTime() ?? 0;
  return [...found.values()].sort((a, b) => time(a) - time(b) || a.uid - b.uid);
}

function idsOf({ messageId, inReplyTo, references }: MailSummary): string[] {
  const first = references[0];
  const known = [first, messageId, inReplyTo, ...references.slice(1).reverse()];
  const ids = known.filter((id): id is string => id !== undefined && /^[^\s<>"\\]{1,250}$/.test(id));
  return [...new Set(ids)].slice(0, MAX_IDS);
}

/** A server finds parts of words: `1@x` also in `11@x`. */
function isOf({ messageId, inReplyTo, references }: MailSummary, ids: readonly string[]): boolean {
  return [messageId, inReplyTo, ...references].some((id) => id !== undefined && ids.includes(id));
}

/** A mail and its copy in another folder are one; a mail without an id is itself. */
const keyOf = ({ messageId, folder, uid }: MailSummary): string => messageId ?? `${folder}\n${uid}`;
