import { editMetadata, METADATA } from "./archive.js";
import type { Break } from "./connector.js";
import { also, base64, editBody, editHead, editPart, editSubject, withField, without } from "./edit.js";
import { withoutPdfMarker } from "./pdf.js";

/** A mutant of the table: what is broken, by which scenario it shows, and how. */
export type NodeMutant = Break & { breaks: string; scenario?: string; how: string };

const PDF = /application\/pdf/i;
const ZIP = /application\/zip/i;
const TEXT = /text\/plain/i;
/** Accents in every name. */
const ACCENTS = "envoi-accents";
const TWO = "envoi-deux-documents";

/** What is in the mail and in the archive. The scenario is `envoi-niveau-1` where none is named. */
export const CONTENT: Readonly<Record<string, NodeMutant>> = {
  "archive-missing": {
    breaks: "ECO.2.1.1",
    how: "joins the PDF and no archive",
    mail: (mail) => editPart(mail, ZIP, () => undefined),
  },
  "archive-name": {
    breaks: "ECO.2.1.1",
    how: "calls the archive documents.zip",
    mail: (mail) =>
      editPart(
        mail,
        ZIP,
        ({ head, content }) => `${head.replaceAll("IHE_XDM.ZIP", "documents.zip")}\r\n\r\n${content}`,
      ),
  },
  "archive-not-zip": {
    breaks: "ECO.2.1.1",
    how: "joins the bare CDA under the name of the archive",
    mail: (mail) =>
      editPart(
        mail,
        ZIP,
        ({ head }) => `${head}\r\n\r\n${base64(Buffer.from("<ClinicalDocument xmlns='urn:hl7-org:v3'/>"))}`,
      ),
  },
  "archive-without-metadata": {
    breaks: "ECO.2.1.1",
    how: "packs the documents without METADATA.XML",
    archive: (files) => void files.delete(METADATA),
  },
  "archive-document-missing": {
    breaks: "ECO.2.1.1",
    how: "describes a document that is not in the archive",
    archive: (files) => void files.delete("IHE_XDM/SUBSET01/DOC0001.XML"),
  },
  "archive-hash": {
    breaks: "ECO.2.1.1",
    how: "writes a hash that is not the document's",
    archive: (files) =>
      editMetadata(files, /(name="hash"><rim:ValueList><rim:Value>)[0-9a-f]{40}/, `$1${"0".repeat(40)}`),
  },
  "archive-size": {
    breaks: "ECO.2.1.1",
    how: "writes a size that is not the document's",
    archive: (files) => editMetadata(files, /(name="size"><rim:ValueList><rim:Value>)\d+/, "$117"),
  },
  "pdf-missing": {
    breaks: "ECO.2.1.1",
    how: "joins the archive and no PDF",
    mail: (mail) => editPart(mail, PDF, () => undefined),
  },
  "pdf-one-of-two": {
    breaks: "ECO.2.1.1",
    scenario: TWO,
    how: "joins one PDF for two documents",
    mail: (mail) => editPart(mail, PDF, () => undefined),
  },
  "pdf-other-bytes": {
    breaks: "ECO.2.1.5",
    how: "prints the document again instead of joining the PDF that it holds",
    mail: (mail) =>
      editPart(mail, PDF, ({ head, content }) => {
        const pdf = Buffer.from(content, "base64");
        return `${head}\r\n\r\n${base64(Buffer.concat([pdf, Buffer.from("\n% imprime de nouveau\n")]))}`;
      }),
  },
  "pdf-not-pdfa": {
    breaks: "ECO.2.1.5",
    scenario: "envoi-niveau-3",
    how: "joins a PDF that does not declare PDF/A-1",
    mail: (mail) =>
      editPart(
        mail,
        PDF,
        ({ head, content }) => `${head}\r\n\r\n${base64(withoutPdfMarker(Buffer.from(content, "base64")))}`,
      ),
  },
  "pdf-not-a-pdf": {
    breaks: "ECO.2.1.5",
    how: "joins a text under the name of the PDF",
    mail: (mail) => editPart(mail, PDF, ({ head }) => `${head}\r\n\r\n${base64(Buffer.from("Compte rendu"))}`),
  },
  "subject-no-marker": {
    breaks: "ECO.2.1.3",
    how: "leaves XDM/1.0/DDM+ out",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("XDM/1.0/DDM+", "")),
  },
  "subject-marker-misspelt": {
    breaks: "ECO.2.1.3",
    how: "writes XDM/1.0/DDM without the plus sign",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("DDM+", "DDM ")),
  },
  "subject-no-label": {
    breaks: "ECO.2.1.3",
    how: "names no kind of document",
    mail: (mail) => editSubject(mail, (subject) => subject.replace(/DDM\+.* (?=INVENTEE)/, "DDM+")),
  },
  "subject-other-label": {
    breaks: "ECO.2.1.3",
    how: "calls the document what it is not",
    mail: (mail) => editSubject(mail, (subject) => subject.replace(/DDM\+.* (?=INVENTEE)/, "DDM+Ordonnance ")),
  },
  "subject-count": {
    breaks: "ECO.2.1.3",
    scenario: TWO,
    how: "names the first document where there are two",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("2 documents", "CR d'examens biologiques")),
  },
  "subject-wrong-count": {
    breaks: "ECO.2.1.3",
    scenario: TWO,
    how: "counts three documents where there are two",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("2 documents", "3 documents")),
  },
  "subject-lower-case": {
    breaks: "ECO.2.1.3",
    how: "writes the name in small letters",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("INVENTEE", "Inventee")),
  },
  "subject-accents": {
    breaks: "ECO.2.1.3",
    scenario: ACCENTS,
    how: "keeps the accents of the name",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("FICTIC-ELIE", "FICTIÇ-ÉLIE")),
  },
  "subject-other-name": {
    breaks: "ECO.2.1.3",
    how: "names another patient",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("INVENTEE", "AUTREFOIS")),
  },
  "subject-no-given": {
    breaks: "ECO.2.1.3",
    how: "leaves the first name out",
    mail: (mail) => editSubject(mail, (subject) => subject.replace(/INVENTEE \S+/, "INVENTEE")),
  },
  "subject-date-iso": {
    breaks: "ECO.2.1.3",
    how: "writes the birth date as AAAA-MM-JJ",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("12/03/1987", "1987-03-12")),
  },
  "subject-other-date": {
    breaks: "ECO.2.1.3",
    how: "swaps day and month of the birth date",
    mail: (mail) => editSubject(mail, (subject) => subject.replace("12/03/1987", "03/12/1987")),
  },
  "pdf-name-plain": {
    breaks: "ECO.2.1.6",
    how: "calls the PDF document.pdf",
    mail: (mail) => renamed(mail, () => "document.pdf"),
  },
  "pdf-name-date": {
    breaks: "ECO.2.1.6",
    how: "begins the name of the PDF by the day of sending",
    mail: (mail) => renamed(mail, (name) => name.replace(/^\d{8}/, "20301231")),
  },
  "pdf-name-spaces": {
    breaks: "ECO.2.1.6",
    how: "separates the parts of the name by spaces",
    mail: (mail) => renamed(mail, (name) => name.replaceAll("_", " ")),
  },
  "pdf-name-lower-case": {
    breaks: "ECO.2.1.6",
    how: "writes the patient's name in small letters",
    mail: (mail) => renamed(mail, (name) => name.replace("INVENTEE", "Inventee")),
  },
  "message-id-missing": { breaks: "ECO.2.2.1", how: "has no Message-ID", mail: (mail) => without(mail, "Message-ID") },
  "message-id-twice": {
    breaks: "ECO.2.2.1",
    scenario: "envoi-plusieurs-destinataires",
    how: "gives the mails of two recipients one Message-ID",
    mail: (mail) => withField(mail, "Message-ID", `<always.the.same.${process.pid}@ch-exemple.mssante.fr>`),
  },
  "message-id-invalid": {
    breaks: "ECO.2.2.1",
    how: "writes the Message-ID without domain and brackets",
    mail: (mail, { number }) => withField(mail, "Message-ID", `4711-${process.pid}-${number}`),
  },
  "message-id-two": {
    breaks: "ECO.2.2.1",
    how: "writes two Message-ID in a mail",
    mail: (mail) => also(mail, "Message-ID", `<second.${process.pid}@ch-exemple.mssante.fr>`),
  },
  "text-latin-1": {
    breaks: "ECO.2.2.3",
    how: "writes the text in ISO-8859-1",
    mail: (mail) =>
      editPart(
        mail,
        TEXT,
        () =>
          `Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nLe document valid=E9 est joint.\r\n`,
      ),
  },
  "text-false-utf-8": {
    breaks: "ECO.2.2.3",
    how: "says UTF-8 and writes ISO-8859-1",
    mail: (mail) =>
      editPart(
        mail,
        TEXT,
        () =>
          `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nLe document valid=E9 est joint.\r\n`,
      ),
  },
  "body-html-only": {
    breaks: "ECO.2.2.4",
    how: "writes the text as HTML alone",
    mail: (mail) =>
      editPart(
        mail,
        TEXT,
        () =>
          `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>Bonjour, le document est joint.</p>\r\n`,
      ),
  },
  "body-related": {
    breaks: "ECO.2.2.4",
    how: "puts the attachments into multipart/related",
    mail: (mail) => editHead(mail, /multipart\/mixed/i, "multipart/related"),
  },
  "reply-to-missing": {
    breaks: "ECO.2.2.5",
    scenario: "envoi-adresse-de-retour",
    how: "does not say where answers go",
    compose: ({ replyTo: _, ...input }) => input,
  },
  "reply-to-own": {
    breaks: "ECO.2.2.5",
    scenario: "envoi-adresse-de-retour",
    how: "says that answers go to its own mailbox",
    compose: (input) => ({ ...input, replyTo: input.from.address }),
  },
  "label-missing": {
    breaks: "ECO.2.2.7",
    how: "writes the address of the sender and no name",
    mail: (mail) => withField(mail, "From", "<labo@ch-exemple.mssante.fr>"),
  },
  "label-address": {
    breaks: "ECO.2.2.7",
    how: "writes the address as the name of the sender",
    mail: (mail) => withField(mail, "From", '"labo@ch-exemple.mssante.fr" <labo@ch-exemple.mssante.fr>'),
  },
  "read-not-asked": {
    breaks: "ECO.2.3.2",
    scenario: "accuse-lecture",
    how: "asks for no receipt of reading where it was told to",
    compose: ({ requestRead: _, ...input }) => input,
  },
  "read-asked-elsewhere": {
    breaks: "ECO.2.3.2",
    scenario: "accuse-lecture",
    how: "asks that the receipt goes to another mailbox",
    mail: (mail) => withField(mail, "Disposition-Notification-To", "martin.dupont@medecin.mssante.fr"),
  },
  "read-asked-by-old-field": {
    breaks: "ECO.2.3.2",
    scenario: "accuse-lecture",
    how: "asks for the receipt by X-Confirm-Reading-To",
    mail: (mail) => editHead(mail, /Disposition-Notification-To/, "X-Confirm-Reading-To"),
  },
  "codecda-missing": {
    breaks: "ECO.2.4.1",
    how: "has no X-MSS-CODECDA",
    mail: (mail) => without(mail, "X-MSS-CODECDA"),
  },
  "codecda-other": {
    breaks: "ECO.2.4.1",
    how: "writes the code of another kind of document",
    mail: (mail) => withField(mail, "X-MSS-CODECDA", "34112-3"),
  },
  "codecda-one-of-two": {
    breaks: "ECO.2.4.1",
    scenario: TWO,
    how: "writes one code for two documents",
    mail: (mail) => editHead(mail, /(X-MSS-CODECDA: [^,\r]+),[^\r]*/, "$1"),
  },
  "codecda-semicolon": {
    breaks: "ECO.2.4.1",
    scenario: TWO,
    how: "separates the codes by a semicolon",
    mail: (mail) => editHead(mail, /(X-MSS-CODECDA: [^,\r]+),/, "$1;"),
  },
  "ins-missing": { breaks: "ECO.2.4.2", how: "has no X-MSS-INS", mail: (mail) => without(mail, "X-MSS-INS") },
  "ins-false-no": {
    breaks: "ECO.2.4.2",
    how: "says N where all traits are there",
    mail: (mail) => withField(mail, "X-MSS-INS", "N"),
  },
  "ins-false-yes": {
    breaks: "ECO.2.4.2",
    scenario: "envoi-non-qualifiee",
    how: "says O where the document has no INS",
    mail: (mail) => withField(mail, "X-MSS-INS", "O"),
  },
  "ins-value": { breaks: "ECO.2.4.2", how: "writes Oui", mail: (mail) => withField(mail, "X-MSS-INS", "Oui") },
  "nil-missing": { breaks: "ECO.2.4.3", how: "has no X-MSS-NIL", mail: (mail) => without(mail, "X-MSS-NIL") },
  "nil-empty": {
    breaks: "ECO.2.4.3",
    how: "writes an empty X-MSS-NIL",
    mail: (mail) => withField(mail, "X-MSS-NIL", ""),
  },
  "text-bare-body": {
    breaks: "RFC-2045-2049",
    how: "has no MIME-Version",
    mail: (mail) => without(mail, "MIME-Version"),
  },
  "base64-one-line": {
    breaks: "RFC-2045-2049",
    how: "writes base64 in lines of 152 characters",
    mail: (mail) => editBody(mail, /([A-Za-z0-9+/]{76})\r\n([A-Za-z0-9+/]{76})\r\n/g, "$1$2\r\n"),
  },
};

/** The PDF under another name, in both places. */
function renamed(mail: Buffer, change: (name: string) => string): Buffer {
  return editPart(mail, PDF, ({ head, content }) => {
    const name = /filename="([^"]*)"/i.exec(head)?.[1] ?? "";
    return `${head.replaceAll(name, change(name))}\r\n\r\n${content}`;
  });
}
