import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import type { CachedImap, MailboxCache } from "./cache.js";
import { decoded } from "./decode.js";
import { foundInDocuments } from "./document-search.js";
import { findMail } from "./find.js";
import { receivedPieces } from "./part-bytes.js";
import { attachmentsOf, mailSummary } from "./summary.js";
import { threadOf } from "./thread.js";
import type { ListOptions, MailboxReader, MailList, MailRef, MailSearch, MailSummary, SearchOptions } from "./types.js";
import { watchMailbox } from "./watch.js";

const PAGE = 50;
const MAX_PAGE = 500;
const MAX_ATTACHMENT = 64 * 1024 * 1024;

/** The reader over the sessions of a mailbox; `open` gives them when they are needed. */
export function createMailboxReader(
  open: () => Promise<Pick<ImapMailbox, "folders" | "pages" | "search" | "summary" | "part" | "watch"> & CachedImap>,
  cache?: MailboxCache,
): MailboxReader {
  async function* pages({ folder = "inbox", signal, ...options }: ListOptions): AsyncGenerator<MailSummary[]> {
    const asked = { folder, pageSize: pageSizeOf(options), ...(signal ? { signal } : {}) };
    const imap = await open();
    for await (const page of cache ? cache.pages(imap, asked) : imap.pages(asked)) yield page.map(mailSummary);
  }

  async function* found(query: MailSearch, options: SearchOptions): AsyncGenerator<MailSummary[]> {
    const { folder = "inbox", allFolders = false, signal } = options;
    const asked = { pageSize: pageSizeOf(options), ...(signal ? { signal } : {}) };
    const { patient, ins, documentType, ...checked } = searchOf(query);
    const imap = await open();
    const folders = allFolders ? await searchable(imap, signal) : [folder];
    if (patient !== undefined || ins !== undefined || documentType !== undefined) {
      const wanted = defined({ patient, ins, documentType });
      yield* foundInDocuments({ imap, cache, wanted, checked, folders, pageSize: asked.pageSize, signal });
      return;
    }
    for (const one of folders) {
      for await (const page of imap.search({ ...asked, folder: one }, checked)) yield page.map(mailSummary);
    }
  }

  async function find(ref: MailRef, signal: AbortSignal | undefined): Promise<ImapSummary> {
    return findMail(await open(), ref, signal);
  }

  return {
    folders: async (options = {}) => (await open()).folders(options),
    list: (options = {}) => listOf(options, pages),
    search: (query, options = {}) => listOf(options, (asked) => found(query, { ...options, ...asked })),
    watch: (folders, options = {}) => watchMailbox(open, folders, options),
    async thread(ref, { folders, signal } = {}) {
      const mail = await find(ref, signal);
      const imap = await open();
      const known = folders ?? (await conversation(imap, mail.path, signal));
      return await threadOf(imap, mail, known, signal);
    },
    get: async (ref, { signal } = {}) => mailSummary(await find(ref, signal)),
    async attachment(ref, part, { maxBytes = MAX_ATTACHMENT, signal } = {}) {
      const mail = await find(ref, signal);
      const attachment = attachmentsOf(mail).find((candidate) => candidate.part === part);
      const leaf = mail.parts.find((candidate) => candidate.part === part);
      if (!attachment || !leaf)
        throw new MedimailError("mail_not_found", "the mail has no attachment of this number", { path: "part" });
      // The encoded form of so many bytes; quoted-printable takes three characters for one.
      const pieces = receivedPieces(await open(), mail, part, maxBytes * 3 + 1024, signal);
      return { attachment, content: bounded(decoded(pieces, leaf.encoding), maxBytes) };
    },
  };
}

type Imap = Pick<ImapMailbox, "folders">;

async function conversation(imap: Imap, path: string, signal: AbortSignal | undefined): Promise<string[]> {
  const folders = await imap.folders(signal ? { signal } : {});
  const both = folders.filter(({ role, selectable }) => selectable && (role === "inbox" || role === "sent"));
  return [...new Set([path, ...both.map((folder) => folder.path)])];
}

async function searchable(imap: Imap, signal: AbortSignal | undefined): Promise<string[]> {
  const folders = await imap.folders(signal ? { signal } : {});
  return folders.filter(({ selectable, role }) => selectable && role !== "all").map(({ path }) => path);
}

function pageSizeOf({ pageSize = PAGE }: ListOptions): number {
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= MAX_PAGE) return pageSize;
  throw new MedimailError("invalid_argument", `pageSize is a whole number from 1 to ${MAX_PAGE}`, { path: "pageSize" });
}

const MAX_QUERY = 500;

/** What goes into a command is a line of bounded length; anything else is refused by its name. */
function searchOf(query: MailSearch): MailSearch {
  for (const key of ["text", "subject", "from", "to", "messageId", "patient", "ins", "documentType"] as const) {
    const value = query[key];
    if (value !== undefined && (value === "" || value.length > MAX_QUERY || /[\u0000-\u001f\u007f]/.test(value)))
      throw new MedimailError("invalid_argument", `${key} is a line of 1 to ${MAX_QUERY} characters`, { path: key });
  }
  for (const key of ["largerThan", "smallerThan"] as const) {
    const value = query[key];
    if (value !== undefined && (!Number.isInteger(value) || value < 0 || value > 0xffffffff))
      throw new MedimailError("invalid_argument", `${key} is a whole number of bytes`, { path: key });
  }
  for (const key of ["since", "before"] as const) {
    if (query[key] !== undefined && Number.isNaN(query[key].getTime()))
      throw new MedimailError("invalid_argument", `${key} is a date`, { path: key });
  }
  return query;
}

function listOf(options: ListOptions, pages: (options: ListOptions) => AsyncGenerator<MailSummary[]>): MailList {
  async function* mails(): AsyncGenerator<MailSummary> {
    for await (const page of pages(options)) yield* page;
  }
  return {
    pages: () => pages(options),
    [Symbol.asyncIterator]: mails,
    async toArray({ limit }) {
      const found: MailSummary[] = [];
      if (limit <= 0) return found;
      const pageSize = options.pageSize ?? Math.min(limit, PAGE);
      for await (const page of pages({ ...options, pageSize })) {
        found.push(...page.slice(0, limit - found.length));
        if (found.length >= limit) break;
      }
      return found;
    },
  };
}

async function* bounded(content: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of content) {
    total += piece.byteLength;
    if (total > maxBytes)
      throw new MedimailError("mail_invalid", `the attachment is larger than the limit of ${maxBytes} bytes`, {
        hint: "Raise maxBytes where such attachments are expected.",
      });
    yield piece;
  }
}
