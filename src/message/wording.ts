import type { CdaHeader } from "../cda/types.js";
import { crlf } from "./mime.js";
import { typeLabel } from "./naming.js";
import type { ComposeInput, MailBody, MailRecipient } from "./types.js";

type Kind = MailRecipient["kind"];

/** Asked in plain words, since the subject of a deletion is that of the document (xdm.md 2.1: a person may read it). */
const DELETION: Readonly<Record<Kind, string>> = {
  professional:
    "Demande de suppression : le document joint a été envoyé par erreur ou n'est plus valable. Merci de le supprimer de votre dossier.",
  patient: "Le document joint, déjà reçu, n'est plus valable : il ne faut plus en tenir compte.",
};
const REPLACEMENT: Readonly<Record<Kind, string>> = {
  professional: "Ce document annule et remplace la version envoyée auparavant.",
  patient: "Ce document annule et remplace celui qui vous a été envoyé auparavant.",
};

function documentList(documents: readonly CdaHeader[]): string {
  return documents.map((header) => `- ${typeLabel(header).text}`).join("\n");
}

function defaultText(kind: Kind, input: ComposeInput): string {
  const headers = input.documents.map((document) => document.cda.header);
  if (headers.length === 0) return "";
  const one = headers.length === 1;
  const notice = input.action === "replace" ? `${REPLACEMENT[kind]}\n\n` : "";
  if (kind === "patient") {
    const opening = one ? "Un document de santé vous est adressé :" : "Des documents de santé vous sont adressés :";
    const reading = input.withoutPdf
      ? "Le fichier IHE_XDM.ZIP est destiné aux logiciels de santé."
      : "Le fichier PDF joint se lit directement ; le fichier IHE_XDM.ZIP est destiné aux logiciels de santé.";
    const closing = input.fin ? "\n\nCe message n'attend pas de réponse." : "";
    return `Bonjour,\n\n${notice}${opening}\n${documentList(headers)}\n\n${reading}${closing}`;
  }
  const opening = one ? "Veuillez trouver ci-joint le document :" : "Veuillez trouver ci-joint les documents :";
  const files = input.withoutPdf
    ? "Pièce jointe : l'archive IHE_XDM.ZIP, à intégrer par votre logiciel."
    : "Pièces jointes : l'archive IHE_XDM.ZIP, à intégrer par votre logiciel, et la version PDF pour la lecture.";
  return `Bonjour,\n\n${notice}${opening}\n${documentList(headers)}\n\n${files}`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Plain text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);
}

const paragraphs = (text: string) =>
  text
    .split(/\r\n?|\n/)
    .map(escapeHtml)
    .join("<br>\n");

function aroundBody(html: string, before: string, after: string): string {
  const opening = html.search(/<body\b/i);
  const closing = html.toLowerCase().lastIndexOf("</body>");
  // Found in two steps: one pattern for the whole tag would look for its end from every `<body` that has none.
  const start = opening < 0 ? 0 : html.indexOf(">", opening) + 1;
  const end = closing >= start ? closing : html.length;
  return html.slice(0, start) + before + html.slice(start, end) + after + html.slice(end);
}

/**
 * The body of a mail for one kind of recipient: the caller's, else a French text that names the documents joined and
 * nothing of the patient. A deletion is always asked for at its head. The caller's body for one kind never serves the other.
 */
export function bodyFor(kind: Kind, input: ComposeInput): MailBody {
  const own = input.body?.[kind];
  const notice = input.action === "delete" && input.documents.length > 0 ? DELETION[kind] : "";
  const blocks = [notice, own?.text ?? defaultText(kind, input), input.footer ?? "", input.banner?.text ?? ""];
  const text = crlf(
    blocks
      .map((block) => block.trimEnd())
      .filter((block) => block !== "")
      .join("\n\n"),
  );
  if (own?.html === undefined && input.banner === undefined) return { text };
  const main = own?.html ?? `<p>${paragraphs((own?.text ?? defaultText(kind, input)).trimEnd())}</p>\n`;
  const footer = input.footer === undefined ? "" : `<p>${paragraphs(input.footer)}</p>\n`;
  const before = notice === "" ? "" : `<p>${escapeHtml(notice)}</p>\n`;
  return { text, html: aroundBody(main, before, `${footer}${input.banner?.html ?? ""}\n`) };
}
