import type { Problem } from "../errors.js";
import { MedimailError } from "../errors.js";
import { headerText } from "./border.js";
import type { Entity } from "./mime.js";
import { closing, delimited, fileEntity, streamedEntity } from "./mime.js";
import { pdfName, typeLabel } from "./naming.js";
import { choosePdf } from "./pdf.js";
import type { Composed, ComposeInput, MailFile, Pieces, StreamedFile } from "./types.js";

const ARCHIVE_NAME = "IHE_XDM.ZIP";

/** Bytes of attachments from which they stand once, as the tail of all mails, and not in each body. */
const LONG = 512 * 1024;

/** Names in order of documents, a second PDF of one name with `-2` before `.pdf`. */
function uniqueNames(names: readonly (string | undefined)[]): (string | undefined)[] {
  const taken = new Set<string>();
  return names.map((name) => {
    if (name === undefined) return undefined;
    let unique = name;
    for (let rank = 2; taken.has(unique.toLowerCase()); rank += 1) unique = name.replace(/\.pdf$/, `-${rank}.pdf`);
    taken.add(unique.toLowerCase());
    return unique;
  });
}

type Attachment = Entity<Buffer | Pieces>;

interface Attachments {
  entities: Attachment[];
  pdfNames: (string | undefined)[];
  problems: Problem[];
}

export function attachmentsOf(input: ComposeInput): Attachments {
  if (input.documents.length === 0 && input.archive === undefined)
    return { entities: (input.files ?? []).map(givenFile), pdfNames: [], problems: [] };
  if (input.archive === undefined || input.documents.length === 0)
    throw new MedimailError("invalid_argument", "documents and their archive go together", {
      path: input.archive === undefined ? "archive" : "documents",
      requirement: "ECO.2.1.1",
    });
  const problems: Problem[] = [];
  const pdfs = input.documents.map((document, index) => {
    const chosen = choosePdf(document, index, input);
    problems.push(...chosen.problems);
    if (!typeLabel(document.cda.header, `documents[${index}].code.displayName`).known)
      problems.push({
        severity: "warning",
        code: "type_label_unknown",
        message: "neither the document nor the terminology names its type: a general word stands in the subject",
        path: `documents[${index}].code`,
      });
    return chosen.bytes;
  });
  const options = input.dossier === undefined ? {} : { dossier: input.dossier };
  const pdfNames = uniqueNames(
    input.documents.map((document, index) =>
      pdfs[index] ? pdfName(document.cda.header, { path: `documents[${index}]`, ...options }) : undefined,
    ),
  );
  const entities: Attachment[] = [fileEntity("application/zip", ARCHIVE_NAME, input.archive)];
  pdfs.forEach((bytes, index) => {
    const name = pdfNames[index];
    if (bytes && name !== undefined) entities.push(fileEntity("application/pdf", name, bytes));
  });
  return { entities, pdfNames, problems };
}

/** A file of the caller's, whose name and type are checked here. A part of a mail may not be base64 where it is itself a mail (RFC 2046 §5.2.1). */
function givenFile(file: MailFile | StreamedFile, index: number): Attachment {
  const type = checkedType(file, index);
  return "pieces" in file ? streamedEntity(type, file.name, file.pieces) : fileEntity(type, file.name, file.content);
}

export function checkedType({ name, mimeType }: Omit<MailFile, "content">, index: number): string {
  const path = `attachments[${index}]`;
  headerText(name, `${path}.name`);
  if (name.trim() === "" || /[/\\]/.test(name))
    throw new MedimailError("invalid_argument", "a file has a name without folder", { path: `${path}.name` });
  if (!/^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/i.test(mimeType))
    throw new MedimailError("invalid_argument", "a file has a type: application/pdf", { path: `${path}.mimeType` });
  return /^(?:message|multipart)\//i.test(mimeType) ? "application/octet-stream" : mimeType.toLowerCase();
}

/**
 * Where the attachments stand: in each body where they are short, else in the tail, with what ends the mail. `tailSize` counts what is not
 * streamed.
 */
export function placed(
  boundary: string,
  entities: readonly Attachment[],
): { attached: Buffer[]; tail: Composed["tail"]; tailSize: number } {
  const parts = [...delimited(boundary, entities), closing(boundary)];
  const known = parts.filter((part) => Buffer.isBuffer(part));
  const size = known.reduce((sum, { length }) => sum + length, 0);
  if (known.length === parts.length && size < LONG) return { attached: known, tail: [], tailSize: 0 };
  return { attached: [], tail: parts, tailSize: size };
}
