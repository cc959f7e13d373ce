import type { SentMail } from "./sent-mail.js";

/**
 * The mail of a receiver that could not integrate a document and was asked for no receipt (in-std): by its subject, or because it takes the
 * very archive back to whoever sent it. A failure that is told in words of its own is one all the same, and its subject is in-std's to tell.
 */
export const isKo = (mail: SentMail): boolean =>
  mail.returns !== undefined || /^\[(?:KO Int[ée]gration|Erreur d['\u2019]int[ée]gration)/i.test(mail.subject ?? "");

/** Somebody passes a mail on: its subject is no longer that of the rule. */
export const isForwarded = (mail: SentMail): boolean => /^\s*(fwd?|tr|wg)\s?:/i.test(mail.subject ?? "");

/** Begins as a mail of documents does. */
export const hasMarker = (mail: SentMail): boolean => /^\s*XDM\/1\.0\/DDM/i.test(mail.subject ?? "");

/** A mail that is meant to bring documents, whether they are in it as they should or not. */
export const bringsDocuments = (mail: SentMail): boolean =>
  mail.kind === "message" && !isKo(mail) && (mail.archive !== undefined || hasMarker(mail));
