import { isMedimailError, MedimailError, type Problem } from "../errors.js";
import { limitExceeded, resolveLimits } from "./limits.js";
import { FileIndex, folderOf, type Located } from "./locate.js";
import { type Metadata, readMetadata } from "./read-metadata.js";
import { DocumentSearch, Hashes } from "./search-document.js";
import type { Integrity, OpenedDocument, OpenedXdm, SubmissionSet, XdmLimits } from "./types.js";
import { readZip, type ZipFile } from "./zip-read.js";

/**
 * Opens an IHE_XDM.ZIP held in memory: reads every METADATA.XML, finds each document, compares its size and SHA-1 with what
 * the metadata say (ITI TF-2 3.32.4.1.4: the importer shall, and shall tell the user).
 *
 * Tolerant where the content can still be used: what is wrong is in `problems`. The documents are not parsed, and an archive
 * in the archive is not unpacked.
 *
 * @param options.limits see {@link XdmLimits}
 * @throws MedimailError `archive_invalid`, `archive_encrypted`, `archive_unsafe_entry`, `archive_limit_exceeded` for the
 * archive; `xdm_metadata_missing`, `xdm_metadata_invalid`, `xml_dtd_refused`, `xml_limit_exceeded` for its metadata
 */
export async function openXdm(zip: Uint8Array, options: { limits?: Partial<XdmLimits> } = {}): Promise<OpenedXdm> {
  const limits = resolveLimits(options.limits);
  const { files, strayBytes, ambiguous, backslashes } = await readZip(zip, limits);
  const problems: Problem[] = [];
  if (strayBytes > 0) {
    warn(problems, "archive_stray_bytes", `${strayBytes} bytes of the archive belong to none of its entries.`);
  }
  if (ambiguous)
    fail(
      problems,
      "archive_ambiguous",
      "The archive hides entries that its directory does not name: another reader may show them.",
    );
  if (backslashes > 0) warn(problems, "archive_backslashes", "The archive separates folders by backslashes.");
  reportFiles(files, problems);

  const sets: SubmissionSet[] = [];
  const documents: OpenedDocument[] = [];
  const used = new Set<string>();
  const index = new FileIndex(files.map((file) => file.path));
  const byPath = new Map(files.map((file) => [file.path, file]));
  const hashes = new Hashes();
  const search = new DocumentSearch(files, hashes);
  for (const [file, metadata] of readAll(files, problems)) {
    if (sets.length + metadata.submissionSets.length > limits.maxSubmissionSets)
      throw limitExceeded("maxSubmissionSets", limits);
    if (documents.length + metadata.documents.length > limits.maxDocuments) throw limitExceeded("maxDocuments", limits);
    problems.push(...metadata.problems);
    sets.push(...metadata.submissionSets);
    for (const entry of metadata.documents) {
      const folder = folderOf(file.path);
      const alone = metadata.documents.length === 1;
      const located = index.locate(entry.uri, folder) ?? search.find(entry.hash, folder, alone);
      const found = located && byPath.get(located.path);
      if (found) used.add(found.path);
      const path = found?.path ?? "";
      const integrity = verify(entry, found?.content, hashes);
      documents.push({ ...entry, path, integrity, ...(found ? { content: found.content } : {}) });
      reportDocument(integrity, located, path || file.path, problems);
    }
    if (metadata.submissionSets.length === 0) {
      warn(problems, "xdm_submission_set_missing", "METADATA.XML has no submission set.", file.path);
    }
  }
  reportContent(sets, documents, problems);
  const others = files.filter((file) => !used.has(file.path));
  return {
    submissionSets: sets,
    documents,
    otherFiles: others.map(({ path, content }) => ({ path, size: content.byteLength, content })),
    problems,
  };
}

/** Those that are named METADATA.XML; without one, those whose name ends so (`SUBSET01METADATA.XML`, of a sender that lost a slash). */
function metadataFiles(files: readonly ZipFile[], problems: Problem[]): ZipFile[] {
  const named = files.filter((file) => /(^|\/)metadata\.xml$/i.test(file.path));
  const found = named.length > 0 ? named : files.filter(isMisnamed);
  for (const { path } of named.length > 0 ? [] : found)
    warn(problems, "xdm_metadata_misnamed", "The metadata are in a file of another name than METADATA.XML.", path);
  if (found.length === 0) {
    throw new MedimailError("xdm_metadata_missing", "The archive has no METADATA.XML: it is not an XDM archive.");
  }
  return found;
}

/** Any archive may hold a file that is called so: only one that looks like a submission counts. */
function isMisnamed({ path, content }: ZipFile): boolean {
  return (
    /(^|\/)\w+metadata\.xml$/i.test(path) && Buffer.from(content.subarray(0, 4096)).includes("SubmitObjectsRequest")
  );
}

/** With several sets, one that cannot be read does not hide the others, whichever it is; nothing is left where none can be read. */
function readAll(files: readonly ZipFile[], problems: Problem[]): [ZipFile, Metadata][] {
  const read: [ZipFile, Metadata][] = [];
  let fault: unknown;
  for (const file of metadataFiles(files, problems)) {
    try {
      read.push([file, readMetadata(file.content, file.path)]);
    } catch (error) {
      if (!isMedimailError(error) || error.code !== "xdm_metadata_invalid") throw error;
      fault ??= error;
      problems.push({ severity: "error", code: error.code, message: error.message, path: file.path });
    }
  }
  if (read.length === 0) throw fault;
  return read;
}

function verify(entry: { hash?: string; size?: number }, content: Uint8Array | undefined, hashes: Hashes): Integrity {
  if (content === undefined) return { file: "missing", hash: "absent", size: "absent" };
  const compare = <T>(told: T | undefined, real: () => T) =>
    told === undefined ? "absent" : told === real() ? "ok" : "mismatch";
  return {
    file: "present",
    hash: compare(entry.hash, () => hashes.of(content)),
    size: compare(entry.size, () => content.byteLength),
  };
}

const FOUND_OTHERWISE: Readonly<Record<Located["by"], readonly [code: string, message: string] | undefined>> = {
  uri: undefined,
  irregular: ["xdm_uri_irregular", "The URI of a document is not relative to the folder of METADATA.XML."],
  hash: ["xdm_uri_wrong", "The URI of a document leads to no file: the file that has its hash is taken."],
  alone: ["xdm_uri_wrong", "The URI of a document leads to no file: the only file beside METADATA.XML is taken."],
};

function reportDocument(integrity: Integrity, located: Located | undefined, path: string, problems: Problem[]): void {
  if (integrity.file === "missing") {
    fail(problems, "xdm_document_missing", "A document of the metadata is not in the archive.", path);
    return;
  }
  const fault = located && FOUND_OTHERWISE[located.by];
  if (fault) warn(problems, fault[0], fault[1], path);
  for (const what of ["hash", "size"] as const) {
    if (integrity[what] === "mismatch") {
      fail(problems, `xdm_${what}_mismatch`, `The ${what} of a document is not that of the metadata.`, path);
    } else if (integrity[what] === "absent") {
      warn(problems, `xdm_${what}_absent`, `The metadata do not give the ${what} of a document.`, path);
    }
  }
}

function reportFiles(files: readonly ZipFile[], problems: Problem[]): void {
  const roots = new Set<string>();
  for (const { path, content, intact } of files) {
    if (!intact) fail(problems, "archive_checksum_mismatch", "A file of the archive is damaged.", path);
    if (isZip(content) && !OFFICE.test(path)) {
      fail(
        problems,
        "archive_nested",
        "An archive in the archive is left packed: open it on purpose, if at all.",
        path,
      );
    }
    // What macOS joins to an archive (the properties of its files) repeats the folders.
    if (path.startsWith("__MACOSX/")) continue;
    const lower = path.toLowerCase();
    const at = lower.indexOf("ihe_xdm/");
    if (at === 0 || (at > 0 && lower[at - 1] === "/")) roots.add(path.slice(0, at));
  }
  if (roots.size === 0) warn(problems, "xdm_folder_missing", "The archive has no folder IHE_XDM.");
  const present = new Set(files.map((file) => file.path.toLowerCase()));
  for (const root of roots) {
    if (root !== "") warn(problems, "xdm_folder_misplaced", "The folder IHE_XDM is not at the root of the archive.");
    for (const name of ["INDEX.HTM", "README.TXT"]) {
      if (present.has(`${root}${name}`.toLowerCase())) continue;
      warn(problems, "xdm_file_missing", `The archive has no ${name}.`, `${root}${name}`);
    }
  }
}

/** Office documents are ZIP archives by design. */
const OFFICE = /\.(docx|xlsx|pptx|odt|ods|odp|epub)$/i;

function isZip(content: Uint8Array): boolean {
  return content[0] === 0x50 && content[1] === 0x4b && content[2] === 0x03 && content[3] === 0x04;
}

/**
 * A CX without its type (`NH`, `PI`), which software writes in one place and leaves out in another, and without the empty
 * components before its authority, of which some software forgets one.
 */
const withoutType = (cx: string): string => {
  const [id, ...others] = cx.replaceAll("&amp;", "&").split("^", 4);
  return [id, others.find((each) => each !== "")].join("^");
};

function reportContent(
  sets: readonly SubmissionSet[],
  documents: readonly OpenedDocument[],
  problems: Problem[],
): void {
  if (documents.length === 0) fail(problems, "xdm_document_missing", "The metadata describe no document.");
  const patients = new Set(
    [...sets, ...documents].flatMap(({ patientId: id }) => (id === undefined ? [] : withoutType(id))),
  );
  if (patients.size > 1) {
    fail(problems, "xdm_several_patients", "The archive is about several patients (ECO.2.1.1 (b) allows one).");
  }
  for (const { patientId, path } of documents) {
    if (patientId === undefined) {
      warn(problems, "xdm_patient_id_missing", "The metadata of a document name no patient (ECO.2.1.2).", path);
    }
  }
  const seen = new Set<string>();
  for (const { uniqueId, path } of documents) {
    if (uniqueId === undefined) {
      warn(problems, "xdm_unique_id_missing", "A document has no unique identifier.", path);
    } else if (seen.has(uniqueId)) {
      warn(problems, "xdm_unique_id_repeated", "Two documents have one unique identifier.", path);
    } else seen.add(uniqueId);
  }
}

function warn(problems: Problem[], code: string, message: string, path?: string): void {
  problems.push({ severity: "warning", code, message, ...(path === undefined || path === "" ? {} : { path }) });
}

function fail(problems: Problem[], code: string, message: string, path?: string): void {
  problems.push({ severity: "error", code, message, ...(path === undefined || path === "" ? {} : { path }) });
}
