import { isKo } from "../mail/kinds.js";
import type { Part } from "../mail/parts.js";
import type { SentMail } from "../mail/sent-mail.js";
import { fields, whereOf } from "../mail/sent-mail.js";
import type { Both } from "../types.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** US-ASCII is a part of UTF-8, and the default of RFC 2045: what many libraries write for a text without accents. */
const UTF8 = new Set(["utf-8", "utf8", "us-ascii", ""]);

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with the place of the text; undefined where all is well. */
function wrongBody(mail: SentMail): Both | undefined {
  const files = mail.attachments.length > 0;
  let body: Part = mail.root;
  if (mail.root.type === "multipart/mixed") {
    const first = mail.root.children.find((child) => !mail.attachments.includes(child));
    if (!first) return both("le courriel n'a pas de texte", "the mail has no text");
    body = first;
  } else if (files && mail.root.children.length > 0 && !mail.root.type.startsWith("multipart/signed"))
    return both(
      `les pièces jointes sont dans ${mail.root.type.slice(0, 60)} ; attendu : multipart/mixed`,
      `the attachments are in ${mail.root.type.slice(0, 60)}; expected: multipart/mixed`,
    );
  else if (files && mail.root.children.length === 0)
    return both("le courriel ne contient qu'un fichier, sans texte", "the mail is a file and no text");
  if (body.type === "text/plain") return undefined;
  if (body.type === "multipart/related" && body.children[0]?.type === "multipart/alternative") body = body.children[0];
  if (body.type === "multipart/alternative") {
    if (body.children.some(({ type }) => type === "text/plain")) return undefined;
    return both("multipart/alternative sans text/plain", "multipart/alternative without text/plain");
  }
  return both(
    `le corps est ${body.type.slice(0, 60)} ; attendu : text/plain ou multipart/alternative`,
    `the body is ${body.type.slice(0, 60)}; expected: text/plain or multipart/alternative`,
  );
}

/** The text of a mail. */
export const body: readonly Check[] = [
  {
    id: "text-utf8",
    rows: ["ECO.2.2.3"],
    scope: "mail",
    shows: both("Textes en UTF-8", "Texts in UTF-8"),
    look({ mail }, tell) {
      for (const { part, charset, bytes } of mail.texts) {
        const where = whereOf(mail, part.path === "0" ? "Content-Type" : `partie ${part.path}`);
        if (!UTF8.has(charset))
          tell.breach(
            both(
              `Le texte est déclaré ${charset.slice(0, 40)} ; attendu : utf-8.`,
              `The text is declared ${charset.slice(0, 40)}; expected: utf-8.`,
            ),
            where,
          );
        else if (!isUtf8(bytes))
          tell.breach(
            both(
              "Le texte est déclaré en UTF-8, mais ses octets n'en sont pas.",
              "The text is declared UTF-8 but its bytes are not.",
            ),
            where,
          );
        else if (!charset.startsWith("utf") && bytes.some((byte) => byte > 127))
          tell.breach(
            both(
              "Le texte contient des accents et n'est pas déclaré en UTF-8.",
              "The text has accents and does not say UTF-8.",
            ),
            where,
          );
        else tell.ok(where);
      }
    },
  },
  {
    id: "body-structure",
    rows: ["ECO.2.2.4"],
    scope: "mail",
    shows: both(
      "Corps text/plain ou multipart/alternative, fichiers dans multipart/mixed",
      "Body text/plain or multipart/alternative, files in multipart/mixed",
    ),
    look({ mail }, tell) {
      if (mail.kind !== "message" || isKo(mail)) return;
      const where = whereOf(mail, "Content-Type");
      const wrong = wrongBody(mail);
      if (wrong) tell.breach(both(`Structure : ${wrong.fr}.`, `Structure: ${wrong.en}.`), where);
      else tell.ok(where);
    },
  },
  {
    id: "fin-header",
    rows: ["ECO.2.2.8"],
    scope: "mail",
    shows: both("X-MSS-MES: FIN, vers un usager", "X-MSS-MES: FIN, to a patient"),
    look({ mail }, tell) {
      const found = fields(mail, "x-mss-mes");
      if (found.length === 0) return;
      const where = whereOf(mail, "X-MSS-MES");
      const value = found[0]?.flat ?? "";
      if (found.length > 1 || value !== "FIN")
        tell.breach(
          both(
            `X-MSS-MES vaut « ${value.slice(0, 60)} » ; attendu : FIN.`,
            `X-MSS-MES is "${value.slice(0, 60)}"; expected: FIN.`,
          ),
          where,
        );
      else if (mail.toPatients.length === 0)
        tell.breach(
          both("X-MSS-MES: FIN est envoyé à un professionnel.", "X-MSS-MES: FIN goes to a professional."),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "fin-of-exchange",
    rows: ["mes-fin"],
    scope: "mail",
    shows: both(
      "Fin d'échange par X-MSS-MES: FIN ou objet [FIN]",
      "End of the exchange by X-MSS-MES: FIN or the subject [FIN]",
    ),
    look({ mail }, tell) {
      if (mail.toPatients.length === 0) return;
      const subject = mail.subject?.trim() ?? "";
      const where = whereOf(mail, "Subject");
      if (fields(mail, "x-mss-mes")[0]?.flat === "FIN" || subject === "[FIN]") tell.ok(where);
      else if (/^\[?\s*fin\s*\]?$/i.test(subject))
        tell.breach(
          both(
            "L'objet de fin d'échange n'est pas exactement [FIN].",
            "The subject that ends the exchange is not exactly [FIN].",
          ),
          where,
        );
    },
  },
  {
    id: "patient-25mb",
    rows: ["mes-25mb"],
    scope: "mail",
    shows: both("Courriel à un usager de 25 Mo au plus", "Mail to a patient of 25 MB at most"),
    look({ mail }, tell) {
      if (mail.toPatients.length === 0) return;
      const { size } = mail.observation;
      if (size > 25_000_000)
        tell.breach(
          both(
            `Le courriel à un usager fait ${size} octets ; attendu : 25 000 000 au plus.`,
            `The mail to a patient has ${size} bytes; expected: 25,000,000 at most.`,
          ),
          whereOf(mail),
        );
      else tell.ok(whereOf(mail));
    },
  },
];
