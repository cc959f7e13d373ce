import { mailboxes } from "../mail/fields.js";
import { isKo } from "../mail/kinds.js";
import type { Part } from "../mail/parts.js";
import type { SentMail } from "../mail/sent-mail.js";
import { fields, whereOf } from "../mail/sent-mail.js";
import type { Both } from "../types.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** Fields that stand once at most (RFC 5322 §3.6). */
const ONCE = [
  "date",
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "message-id",
  "in-reply-to",
  "references",
  "subject",
];
const DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s*,\s*)?\d{1,2}\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|GMT|UT|Z)(?:\s*\([^()]*\))?$/i;

function wrongHeader(mail: SentMail): { what: Both; field: string } | undefined {
  const { header } = mail.root;
  for (const name of ["date", "from"]) {
    if (fields(mail, name).length === 0) return { what: both(`${name} est absent`, `${name} is absent`), field: name };
  }
  for (const name of ONCE) {
    const count = fields(mail, name).length;
    if (count > 1)
      return { what: both(`${name} est présent ${count} fois`, `${name} is present ${count} times`), field: name };
  }
  if (fields(mail, "message-id").length === 0)
    return { what: both("Message-ID est absent", "Message-ID is absent"), field: "Message-ID" };
  if (mailboxes(fields(mail, "from")[0]?.flat ?? "").length > 1 && fields(mail, "sender").length === 0)
    return {
      what: both(
        "From nomme plusieurs boîtes sans que Sender dise laquelle envoie",
        "From names several boxes and no Sender says which of them sends",
      ),
      field: "From",
    };
  const date = fields(mail, "date")[0]?.flat ?? "";
  if (!DATE.test(date) || Number.isNaN(Date.parse(date.replace(/\([^()]*\)/g, ""))))
    return {
      what: both("la date n'a pas la forme de la RFC 5322", "the date has not the form of RFC 5322"),
      field: "Date",
    };
  const [stray] = header.stray;
  if (stray !== undefined)
    return {
      what: both(`la ligne ${stray} de l'en-tête n'est pas un champ`, `line ${stray} of the header is no field`),
      field: "",
    };
  for (const one of header.fields) {
    const long = one.raw.split("\r\n").some((line, at) => line.length + (at === 0 ? one.name.length + 1 : 0) > 998);
    if (long)
      return {
        what: both("une ligne dépasse 998 caractères", "a line is longer than 998 characters"),
        field: one.name,
      };
  }
  return undefined;
}

/** Longest line of a mail, and whether an end of line is not CRLF: bytes as the server got them. */
export function lines(raw: Uint8Array): { longest: number; bare: boolean } {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  let [longest, bare, start] = [0, false, 0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, start)) {
    const crlf = at > start && bytes[at - 1] === 0x0d;
    if (!crlf) bare = true;
    longest = Math.max(longest, at - start - (crlf ? 1 : 0));
    start = at + 1;
  }
  return { longest: Math.max(longest, bytes.length - start), bare };
}

const ENCODINGS = new Set(["7bit", "8bit", "binary", "base64", "quoted-printable"]);

/** What is wrong with one part; its text is the attachment's own affair. */
function wrongPart(mail: SentMail, part: Part): Both | undefined {
  if (part.broken === "no-boundary") return both("multipart sans boundary", "multipart without boundary");
  if (part.broken === "never-opened")
    return both("le séparateur (boundary) n'apparaît jamais", "the boundary never comes");
  if (part.broken === "never-closed") return both("le séparateur final manque", "the last boundary is missing");
  const encoding = part.encoding;
  if (!ENCODINGS.has(encoding)) return both("Content-Transfer-Encoding inconnu", "unknown Content-Transfer-Encoding");
  if (
    (part.children.length > 0 || part.type.startsWith("message/")) &&
    (encoding === "base64" || encoding === "quoted-printable")
  )
    return part.type === "message/rfc822" || part.children.length > 0
      ? both(`${part.type} ne peut pas être en ${encoding}`, `${part.type} cannot be in ${encoding}`)
      : undefined;
  if (part.children.length > 0) return undefined;
  const bytes = Buffer.from(mail.raw.buffer, mail.raw.byteOffset + part.start, part.end - part.start);
  if (encoding === "base64") {
    if (lines(bytes).longest > 76)
      return both("une ligne de base64 dépasse 76 caractères", "a line of base64 is longer than 76 characters");
    if (/[^A-Za-z0-9+/=\r\n \t]/.test(bytes.toString("latin1")))
      return both("le base64 contient des caractères étrangers", "the base64 holds something else");
  }
  if (encoding === "quoted-printable" && lines(bytes).longest > 76)
    return both(
      "une ligne de quoted-printable dépasse 76 caractères",
      "a line of quoted-printable is longer than 76 characters",
    );
  if (encoding === "7bit" && bytes.some((byte) => byte > 127))
    return both("le contenu déclaré 7bit a des octets au-delà de 127", "the content declared 7bit has bytes above 127");
  return undefined;
}

/** The form of a mail, by its bytes. */
export const form: readonly Check[] = [
  {
    id: "header-form",
    rows: ["RFC-5322"],
    scope: "mail",
    shows: both(
      "En-tête conforme : Date, From, Message-ID une seule fois, lignes de 998 caractères au plus",
      "Header well formed: Date, From, Message-ID once, lines of 998 at most",
    ),
    look({ mail }, tell) {
      const wrong = wrongHeader(mail);
      if (wrong)
        tell.breach(
          both(`En-tête : ${wrong.what.fr}.`, `Header: ${wrong.what.en}.`),
          whereOf(mail, wrong.field || undefined),
        );
      else tell.ok(whereOf(mail));
    },
  },
  {
    id: "ascii-header",
    rows: ["RFC-2047-2231"],
    scope: "mail",
    shows: both("En-têtes en ASCII, mots encodés", "ASCII headers, encoded words"),
    look({ mail }, tell) {
      for (const part of mail.parts) {
        const wrong = part.header.fields.find(({ raw }) => /[\x80-\xff]/.test(raw));
        const word = part.header.fields
          .flatMap(({ name, raw }) =>
            (raw.match(/=\?[^?\s]*\?[^?\s]*\?[^?\s]*\?=/g) ?? []).map((text) => ({ name, text })),
          )
          .find(({ text }) => text.length > 75 || !/^=\?[A-Za-z0-9_:.+-]+(?:\*[A-Za-z-]+)?\?[bqBQ]\?/.test(text));
        const named = part.filenameForm === "encoded-word" || part.filenameForm === "eight-bit";
        if (wrong) {
          tell.breach(
            both(
              "L'en-tête contient des octets hors ASCII, non encodés.",
              "The header has bytes outside of ASCII, not encoded.",
            ),
            whereOf(mail, wrong.name),
          );
          return;
        }
        if (word) {
          tell.breach(
            both(
              "Un mot encodé est mal formé ou dépasse 75 caractères.",
              "An encoded word is ill formed or longer than 75 characters.",
            ),
            whereOf(mail, word.name),
          );
          return;
        }
        if (named) {
          tell.breach(
            both(
              "Le nom d'un fichier est écrit en mot encodé ; attendu : filename* (RFC 2231).",
              "A file's name is an encoded word; expected: filename* (RFC 2231).",
            ),
            whereOf(mail, `partie ${part.path}`),
          );
          return;
        }
      }
      tell.ok(whereOf(mail));
    },
  },
  {
    id: "mime-form",
    rows: ["RFC-2045-2049"],
    scope: "mail",
    shows: both("MIME bien formé", "MIME well formed"),
    look({ mail }, tell) {
      const version = fields(mail, "mime-version");
      if (version.length !== 1 || version[0]?.flat.replace(/\([^()]*\)/g, "").trim() !== "1.0") {
        tell.breach(
          both("MIME-Version: 1.0 n'est pas présent une seule fois.", "MIME-Version: 1.0 is not present once."),
          whereOf(mail, "MIME-Version"),
        );
        return;
      }
      for (const part of mail.parts) {
        const wrong = wrongPart(mail, part);
        if (!wrong) continue;
        tell.breach(both(`MIME : ${wrong.fr}.`, `MIME: ${wrong.en}.`), whereOf(mail, `partie ${part.path}`));
        return;
      }
      const loose = mail.attachments.find(
        (part) => part.disposition !== "attachment" && part.type !== "message/rfc822" && part.disposition !== "inline",
      );
      if (loose && mail.kind === "message")
        tell.breach(
          both(
            "Un fichier joint n'a pas Content-Disposition: attachment.",
            "A joined file has no Content-Disposition: attachment.",
          ),
          whereOf(mail, `partie ${loose.path}`),
        );
      else tell.ok(whereOf(mail));
    },
  },
  {
    id: "line-form",
    rows: ["RFC-5321"],
    scope: "mail",
    shows: both("Lignes terminées par CRLF, de 998 octets au plus", "Lines that end by CRLF, of 998 bytes at most"),
    look({ mail }, tell) {
      const { longest, bare } = lines(mail.raw);
      if (bare)
        tell.breach(both("Une ligne se termine par LF sans CR.", "A line ends by LF without CR."), whereOf(mail));
      else if (longest > 998)
        tell.breach(
          both(
            `Une ligne fait ${longest} octets ; attendu : 998 au plus.`,
            `A line has ${longest} bytes; expected: 998 at most.`,
          ),
          whereOf(mail),
        );
      else tell.ok(whereOf(mail));
    },
  },
  {
    id: "return-path",
    rows: ["RFC-5321"],
    scope: "mail",
    guard: true,
    shows: both("Chemin de retour renseigné, hors rapports", "A return path, but for reports"),
    look({ mail }, tell) {
      // A failure that is told (in-std) is a notification too, to which no report shall come.
      if (mail.kind !== "message" || isKo(mail)) return;
      if (mail.observation.from !== "") tell.ok(whereOf(mail, "MAIL FROM"));
      else
        tell.breach(
          both(
            "Le courriel part avec un chemin de retour nul (MAIL FROM:<>), réservé aux rapports : aucun avis d'échec ne peut revenir.",
            "The mail leaves with a null return path (MAIL FROM:<>), which is for reports: no notice of failure can come back.",
          ),
          whereOf(mail, "MAIL FROM"),
        );
    },
  },
];
