import { addressParser } from "postal-mime";
import { type AnsweredMail, field, headerFields, type Person } from "../message/index.js";
import { plainOf } from "../plain-text.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import { bodyOf } from "./body.js";
import { findMail } from "./find.js";
import { receivedPieces } from "./part-bytes.js";
import { mailSummary } from "./summary.js";
import type { MailRef, MailSummary } from "./types.js";

type Imap = Pick<ImapMailbox, "summary" | "part">;

const MAX_TEXT = 1024 * 1024;

/** A mail of the mailbox that is about to be answered, forwarded or acknowledged. */
export interface Found {
  found: ImapSummary;
  mail: MailSummary;
  header: Buffer;
  fields: readonly (readonly [string, string])[];
}

/** @throws `mail_not_found` */
export async function foundMail(imap: Imap, ref: MailRef, signal: AbortSignal | undefined): Promise<Found> {
  const found = await findMail(imap, ref, signal);
  const header = await beginning(imap, found, signal);
  return { found, mail: mailSummary(found), header, fields: headerFields(header) };
}

/** The first piece of the mail (1 MB at most): its header is in it. */
async function beginning(imap: Imap, found: ImapSummary, signal: AbortSignal | undefined): Promise<Buffer> {
  for await (const piece of receivedPieces(imap, found, undefined, found.size + MAX_TEXT, signal)) return piece;
  return Buffer.alloc(0);
}

/** What an answer is made of. The text is what a person reads of the mail, made of its HTML where it has no other. */
export async function answeredMail(
  imap: Imap,
  { found, mail, header, fields }: Found,
  quote: boolean,
  signal: AbortSignal | undefined,
): Promise<AnsweredMail> {
  const text = quote ? (await bodyOf(imap, found, signal ? { signal } : {})).text : undefined;
  return {
    header,
    subject: mail.rawSubject,
    ...(mail.from ? { from: mail.from } : {}),
    replyTo: peopleOf(field(fields, "reply-to")),
    to: mail.to,
    cc: mail.cc,
    ...(mail.date ? { date: mail.date } : {}),
    ...(text === undefined ? {} : { text }),
  };
}

/** Addresses of a field, freed of controls. */
export function peopleOf(value: string | undefined): Person[] {
  if (value === undefined) return [];
  return addressParser(value.slice(0, 10_000), { flatten: true })
    .map(({ name, address }) => ({ name: plainOf(name ?? "").slice(0, 200), address: plainOf(address ?? "") }))
    .filter(({ address }) => address !== "");
}
