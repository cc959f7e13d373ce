import { idsOf } from "../judge/incoming.js";
import { isForwarded, isKo } from "../mail/kinds.js";
import { loosely } from "../mail/naming.js";
import { field, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

const PREFIX = /^\s*(?:(?:re|r[ée]f?|r[ée]p|aw|sv)\s?(?:\[\d+\])?\s?:\s*)+/i;
const bare = (subject: string) =>
  loosely(
    subject
      .replace(PREFIX, "")
      .replace(/^XDM\/1\.0\/DDM\+?/i, "")
      .replace(PREFIX, ""),
  );

/** Answers to mails that came in. */
export const replies: readonly Check[] = [
  {
    id: "reply-chain",
    rows: ["ECO.2.2.2"],
    scope: "mail",
    shows: both("Réponse chaînée : In-Reply-To et References", "Chained reply: In-Reply-To and References"),
    look({ mail, run }, tell) {
      if (mail.kind !== "message" || isKo(mail) || isForwarded(mail)) return;
      const [parentId] = idsOf(field(mail, "in-reply-to")?.flat);
      const references = idsOf(field(mail, "references")?.flat);
      const subject = mail.subject ?? "";
      const answered = PREFIX.test(subject)
        ? run.delivered.filter(
            ({ subject: other, mailbox }) =>
              mailbox === mail.observation.from.toLowerCase() && bare(other) !== "" && bare(other) === bare(subject),
          )
        : [];
      const hasFields = field(mail, "in-reply-to") !== undefined || field(mail, "references") !== undefined;
      if (answered.length === 0 && !hasFields) return;
      const known = parentId === undefined ? undefined : run.delivered.find(({ messageId }) => messageId === parentId);
      if (parentId === undefined)
        tell.breach(
          both("In-Reply-To est absent de la réponse.", "In-Reply-To is not in the reply."),
          whereOf(mail, "In-Reply-To"),
        );
      else if (answered.length > 0 && !answered.some(({ messageId }) => messageId === parentId))
        tell.breach(
          both(
            "In-Reply-To n'est pas le Message-ID du courriel auquel il est répondu.",
            "In-Reply-To is not the Message-ID of the mail that is answered.",
          ),
          whereOf(mail, "In-Reply-To"),
        );
      else if (!references.includes(parentId))
        tell.breach(
          both(
            "References ne contient pas le courriel auquel il est répondu.",
            "References does not hold the mail that is answered.",
          ),
          whereOf(mail, "References"),
        );
      else if (
        known &&
        known.references.length > 0 &&
        known.references.length < 40 &&
        !known.references.every((id) => references.includes(id))
      )
        tell.breach(
          both(
            "References ne reprend pas celles du courriel auquel il est répondu.",
            "References leaves out those of the mail that is answered.",
          ),
          whereOf(mail, "References"),
        );
      else tell.ok(whereOf(mail, "References"));
    },
  },
  {
    id: "reply-where-asked",
    rows: ["RFC-5322"],
    scope: "mail",
    guard: true,
    shows: both("La réponse va à l'adresse de Reply-To", "The answer goes to the address of Reply-To"),
    look({ mail, run }, tell) {
      if (mail.kind !== "message" || isKo(mail) || isForwarded(mail)) return;
      // Who writes may choose another address, but not where the scenario asks for an answer and nothing else.
      const steps = run.scenarios.get(run.current ?? "")?.steps ?? [];
      if (!steps.some(({ action }) => action === "reply") || steps.some(({ action }) => action === "send")) return;
      const [parentId] = idsOf(field(mail, "in-reply-to")?.flat);
      const replyTo = run.delivered.find(({ messageId }) => messageId === parentId)?.replyTo?.toLowerCase();
      if (replyTo === undefined) return;
      if (mail.observation.to.some((to) => to.toLowerCase() === replyTo)) tell.ok(whereOf(mail, "To"));
      else {
        const shown = replyTo.endsWith("@patient.mssante.fr") ? run.mask.health(replyTo) : replyTo;
        tell.breach(
          both(
            `La réponse ne va pas à l'adresse de Reply-To, ${shown}.`,
            `The answer does not go to the address of Reply-To, ${shown}.`,
          ),
          whereOf(mail, "To"),
        );
      }
    },
  },
  {
    id: "stored-subject",
    rows: ["ECO.3.1.3"],
    scope: "run",
    shows: both("L'objet enregistré conserve XDM/1.0/DDM+", "The stored subject keeps XDM/1.0/DDM+"),
    look(run, tell) {
      for (const copy of run.appended) {
        const id = copy.messageId?.replace(/^<|>$/g, "");
        const original =
          run.delivered.find(({ messageId }) => messageId === id) ?? run.sent.find(({ messageId }) => messageId === id);
        if (!original || !/^XDM\/1\.0\/DDM\+/i.test(original.subject)) continue;
        const where = `${copy.connection}, APPEND ${copy.folder}`;
        if (/XDM\/1\.0\/DDM\+/i.test((copy.subject ?? "").replace(/_/g, " "))) tell.ok(where, copy.at);
        else
          tell.breach(
            both(
              "Le courriel est rangé avec un objet sans XDM/1.0/DDM+ : le préfixe se masque à l'écran, pas dans la boîte.",
              "The mail is filed with a subject without XDM/1.0/DDM+: the prefix is hidden on the screen, not in the box.",
            ),
            where,
            copy.at,
          );
      }
    },
  },
];
