import { isPatientAddress } from "../identity/index.js";
import { field, headerFields, tellsFailure, XDM_MARKER } from "../message/index.js";
import { cutName, plainOf } from "../plain-text.js";
import type { ImapAddress, ImapPart, ImapSummary } from "../transport/imap/index.js";
import type { MailAddress, MailAttachment, MailKind, MailSummary } from "./types.js";

const MAX_TEXT = 2_000;
const MAX_NAME = 80;
const REPORTS = /^message\/(?:global-)?(?:delivery-status|disposition-notification)$/;
const SERVICE = /^(?:postmaster|mailer-daemon|no-?reply|ne-?pas-?repondre)@/i;
/** Vendors write the archive's name in all ways. */
const XDM_NAME = /^IHE_XDM\b.*\.zip$/i;
const ZIP = /^application\/(?:zip|x-zip|x-zip-compressed|octet-stream)$/;

/** A mail as a list shows it. Everything in it is the sender's word, freed of controls and bounded. */
export function mailSummary(mail: ImapSummary): MailSummary {
  const rawSubject = clean(mail.subject);
  const fields = headerFields(mail.header);
  const attachments = attachmentsOf(mail);
  const date = mail.date ?? mail.received;
  const from = mail.from.map(addressOf)[0];
  return {
    uid: mail.uid,
    folder: mail.path,
    uidValidity: mail.uidValidity,
    ...(mail.messageId === undefined ? {} : { messageId: bare(mail.messageId) }),
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: bare(mail.inReplyTo) }),
    references: ((field(fields, "references") ?? "").match(/<[^<>\s]{1,900}>/g) ?? []).slice(-100).map(bare),
    ...(field(fields, "x-mss-mes")?.trim().toUpperCase() === "FIN" ? { fin: true as const } : {}),
    ...(date ? { date } : {}),
    ...(from ? { from } : {}),
    to: mail.to.map(addressOf),
    cc: mail.cc.map(addressOf),
    subject: shownSubject(rawSubject),
    rawSubject,
    flags: mail.flags,
    size: mail.size,
    kind: kindOf(mail, rawSubject, field(fields, "auto-submitted") ?? ""),
    attachments,
    // in-detect: by the archive's name, else by the marker before any archive.
    hasXdm: mail.parts.some(isArchive) || (rawSubject.startsWith(XDM_MARKER) && attachments.some(isZip)),
  };
}

/** Without the marker, which is for programs (ECO.3.1.3). A reply keeps its prefix: `Re: XDM/1.0/DDM+NOM` is `Re: NOM`. */
export function shownSubject(subject: string): string {
  return subject.replace(XDM_MARKER, "").replace(/ {2,}/g, " ").trim();
}

/** Whether a patient or a professional speaks (ECO.3.1.1). */
function kindOf(mail: ImapSummary, subject: string, autoSubmitted: string): MailKind {
  if (mail.mimeType === "multipart/report" || mail.parts.some(({ mimeType }) => REPORTS.test(mimeType)))
    return "receipt";
  if (tellsFailure(subject)) return "receipt";
  const people = [...mail.from, ...mail.to, ...mail.cc];
  if (people.some(({ address }) => address !== undefined && isPatientAddress(address))) return "patient";
  const automatic = autoSubmitted.toLowerCase();
  if (automatic !== "" && !automatic.startsWith("no")) return "service";
  return mail.from.some(({ address }) => SERVICE.test(address ?? "")) ? "service" : "professional";
}

/** What of a mail a person sees as files. */
export function attachmentsOf({ parts }: ImapSummary): MailAttachment[] {
  return parts.filter(isAttachment).map(attachmentOf);
}

/** The bodies that a person reads are no attachments, unless the sender says so. */
function isAttachment({ mimeType, disposition, name }: ImapPart): boolean {
  if (disposition === "attachment" || name !== undefined) return true;
  return !/^text\/(?:plain|html)$/.test(mimeType);
}

function attachmentOf({ part, name, mimeType, encodedSize, encoding }: ImapPart): MailAttachment {
  return { part, name: fileName(name, part), mimeType, size: decodedSize(encodedSize, encoding) };
}

/** In base64 lines of 76 characters and their ends carry 57 bytes. */
function decodedSize(encoded: number, encoding: string): number {
  return encoding === "base64" ? Math.floor((encoded * 57) / 78) : encoded;
}

/** A name that is a name: a program may write it into a folder. A long one keeps its ending. */
function fileName(name: string | undefined, part: string): string {
  const last = clean(name ?? "")
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/[<>:"|?*]/g, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  if (!last) return `part-${part}`;
  return cutName(last, MAX_NAME);
}

const isZip = ({ mimeType, name }: { mimeType: string; name: string }): boolean =>
  ZIP.test(mimeType) && /\.zip$/i.test(name);
const isArchive = ({ name }: ImapPart): boolean => name !== undefined && XDM_NAME.test(clean(name).trim());

function addressOf({ name, address }: ImapAddress): MailAddress {
  return { name: clean(name ?? ""), address: clean(address ?? "") };
}

function clean(text: string): string {
  return plainOf(text.slice(0, MAX_TEXT));
}

function bare(id: string): string {
  return clean(id.trim().replace(/^<|>$/g, ""));
}
