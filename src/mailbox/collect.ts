import { createHash } from "node:crypto";
import { isMedimailError, type Problem } from "../errors.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import { decoded } from "./decode.js";
import { type FileKind, isOffice, kindOf, looksLikeCda, saysXdm } from "./file-kind.js";
import { nestedFiles } from "./nested.js";
import { encodedPart, partBytes } from "./part-bytes.js";
import { attachmentsOf } from "./summary.js";
import { isTnef, tnefFiles } from "./tnef.js";
import type { MailAttachment } from "./types.js";

/** A file of the mail that may hold health documents. */
export interface MailFile {
  part: string;
  path: string;
  name: string;
  mimeType: string;
  kind: "archive" | "cda";
  content: Uint8Array;
}

/** A PDF of the mail: its digest only, since a large one is not held. */
export interface PdfFile {
  part: string;
  path: string;
  name: string;
  sha256: string;
}

export interface Collected {
  files: MailFile[];
  /** Read when there is a document to match them with. */
  pdfs: () => Promise<PdfFile[]>;
  problems: Problem[];
}

export interface Budget {
  /** Of one attachment. */
  maxBytes: number;
  /** Of all that are held at a time. */
  maxTotal: number;
}

/** Mails within mails, files of Outlook within them, and so on. */
const MAX_DEPTH = 4;
const MAX_FILES = 100;
const MAX_PDFS = 50;
const MIB = 1024 * 1024;

/** What lies beyond is not seen at all, so a person is told of it. */
export const PARTS_CUT: Problem = {
  severity: "warning",
  code: "mail_parts_unread",
  message: "The mail has parts that are not read: too many, too deep, or broken.",
};

interface Raw {
  part: string;
  path: string;
  name: string;
  mimeType: string;
  content: Uint8Array;
}

/** The files of a mail that a receiver of health documents looks into, however deep the sender's software put them. */
export async function collect(
  imap: Pick<ImapMailbox, "part">,
  mail: ImapSummary,
  budget: Budget,
  signal: AbortSignal | undefined,
): Promise<Collected> {
  const files: MailFile[] = [];
  const problems: Problem[] = [];
  const laterPdfs: MailAttachment[] = [];
  const pdfs: PdfFile[] = [];
  let left = budget.maxTotal;
  let count = 0;
  const wrong = (code: string, message: string, path: string): void => {
    problems.push({ severity: "error", code, message, path });
  };

  const tooMany = (where: string): void => {
    if (!problems.some(({ code }) => code === "mail_too_many_files"))
      wrong("mail_too_many_files", "The mail holds more files than are looked into.", where);
  };
  if (mail.partsCut) problems.push(PARTS_CUT);

  async function look(file: Raw, kind: FileKind, depth: number): Promise<void> {
    const where = file.path === "" ? `part ${file.part}` : `part ${file.part}: ${file.path}`;
    const inner = file.path === "" ? "" : `${file.path}/`;
    if (kind === "mail" || kind === "tnef") {
      if (depth >= MAX_DEPTH)
        return wrong("mail_nested_too_deep", "Mails are packed in mails deeper than is read.", where);
      if (kind === "tnef" && !isTnef(file.content))
        return wrong("tnef_invalid", "winmail.dat is not what Outlook writes.", where);
      const { files: inside, cut } = kind === "tnef" ? tnefFiles(file.content) : await nestedFiles(file.content);
      if (cut)
        wrong(
          kind === "tnef" ? "tnef_cut" : "mail_too_many_files",
          "A packed file is cut, or holds more than is read.",
          where,
        );
      for (const { name, mimeType = "application/octet-stream", content } of inside) {
        const raw = { part: file.part, path: `${inner}${safeName(name)}`, name, mimeType, content };
        const innerKind = kindOf(raw);
        if (innerKind === "pdf" && pdfs.length < MAX_PDFS) pdfs.push({ ...raw, sha256: digest(content) });
        else if (innerKind !== "other" && innerKind !== "pdf") {
          count += 1;
          if (count > MAX_FILES) return tooMany(where);
          await look(raw, innerKind, depth + 1);
        }
      }
      return;
    }
    if (kind === "cda" && looksLikeCda(file.content)) files.push({ ...file, kind });
    else if (kind === "archive") {
      const zip = file.content[0] === 0x50 && file.content[1] === 0x4b;
      if (zip && !(isOffice(file) && !saysXdm(file))) files.push({ ...file, kind });
      else if (saysXdm(file)) wrong("archive_invalid", "The archive is not one.", where);
    }
  }

  for (const attachment of attachmentsOf(mail)) {
    const kind = kindOf(attachment);
    if (kind === "pdf") laterPdfs.push(attachment);
    if (kind === "pdf" || kind === "other") continue;
    const where = `part ${attachment.part}`;
    count += 1;
    if (count > MAX_FILES) {
      tooMany(where);
      break;
    }
    const leaf = mail.parts.find(({ part }) => part === attachment.part);
    if (!leaf) continue;
    const most = Math.min(budget.maxBytes, left);
    const { bytes, truncated } = await partBytes(imap, mail, leaf, most, signal);
    if (truncated) {
      wrong("attachment_too_large", "An attachment is larger than is opened; it can be saved.", where);
      continue;
    }
    left -= bytes.length;
    const raw = {
      part: attachment.part,
      path: "",
      name: attachment.name,
      mimeType: attachment.mimeType,
      content: bytes,
    };
    try {
      await look(raw, kind, 0);
    } catch (error) {
      if (isMedimailError(error) && error.code !== "mail_invalid") throw error;
      wrong("mail_nested_invalid", "A mail within the mail cannot be read.", where);
    }
  }

  return {
    files,
    problems,
    async pdfs() {
      for (const { part, name } of laterPdfs.slice(0, MAX_PDFS)) {
        const sha256 = await streamedDigest(imap, mail, part, budget.maxBytes, signal);
        if (sha256 !== undefined) pdfs.push({ part, path: "", name, sha256 });
      }
      return pdfs;
    },
  };
}

async function streamedDigest(
  imap: Pick<ImapMailbox, "part">,
  mail: ImapSummary,
  part: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const leaf = mail.parts.find((candidate) => candidate.part === part);
  if (!leaf || leaf.encodedSize > maxBytes * 3 + MIB) return undefined;
  const hash = createHash("sha256");
  try {
    for await (const piece of decoded(encodedPart(imap, mail, part, maxBytes, signal), leaf.encoding))
      hash.update(piece);
  } catch (error) {
    // Longer than the structure of the mail told: it is matched with nothing.
    if (isMedimailError(error) && error.code === "mail_invalid") return undefined;
    throw error;
  }
  return hash.digest("hex");
}

export const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const safeName = (name: string): string => name.replace(/[/\\\u0000-\u001f\u007f]/g, "_").slice(0, 120) || "?";
