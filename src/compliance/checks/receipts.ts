import { originalIdOf } from "../judge/incoming.js";
import type { RunRecord } from "../judge/run.js";
import { mailboxes } from "../mail/fields.js";
import { isKo } from "../mail/kinds.js";
import { reportOf } from "../mail/report.js";
import type { SentMail } from "../mail/sent-mail.js";
import { field, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";
import { wrongMdn } from "./mdn-form.js";
import { hasFiles, otherRecipient, withoutFiles } from "./mdn-original.js";

/** The mail that a receipt speaks of: one that came in, or one that another box of the same client sent. */
function originalOf(mail: SentMail, run: RunRecord) {
  const id = originalIdOf(mail);
  if (id === undefined) return undefined;
  return run.delivered.find(({ messageId }) => messageId === id) ?? run.sentById.get(id)?.[0];
}

/** Codes of an integration that failed: those of MSSanté and of HL7. */
const CODES = /^(?:90[0-6]|0|10[0-3]|19[89]|20[0-37])$/;
const KO_SUBJECT = /^\[KO Intégration système !\]\s*\[(\d{1,3})\]\s*\S/;

/** Every code of `902^label`, or of a segment ERR (`207^…|E|902^…`). */
const codesOf = (chain: string): string[] =>
  chain.split("|").flatMap((part) => /^\s*(\d{1,3})\s*(?:\^|$)/.exec(part)?.[1] ?? []);

/**
 * Both forms are right: `processed/Error: code^label` is that of the guide in force (1.1.2 of February 2025), `processed/error` with a field `Error`
 * that of RFC 8098 and of the change that ANS proposes (1.1.3, a draft).
 */
const NEGATIVE = /;\s*processed\s*\/\s*error\s*(?::\s*(\S.*))?$/i;

/** Where documents were filed, the subject is theirs (in-mdn, the guide's success `automatic-action/MDN-sent-automatically; processed`). */
function successWithoutSubject(mail: SentMail, subject: string | undefined, report: ReadonlyMap<string, string>) {
  const filed = /automatic-action.*;\s*processed\s*$/i.test(report.get("disposition") ?? "");
  return filed && !isNegative(report) && !isKo(mail) && MARKED.test(subject ?? "") && !MARKED.test(mail.subject ?? "");
}

const MARKED = /^\s*XDM\/1\.0\/DDM/i;

const isNegative = (report: ReadonlyMap<string, string>) =>
  /\/\s*(?:error|failure)/i.test(report.get("disposition") ?? "") || report.has("error");

/** Receipts of reading and integration that the client gives. */
export const receipts: readonly Check[] = [
  {
    id: "mdn-structure",
    rows: ["in-mdn"],
    scope: "mail",
    shows: both(
      "MDN en trois parties, original entier, champs requis",
      "MDN of three parts, whole original, required fields",
    ),
    look({ mail, run }, tell) {
      if (mail.kind !== "mdn") return;
      const where = whereOf(mail);
      const report = reportOf(mail);
      const wrong = wrongMdn(mail, report);
      const original = originalOf(mail, run);
      const asked = original?.receiptTo?.toLowerCase();
      const from = mailboxes(field(mail, "from")?.flat ?? "")[0]?.address.toLowerCase();
      if (wrong) tell.breach(both(`MDN : ${wrong.fr}.`, `MDN: ${wrong.en}.`), where);
      else if (!original && run.delivered.length > 0)
        tell.breach(
          both(
            "Original-Message-ID n'est celui d'aucun courriel reçu.",
            "Original-Message-ID is that of no mail received.",
          ),
          where,
        );
      else if (asked !== undefined && !mail.observation.to.some((to) => to.toLowerCase() === asked))
        tell.breach(
          both(
            "Le MDN ne va pas à l'adresse de Disposition-Notification-To.",
            "The MDN does not go to the address of Disposition-Notification-To.",
          ),
          whereOf(mail, "To"),
        );
      else if (original && "mailbox" in original && from !== original.mailbox)
        tell.breach(
          both("From n'est pas la boîte qui a reçu l'original.", "From is not the box that got the original."),
          whereOf(mail, "From"),
        );
      else if (original && report && otherRecipient(report, original, from))
        tell.breach(
          both(
            "Final-Recipient n'est pas la boîte qui a reçu l'original.",
            "Final-Recipient is not the box that got the original.",
          ),
          where,
        );
      else if (withoutFiles(mail, original))
        tell.breach(
          both(
            "L'original joint n'a plus ses pièces jointes : il n'est pas entier.",
            "The original that is joined has lost its attachments: it is not whole.",
          ),
          where,
        );
      else if (original && report && successWithoutSubject(mail, original.subject, report))
        tell.breach(
          both(
            "L'objet du MDN n'est pas celui des documents intégrés (XDM/1.0/DDM+…).",
            "The subject of the MDN is not that of the documents filed (XDM/1.0/DDM+…).",
          ),
          whereOf(mail, "Subject"),
        );
      else tell.ok(where);
    },
  },
  {
    id: "mdn-negative",
    rows: ["in-mdn-ko"],
    scope: "mail",
    shows: both(
      "MDN négatif : processed/error et code^libellé, objet [KO Intégration système !][code]",
      "Negative MDN: processed/error and code^label, subject [KO Intégration système !][code]",
    ),
    look({ mail }, tell) {
      const report = mail.kind === "mdn" ? reportOf(mail) : undefined;
      if (!report || !(isNegative(report) || isKo(mail))) return;
      const where = whereOf(mail, "Disposition");
      const form = NEGATIVE.exec(report.get("disposition") ?? "");
      const told = [report.get("error"), form?.[1]].filter((chain) => chain !== undefined).map(codesOf);
      const subject = KO_SUBJECT.exec(mail.subject ?? "")?.[1];
      if (!form)
        tell.breach(
          both("Disposition n'est pas « …; processed/error ».", "Disposition is not “…; processed/error”."),
          where,
        );
      else if (told.length === 0 || !told.every((codes) => codes.some((code) => CODES.test(code))))
        tell.breach(
          both(
            "L'erreur n'est pas écrite code^libellé (900 à 906), dans le champ Error ou après processed/Error:.",
            "The error is not told as code^label (900 to 906), in the field Error or behind processed/Error:.",
          ),
          whereOf(mail, "Error"),
        );
      else if (subject === undefined)
        tell.breach(
          both(
            "L'objet n'est pas « [KO Intégration système !][code] XDM/1.0/DDM+… ».",
            "The subject is not “[KO Intégration système !][code] XDM/1.0/DDM+…”.",
          ),
          whereOf(mail, "Subject"),
        );
      else if (!told.every((codes) => codes.includes(subject)))
        tell.breach(
          both("Le code de l'objet n'est pas celui de l'erreur.", "The code of the subject is not that of the error."),
          whereOf(mail, "Subject"),
        );
      else tell.ok(where);
    },
  },
  {
    id: "ko-standard",
    rows: ["in-std"],
    scope: "mail",
    shows: both(
      "Courriel d'échec : original en message/rfc822, pièces jointes dedans ou répétées",
      "Failure mail: original in message/rfc822, attachments in it or repeated",
    ),
    look({ mail, run }, tell) {
      if (mail.kind !== "message" || !isKo(mail)) return;
      const where = whereOf(mail);
      const original = mail.parts.find(({ type }) => type === "message/rfc822");
      const parent = originalReplied(mail, run);
      const repeated = mail.attachments.filter((part) => part.type !== "message/rfc822");
      if (!KO_SUBJECT.test(mail.subject ?? ""))
        tell.breach(
          both(
            "L'objet n'est pas « [KO Intégration système !][code] … ».",
            "The subject is not “[KO Intégration système !][code] …”.",
          ),
          whereOf(mail, "Subject"),
        );
      else if (!original)
        tell.breach(
          both("L'original n'est pas joint en message/rfc822.", "The original is not joined as message/rfc822."),
          where,
        );
      else if (
        repeated.length === 0 &&
        !hasFiles(mail, original) &&
        (parent === undefined || ("files" in parent && parent.files.length > 0))
      )
        tell.breach(
          both(
            "Les pièces jointes de l'original ne sont ni dans l'original joint, ni répétées.",
            "The attachments of the original are neither in the original given back nor repeated.",
          ),
          where,
        );
      else if (parent?.receiptTo !== undefined)
        tell.breach(
          both(
            "Un MDN était demandé : l'échec doit être signalé par un MDN.",
            "A MDN was asked: the failure is told by a MDN.",
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "mdn-when-asked",
    rows: ["ECO.3.1.6"],
    scope: "mail",
    shows: both("Accusé envoyé pour un courriel qui le demandait", "Receipt given to a mail that asked for it"),
    look({ mail, run }, tell) {
      if (mail.kind !== "mdn") return;
      const original = originalOf(mail, run);
      if (original?.kind !== "message") return;
      if (original.receiptTo === undefined)
        tell.breach(
          both(
            "Un accusé est envoyé pour un courriel qui n'en demandait pas.",
            "A receipt is given to a mail that asked for none.",
          ),
          whereOf(mail),
        );
      else tell.ok(whereOf(mail));
    },
  },
  {
    id: "mdn-rules",
    rows: ["RFC-8098"],
    scope: "mail",
    shows: both(
      "MDN : chemin de retour nul, jamais en réponse à un rapport, un seul par courriel",
      "MDN: null path, never to a report, one for a mail",
    ),
    look({ mail, run }, tell) {
      if (mail.kind !== "mdn") return;
      const original = originalOf(mail, run);
      const id = originalIdOf(mail);
      const from = mailboxes(field(mail, "from")?.flat ?? "")[0]?.address;
      const before = run.sent.find(
        (sent) =>
          sent.kind === "mdn" && id !== undefined && sent.originalMessageId === id && sameSender(sent.headerFrom, from),
      );
      const where = whereOf(mail);
      if (mail.observation.from !== "")
        tell.breach(
          both(
            "Le chemin de retour du MDN n'est pas nul (MAIL FROM:<>).",
            "The return path of the MDN is not null (MAIL FROM:<>).",
          ),
          where,
        );
      else if (original && original.kind !== "message")
        tell.breach(both("Un MDN répond à un rapport.", "A MDN answers a report."), where);
      else if (original && "returnPath" in original && original.returnPath === "")
        tell.breach(
          both("Un MDN répond à un courriel au chemin de retour nul.", "A MDN answers a mail of null return path."),
          where,
        );
      else if (unasked(mail, original))
        tell.breach(
          both(
            "L'accusé part automatiquement vers une autre adresse que celle de l'expéditeur.",
            "The receipt leaves by itself for another address than the sender's.",
          ),
          where,
        );
      else if (before)
        tell.breach(both("Un second MDN est envoyé pour le même courriel.", "A second MDN for the same mail."), where);
      else if (field(mail, "disposition-notification-to"))
        tell.breach(both("Le MDN demande lui-même un accusé.", "The MDN asks for a receipt itself."), where);
      else tell.ok(where);
    },
  },
];

/** Where the request names another address than the return path, the user is asked first (RFC 8098 §2.1). */
function unasked(mail: SentMail, original: ReturnType<typeof originalOf>): boolean {
  if (!original || !("returnPath" in original) || !original.receiptTo || !original.returnPath) return false;
  const differs = original.receiptTo.toLowerCase() !== original.returnPath.toLowerCase();
  return differs && /automatic-action/i.test(reportOf(mail)?.get("disposition") ?? "");
}

const sameSender = (a: string | undefined, b: string | undefined) => a?.toLowerCase() === b?.toLowerCase();

/** The mail that an ordinary mail answers, by its In-Reply-To, References, or the original that it holds. */
function originalReplied(mail: SentMail, run: RunRecord) {
  const told = `${field(mail, "in-reply-to")?.flat ?? ""} ${field(mail, "references")?.flat ?? ""}`;
  const found = run.delivered.find(({ messageId }) => told.includes(`<${messageId}>`));
  if (found) return found;
  const part = mail.parts.find(({ type }) => type === "message/rfc822");
  if (!part) return undefined;
  const head = Buffer.from(
    mail.raw.buffer,
    mail.raw.byteOffset + part.start,
    Math.min(part.end - part.start, 65_536),
  ).toString("latin1");
  return run.delivered.find(({ messageId }) => head.includes(`<${messageId}>`));
}
