import { plainOf } from "../plain-text.js";
import { XDM_MARKER } from "./naming.js";
import { bareId, field, headerFields } from "./original.js";

export interface Person {
  name: string;
  address: string;
}

/** Of the mail that is answered or forwarded, what its answer is made of. */
export interface AnsweredMail {
  /** Its header block, as it was received. */
  header: Uint8Array;
  /** Decoded, marker included. */
  subject: string;
  from?: Person;
  replyTo: readonly Person[];
  to: readonly Person[];
  cc: readonly Person[];
  date?: Date;
  /** Its text, where it is to be quoted. */
  text?: string;
}

/** Ids that References keeps of a long exchange: its beginning and its end (RFC 5322 §3.6.4). */
const MAX_REFERENCES = 50;
const MAX_SUBJECT = 900;
const MAX_QUOTED = 200_000;

/** The fields that make an answer part of the exchange (ECO.2.2.2). */
export function threadFields(header: Uint8Array): { inReplyTo?: string; references: string[] } {
  const fields = headerFields(header);
  const parent = bareId(field(fields, "message-id"));
  const before = idsOf(field(fields, "references") ?? field(fields, "in-reply-to") ?? "");
  const all = [...new Set([...before, ...(parent === undefined ? [] : [parent])])];
  const kept = all.length <= MAX_REFERENCES ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)];
  return { ...(parent === undefined ? {} : { inReplyTo: parent }), references: kept };
}

function idsOf(value: string): string[] {
  const found = value.slice(0, 60_000).match(/<[^<>\s]{1,900}>/g) ?? [];
  return found.map((id) => bareId(id)).filter((id): id is string => id !== undefined);
}

const PREFIX = /^(?:(?:re|r\u00e9f?|aw|antw|sv|tr|fwd?|wg)\s?(?:\[\d{1,3}\])?\s?:\s*)+/iu;

/**
 * The subject of an answer or of a forwarded mail: one prefix, however often it went back and forth, and no marker of an archive, which
 * an answer has not.
 */
export function answerSubject(subject: string, kind: "reply" | "forward"): string {
  let bare = plainOf(subject.slice(0, MAX_SUBJECT * 2)).trim();
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(PREFIX, "").replace(XDM_MARKER, "").trim();
  }
  return `${kind === "reply" ? "Re:" : "Tr:"} ${bare}`.slice(0, MAX_SUBJECT).trim();
}

/**
 * Who gets an answer: Reply-To, else From (RFC 5322 §3.6.2, ECO.2.2.5); to all, also To and Cc. Each address once, one's own never;
 * a mail of one's own is answered to those that it went to.
 */
export function answerRecipients(mail: AnsweredMail, own: string, all: boolean): { to: Person[]; cc: Person[] } {
  const self = own.toLowerCase();
  const mine = mail.from?.address.toLowerCase() === self;
  const sender = mail.replyTo.length > 0 ? mail.replyTo : mail.from ? [mail.from] : [];
  const taken = new Set([self]);
  const fresh = (people: readonly Person[]): Person[] =>
    people.filter(({ address }) => {
      const key = address.toLowerCase();
      if (address === "" || taken.has(key)) return false;
      taken.add(key);
      return true;
    });
  const to = fresh(mine ? mail.to : sender);
  if (!all) return { to, cc: [] };
  const cc = fresh(mine ? mail.cc : [...mail.to, ...mail.cc]);
  // A mail to oneself alone is answered to whom it is for.
  return to.length === 0 ? { to: cc, cc: [] } : { to, cc };
}

/** The text of an answer with what it answers below, each line marked. */
export function quotedText(text: string, mail: AnsweredMail): string {
  if (mail.text === undefined || mail.text.trim() === "") return text;
  const who = mail.from ? mail.from.name || mail.from.address : "";
  const when = mail.date ? `Le ${dayText(mail.date)}, ` : "";
  const lines = mail.text
    .slice(0, MAX_QUOTED)
    .trimEnd()
    .split(/\r\n?|\n/);
  return `${text.trimEnd()}\n\n${when}${who} a écrit :\n${lines.map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`)).join("\n")}\n`;
}

/** The text of a forwarded mail: a note, and the mail with its head. */
export function forwardedText(note: string, mail: AnsweredMail): string {
  const people = (list: readonly Person[]): string =>
    list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(", ");
  const head = [
    "-------- Message transféré --------",
    ...(mail.from ? [`De : ${people([mail.from])}`] : []),
    ...(mail.date ? [`Date : ${dayText(mail.date)}`] : []),
    ...(mail.to.length > 0 ? [`À : ${people(mail.to)}`] : []),
    ...(mail.cc.length > 0 ? [`Copie : ${people(mail.cc)}`] : []),
    `Objet : ${mail.subject.replace(XDM_MARKER, "")}`,
  ];
  return `${note.trimEnd()}\n\n${head.join("\n")}\n\n${(mail.text ?? "").slice(0, MAX_QUOTED)}`.trimStart();
}

const DAY = new Intl.DateTimeFormat("fr-FR", { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Paris" });
const dayText = (date: Date): string => DAY.format(date).replace(" ", " à ");
