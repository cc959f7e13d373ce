import { createHash } from "node:crypto";
import type { Cda } from "../../cda/index.js";
import { isPatientAddress } from "../../identity/index.js";
import type { Observation } from "../../seams/observations.js";
import type { OpenedXdm } from "../../xdm/index.js";
import { openXdm } from "../../xdm/index.js";
import type { Field } from "./fields.js";
import { decoded, utf8 } from "./fields.js";
import type { Part } from "./parts.js";
import { contentOf, readParts, walk } from "./parts.js";
import type { StrayCda } from "./stray-cdas.js";
import { strayCdas, tryReadCda } from "./stray-cdas.js";

export type MailObservation = Extract<Observation, { kind: "mail" }>;

/** A document of the archive, with what could be read of it. */
export interface SentDocument {
  path: string;
  bytes: Uint8Array;
  action: "create" | "replace" | "delete";
  /** Index in the metadata. */
  entry: OpenedXdm["documents"][number];
  cda?: Cda;
}

export interface SentPdf {
  part: Part;
  name: string | undefined;
  bytes: Uint8Array;
}

export interface SentText {
  part: Part;
  /** As declared; empty where it is not. */
  charset: string;
  bytes: Uint8Array;
  /** Read as UTF-8 where it is, else as Latin-1. */
  text: string;
}

/** The archive of a mail, opened; `error` is the code where it could not be. */
export interface SentArchive {
  part: Part;
  sha256: string;
  opened?: OpenedXdm;
  error?: string;
  documents: readonly SentDocument[];
}

/**
 * A mail that the client under test has handed over, taken apart once for every check. The form (fields, parts, lines) is read here and
 * not by the composer's own room; archive and CDA are opened by theirs.
 */
export interface SentMail {
  observation: MailObservation;
  raw: Uint8Array;
  root: Part;
  parts: readonly Part[];
  /** Without brackets; undefined where there is none that can be read. */
  messageId: string | undefined;
  /** As evidence names it: `mail <id>`, or its number. */
  name: string;
  subject: string | undefined;
  /** A receipt of RFC 8098, a report of an operator, or a mail that somebody wrote. */
  kind: "mdn" | "dsn" | "message";
  /** The parts that a person reads: text, not joined as a file. */
  texts: readonly SentText[];
  /** Files beside the text. */
  attachments: readonly Part[];
  /** The file that is an XDM archive by its name, else by its content. */
  archive: SentArchive | undefined;
  pdfs: readonly SentPdf[];
  /** CDA that the metadata do not name. */
  strays: readonly StrayCda[];
  toPatients: readonly string[];
  toProfessionals: readonly string[];
  /** Message-ID of the mail whose documents go back to their sender with this one: it brings none of its own. */
  returns?: string;
}

/** Documents that are read of one archive, and bytes of each. */
const MAX_DOCUMENTS = 50;
const MAX_ARCHIVE = 60 * 1024 * 1024;

export function field(mail: SentMail, name: string): Field | undefined {
  return mail.root.header.fields.find((one) => one.name === name);
}

export function fields(mail: SentMail, name: string): Field[] {
  return mail.root.header.fields.filter((one) => one.name === name);
}

/** `mail <id>, Subject`. */
export const whereOf = (mail: SentMail, what?: string): string =>
  what === undefined ? mail.name : `${mail.name}, ${what}`;

/** Reads a mail; what cannot be read is absent or named, nothing is thrown for it. */
export async function readSentMail(observation: MailObservation, raw: Uint8Array, number: number): Promise<SentMail> {
  const root = readParts(raw);
  const parts = [...walk(root)];
  const first = (name: string) => root.header.fields.find((one) => one.name === name)?.flat;
  const messageId = /<([^<>\s]{1,900})>/.exec(first("message-id") ?? "")?.[1];
  const subject = first("subject");
  const attachments = parts.filter((part) => part.path !== "0" && isAttachment(part));
  const file = root.children.length === 0 && isAttachment(root) ? [root] : attachments;
  const archive = await archiveOf(raw, file);
  const pdfs = file
    .filter(
      (part) => part !== archive?.part && (part.type === "application/pdf" || /\.pdf$/i.test(part.filename ?? "")),
    )
    .map((part) => ({ part, name: part.filename, bytes: contentOf(raw, part) }));
  return {
    observation,
    raw,
    root,
    parts,
    messageId,
    name: messageId === undefined ? `mail n°${number}` : `mail <${messageId}>`,
    subject: subject === undefined ? undefined : decoded(subject),
    kind: kindOf(root),
    texts: parts.filter((part) => /^text\//.test(part.type) && !file.includes(part)).map((part) => textOf(raw, part)),
    attachments: file,
    archive,
    pdfs,
    // Without an archive every document is astray, which is told otherwise.
    strays: archive?.opened ? strayCdas(raw, file, archive.opened) : [],
    toPatients: observation.to.filter(isPatient),
    toProfessionals: observation.to.filter((address) => !isPatient(address)),
  };
}

function textOf(raw: Uint8Array, part: Part): SentText {
  const bytes = contentOf(raw, part);
  const text = utf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
  return { part, charset: (part.parameters.get("charset") ?? "").toLowerCase(), bytes, text };
}

const isPatient = (address: string) => isPatientAddress(address) || /@patient\.mssante\.fr$/i.test(address);

function isAttachment(part: Part): boolean {
  if (part.type.startsWith("multipart/")) return false;
  if (part.disposition === "attachment") return true;
  if (part.filename !== undefined) return true;
  return !/^(text|message)\//.test(part.type);
}

function kindOf(root: Part): SentMail["kind"] {
  const types = root.children.map((child) => child.type);
  if (types.includes("message/disposition-notification")) return "mdn";
  if (
    root.type === "multipart/report" &&
    root.parameters.get("report-type")?.toLowerCase() === "disposition-notification"
  )
    return "mdn";
  return types.includes("message/delivery-status") ? "dsn" : "message";
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

async function archiveOf(raw: Uint8Array, files: readonly Part[]): Promise<SentArchive | undefined> {
  const named = files.filter((part) => /^ihe_xdm\.zip$/i.test(part.filename?.trim() ?? ""));
  const part = named[0];
  if (!part) return undefined;
  let sha256 = "";
  try {
    const bytes = contentOf(raw, part);
    sha256 = sha256Of(bytes);
    if (!isZip(bytes)) return { part, sha256, error: "archive_invalid", documents: [] };
    const opened = await openXdm(bytes, { limits: { maxArchiveBytes: MAX_ARCHIVE, maxDocuments: MAX_DOCUMENTS } });
    const documents = opened.documents.flatMap((entry): SentDocument[] => {
      if (entry.content === undefined) return [];
      const cda = tryReadCda(entry.content);
      return [{ path: entry.path, bytes: entry.content, action: entry.action, entry, ...(cda ? { cda } : {}) }];
    });
    return { part, sha256, opened, documents };
  } catch (error) {
    return { part, sha256, error: codeOf(error), documents: [] };
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "archive_invalid";
}

/** The CDA of a mail, where every document of its archive could be read; else undefined, which is ECO.2.1.1's to tell. */
export function cdasOf(mail: SentMail): (SentDocument & { cda: Cda })[] | undefined {
  const { archive } = mail;
  if (!archive?.opened || archive.opened.documents.length === 0) return undefined;
  if (archive.documents.length !== archive.opened.documents.length) return undefined;
  const read = archive.documents.filter(
    (document): document is SentDocument & { cda: Cda } => document.cda !== undefined,
  );
  return read.length === archive.documents.length ? read : undefined;
}
