import { MedimailError } from "../errors.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import { decoded } from "./decode.js";
import { mailSummary } from "./summary.js";
import type { ListOptions, MailboxReader, MailList, MailRef, MailSummary } from "./types.js";

const PAGE = 50;
const MAX_PAGE = 500;
const MAX_ATTACHMENT = 64 * 1024 * 1024;

/** The reader over the sessions of a mailbox; `open` gives them when they are needed. */
export function createMailboxReader(
  open: () => Promise<Pick<ImapMailbox, "folders" | "pages" | "summary" | "part">>,
): MailboxReader {
  async function* pages({ folder = "inbox", pageSize = PAGE, signal }: ListOptions): AsyncGenerator<MailSummary[]> {
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE)
      throw new MedimailError("invalid_argument", `pageSize is a whole number from 1 to ${MAX_PAGE}`, {
        path: "pageSize",
      });
    const imap = await open();
    for await (const page of imap.pages({ folder, pageSize, ...(signal ? { signal } : {}) }))
      yield page.map(mailSummary);
  }

  async function find(ref: MailRef, signal: AbortSignal | undefined): Promise<ImapSummary> {
    if (!Number.isInteger(ref.uid) || ref.uid < 1 || ref.uid > 0xffffffff)
      throw new MedimailError("invalid_argument", "uid is that of a mail: a whole number", { path: "uid" });
    const found = await (await open()).summary(ref.folder ?? "inbox", ref.uid, signal ? { signal } : {});
    if (!found || (ref.uidValidity !== undefined && ref.uidValidity !== found.uidValidity))
      throw new MedimailError("mail_not_found", "the folder has no mail of this UID", {
        hint: "It was moved or deleted, or the folder was made anew: list the folder again.",
      });
    return found;
  }

  return {
    folders: async (options = {}) => (await open()).folders(options),
    list: (options = {}) => listOf(options, pages),
    get: async (ref, { signal } = {}) => mailSummary(await find(ref, signal)),
    async attachment(ref, part, { maxBytes = MAX_ATTACHMENT, signal } = {}) {
      const mail = await find(ref, signal);
      const attachment = mailSummary(mail).attachments.find((candidate) => candidate.part === part);
      const leaf = mail.parts.find((candidate) => candidate.part === part);
      if (!attachment || !leaf)
        throw new MedimailError("mail_not_found", "the mail has no attachment of this number", { path: "part" });
      const pieces = (await open()).part({
        folder: mail.path,
        uid: mail.uid,
        uidValidity: mail.uidValidity,
        part,
        // The encoded form of so many bytes; quoted-printable takes three characters for one.
        maxBytes: maxBytes * 3 + 1024,
        ...(signal ? { signal } : {}),
      });
      return { attachment, content: bounded(decoded(pieces, leaf.encoding), maxBytes) };
    },
  };
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
      throw new MedimailError("mail_invalid", `the attachment is larger than the limit of ${maxBytes} bytes`);
    yield piece;
  }
}
