import { type Cda, readCda } from "../cda/index.js";
import { defined } from "../defined.js";
import { isMedimailError, type Problem } from "../errors.js";
import { insTraitsProblems } from "../identity/index.js";
import {
  DEFAULT_XDM_LIMITS,
  type OpenedDocument,
  type OpenedXdm,
  openXdm,
  type SubmissionSet,
  type XdmLimits,
} from "../xdm/index.js";
import { digest, type MailFile, type PdfFile } from "./collect.js";
import { saysXdm } from "./file-kind.js";
import type { HealthDocument } from "./open-types.js";
import { type MailIdentity, patientOf, traitsThatDiffer } from "./patient.js";
import { shownBy } from "./show-document.js";

/** A document, and the digest of the PDF that it holds (level 1). */
export interface ReadDocument {
  document: HealthDocument;
  sha256: string | undefined;
}

export interface ReadDocuments {
  documents: ReadDocument[];
  submissionSets: SubmissionSet[];
  /** Of the archives: PDFs beside the documents, as some software packs them. */
  pdfs: PdfFile[];
  /** Bytes that the archives of the mail may still become: each is small, and together they would fill the memory. */
  left: number;
}

const CDA_TYPE = /xml|cda/i;
/** Documents of one mail; each is parsed. */
const MAX_DOCUMENTS = 200;

/** The documents of the archives, then those attached as they are. What cannot be read is a problem. */
export async function readDocuments(
  files: readonly MailFile[],
  identity: MailIdentity,
  limits: Partial<XdmLimits> | undefined,
  problems: Problem[],
): Promise<ReadDocuments> {
  const left = limits?.maxTotalBytes ?? DEFAULT_XDM_LIMITS.maxTotalBytes;
  const read: ReadDocuments = { documents: [], submissionSets: [], pdfs: [], left };
  for (const file of files) {
    const where = file.path === "" ? file.name : file.path;
    try {
      if (file.kind === "archive") await readArchive(file, identity, limits, problems, read);
      else add(read, problems, where, () => loose(file, identity, problems));
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      // A ZIP of something else is an attachment like another.
      if (error.code === "xdm_metadata_missing" && !saysXdm(file)) continue;
      problems.push({ severity: "error", code: error.code, message: error.message, path: where });
    }
  }
  return read;
}

function add(read: ReadDocuments, problems: Problem[], where: string, make: () => ReadDocument): void {
  if (read.documents.length < MAX_DOCUMENTS) read.documents.push(make());
  else if (!problems.some(({ code }) => code === "mail_too_many_documents"))
    problems.push({
      severity: "error",
      code: "mail_too_many_documents",
      message: `The mail has more than ${MAX_DOCUMENTS} documents; the first ones are read.`,
      path: where,
    });
}

async function readArchive(
  file: MailFile,
  identity: MailIdentity,
  limits: Partial<XdmLimits> | undefined,
  problems: Problem[],
  read: ReadDocuments,
): Promise<void> {
  const opened = await openXdm(file.content, { limits: { ...limits, maxTotalBytes: Math.max(1, read.left) } });
  read.left -= unpackedBytes(opened);
  const base = file.path === "" ? "" : `${file.path}/`;
  problems.push(...opened.problems.map((problem) => ({ ...problem, path: `${base}${problem.path ?? file.name}` })));
  read.submissionSets.push(...opened.submissionSets);
  for (const entry of opened.documents) {
    const path = `${base}${entry.path || entry.uri}`;
    add(read, problems, path, () => described(file.part, path, entry, identity, problems));
  }
  for (const { path, content } of opened.otherFiles) {
    if (content && /\.pdf$/i.test(path))
      read.pdfs.push({
        part: file.part,
        path: base + path,
        name: path.slice(path.lastIndexOf("/") + 1),
        sha256: digest(content),
      });
  }
}

function unpackedBytes({ documents, otherFiles }: OpenedXdm): number {
  // Several documents of the metadata may name one file.
  const files = new Set([...documents, ...otherFiles].map(({ content }) => content));
  return [...files].reduce((sum, content) => sum + (content?.byteLength ?? 0), 0);
}

function described(
  part: string,
  path: string,
  { content, integrity, ...metadata }: OpenedDocument,
  identity: MailIdentity,
  problems: Problem[],
): ReadDocument {
  const isCda = content !== undefined && (CDA_TYPE.test(metadata.mimeType ?? "") || /\.xml$/i.test(path));
  const cda = isCda ? readSafely(content, path, problems) : undefined;
  const document = documentOf({ part, path, metadata, integrity, cda, content, identity }, problems);
  if (cda && metadata.uniqueId !== undefined && metadata.uniqueId !== cda.header.id)
    problems.push(doubt("document_id_differs", "The metadata and the document have two ids.", path));
  return { document, sha256: pdfDigest(cda) };
}

function loose(file: MailFile, identity: MailIdentity, problems: Problem[]): ReadDocument {
  const { part, path, content } = file;
  const cda = readCda(content);
  tell(cda, path || file.name, problems);
  problems.push(
    doubt(
      "cda_without_metadata",
      "A document came without an archive: nothing proves that it is whole.",
      path || file.name,
    ),
  );
  return { document: documentOf({ part, path, cda, content, identity }, problems), sha256: pdfDigest(cda) };
}

function readSafely(content: Uint8Array, path: string, problems: Problem[]): Cda | undefined {
  try {
    const cda = readCda(content);
    tell(cda, path, problems);
    return cda;
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    problems.push({ severity: "error", code: error.code, message: error.message, path });
    return undefined;
  }
}

function tell(cda: Cda, path: string, problems: Problem[]): void {
  // One by one: a document may have more of them than a call takes arguments.
  for (const problem of cda.problems)
    problems.push({ ...problem, path: problem.path ? `${path}: ${problem.path}` : path });
}

interface Parts {
  part: string;
  path: string;
  metadata?: Omit<OpenedDocument, "content" | "integrity">;
  integrity?: OpenedDocument["integrity"];
  cda: Cda | undefined;
  content: Uint8Array | undefined;
  identity: MailIdentity;
}

function documentOf(parts: Parts, problems: Problem[]): HealthDocument {
  const { part, path, metadata, integrity, cda, content, identity } = parts;
  const header = cda?.header;
  const patient = patientOf(metadata, header, identity);
  const differing = traitsThatDiffer(patient);
  if (patient.agreement === "differ")
    problems.push({
      severity: "error",
      code: "patient_ins_differs",
      message: "The INS of the metadata, of the document and of the patient's address are not one.",
      path,
    });
  if (differing.length > 0)
    problems.push(
      doubt("patient_traits_differ", `The metadata and the document differ in: ${differing.join(", ")}.`, path),
    );
  problems.push(
    ...insTraitsProblems(patient.ins, defined({ sex: patient.gender, birthDate: patient.birthDate }), path),
  );
  if (identity.header === "O" && header && !header.patient.ins)
    problems.push(doubt("ins_header_wrong", "X-MSS-INS says O, and the document has no INS (ECO.2.4.2).", path));
  const uniqueId = metadata?.uniqueId ?? header?.id;
  const setId = header?.setId;
  const version = header?.versionNumber;
  const document = {
    part,
    path,
    title: metadata?.title ?? header?.title ?? "",
    typeCode: metadata?.typeCode?.code ?? header?.code.code ?? "",
    creationTime: metadata?.creationTime ?? header?.effectiveTime ?? "",
    action: metadata?.action ?? "create",
    ...(uniqueId === undefined ? {} : { uniqueId }),
    ...(setId === undefined ? {} : { setId }),
    ...(version === undefined ? {} : { versionNumber: version }),
    replaces: (header?.relatedDocuments ?? [])
      .flatMap(({ typeCode, id }) => (typeCode === "RPLC" && id ? [id] : []))
      .slice(0, 10),
    mimeType: metadata?.mimeType ?? "text/xml",
    ...(metadata ? { metadata } : {}),
    ...(integrity ? { integrity } : {}),
    ...(cda ? { cda: { header: cda.header, body: cda.body } } : {}),
    patient,
    seen: "new" as const,
    integrated: false,
    ...(content ? { content } : {}),
  };
  return { ...document, ...shownBy(document) };
}

function pdfDigest(cda: Cda | undefined): string | undefined {
  if (cda?.body.level !== "N1" || !/pdf/i.test(cda.body.mediaType ?? "")) return undefined;
  const file = cda.encapsulated();
  return file ? digest(file) : undefined;
}

function doubt(code: string, message: string, path: string): Problem {
  return { severity: "warning", code, message, ...(path === "" ? {} : { path }) };
}
