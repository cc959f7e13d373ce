import { isPatientAddress } from "../identity/index.js";
import { XDM_MARKER } from "../message/index.js";
import type { ImapAddress, ImapPart, ImapSummary } from "../transport/imap/index.js";
import type { MailAddress, MailAttachment, MailKind, MailSummary } from "./types.js";

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
const MAX_TEXT = 2_000;
const MAX_NAME = 80;
const REPORTS = /^message\/(?:global-)?(?:delivery-status|disposition-notification)$/;
const SERVICE = /^(?:postmaster|mailer-daemon|no-?reply|ne-?pas-?repondre)@/i;
const KO = /^\s*\[KO Int[ée]gration syst[èe]me ?!?\]/iu;
/** Vendors write the archive's name in all ways. */
const XDM_NAME = /^IHE_XDM\b.*\.zip$/i;
const ZIP = /^application\/(?:zip|x-zip|x-zip-compressed|octet-stream)$/;

/** A mail as a list shows it. Everything in it is the sender's word, freed of controls and bounded. */
export function mailSummary(mail: ImapSummary): MailSummary {
  const rawSubject = clean(mail.subject);
  const attachments = mail.parts.filter(isAttachment).map(attachmentOf);
  const date = mail.date ?? mail.received;
  const from = mail.from.map(addressOf)[0];
  return {
    uid: mail.uid,
    folder: mail.path,
    uidValidity: mail.uidValidity,
    ...(mail.messageId === undefined ? {} : { messageId: bare(mail.messageId) }),
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: bare(mail.inReplyTo) }),
    references: (field(mail, "references").match(/<[^<>\s]{1,900}>/g) ?? []).slice(-100).map(bare),
    ...(date ? { date } : {}),
    ...(from ? { from } : {}),
    to: mail.to.map(addressOf),
    cc: mail.cc.map(addressOf),
    subject: shownSubject(rawSubject),
    rawSubject,
    flags: mail.flags,
    size: mail.size,
    kind: kindOf(mail, rawSubject),
    attachments,
    hasXdm: mail.parts.some(isArchive) || (rawSubject.startsWith(XDM_MARKER) && attachments.some(isZip)),
  };
}

/** Without the marker, which is for programs (ECO.3.1.3). A reply keeps its prefix: `Re: XDM/1.0/DDM+NOM` is `Re: NOM`. */
export function shownSubject(subject: string): string {
  return subject.replace(XDM_MARKER, "").replace(/ {2,}/g, " ").trim();
}

/** Whether a patient or a professional speaks (ECO.3.1.1). */
function kindOf(mail: ImapSummary, subject: string): MailKind {
  if (mail.mimeType === "multipart/report" || mail.parts.some(({ mimeType }) => REPORTS.test(mimeType)))
    return "receipt";
  if (KO.test(subject)) return "receipt";
  const people = [...mail.from, ...mail.to, ...mail.cc];
  if (people.some(({ address }) => address !== undefined && isPatientAddress(address))) return "patient";
  const automatic = field(mail, "auto-submitted").toLowerCase();
  if (automatic !== "" && !automatic.startsWith("no")) return "service";
  return mail.from.some(({ address }) => SERVICE.test(address ?? "")) ? "service" : "professional";
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
  if (last.length <= MAX_NAME) return last;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(last)?.[0] ?? "";
  return last.slice(0, MAX_NAME - ending.length) + ending;
}

const isZip = ({ mimeType, name }: { mimeType: string; name: string }): boolean =>
  ZIP.test(mimeType) && /\.zip$/i.test(name);
const isArchive = ({ name }: ImapPart): boolean => name !== undefined && XDM_NAME.test(clean(name).trim());

function addressOf({ name, address }: ImapAddress): MailAddress {
  return { name: clean(name ?? ""), address: clean(address ?? "") };
}

function clean(text: string): string {
  return text.slice(0, MAX_TEXT).replace(CONTROLS, "");
}

function bare(id: string): string {
  return clean(id.trim().replace(/^<|>$/g, ""));
}

function field({ header }: ImapSummary, name: string): string {
  const text = header.toString("latin1", 0, Math.min(header.length, 64 * 1024)).replace(/\r?\n[ \t]+/g, " ");
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return "";
}
