import type { z } from "zod";
import { defined } from "../../defined.js";
import { isMedimailError } from "../../errors.js";
import { parseReceipt, tellsFailure } from "../../message/index.js";
import type { OpenedDocument, OpenedXdm } from "../../xdm/index.js";
import { openXdm } from "../../xdm/index.js";
import { parseAddresses } from "../mime/addresses.js";
import { decodeWords, unfold } from "../mime/headers.js";
import { decodeBody, readableText } from "../mime/text.js";
import type { MimePart } from "../mime/tree.js";
import type { MockMessage } from "../store/message.js";
import { ControlError } from "./failure.js";
import type { messageDetail, messageSummary, part as partSchema } from "./schemas.js";

const MAX_TEXT = 200_000;
const MAX_HEADERS = 500;
const MAX_SHOWN = 2_000;

type Summary = z.input<typeof messageSummary>;

/** A mail in a list: what its header says, and whether it has an archive. */
export function summaryOf(message: MockMessage, folder: string): Summary {
  const { uid, messageId, internalDate, flags, raw } = message;
  const subject = shown(message.header("subject"));
  return {
    folder,
    uid,
    ...(messageId === undefined ? {} : { messageId }),
    date: internalDate.toISOString(),
    flags,
    size: raw.length,
    from: people(message.header("from")),
    to: people(message.header("to")),
    subject,
    hasXdm: archiveOf(message) !== undefined,
    kind: kindOf(message, subject),
  };
}

export async function detailOf(message: MockMessage, folder: string): Promise<z.input<typeof messageDetail>> {
  const archive = archiveOf(message);
  const receipt = await receiptOf(message);
  const text = readableText(message.raw, message.mime).slice(0, MAX_TEXT);
  return {
    ...summaryOf(message, folder),
    headers: message.mime.fields
      .slice(0, MAX_HEADERS)
      .map(({ name, value }) => ({ name, value: shown(unfold(value)) })),
    ...(text === "" ? {} : { text }),
    parts: partsOf(message).map(({ number, part, name }) => partView(message, number, part, name)),
    ...(archive ? { archive: { part: archive.number, ...(await archiveView(message)) } } : {}),
    ...(receipt ? { receipt: receipt as unknown as Record<string, unknown> } : {}),
  };
}

async function archiveView(message: MockMessage) {
  try {
    const { documents, problems } = await openArchive(message);
    return {
      documents: documents.map((document, index) => documentView(document, index)),
      problems: problems
        .slice(0, 200)
        .map(({ severity, code, message: said, path }) => defined({ severity, code, message: said, path })),
    };
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return { documents: [], problems: [{ severity: "error" as const, code: error.code, message: error.message }] };
  }
}

function documentView(document: OpenedDocument, index: number) {
  const { title, typeCode, mimeType, creationTime, action, size, hash, integrity } = document;
  const { code, displayName } = typeCode ?? {};
  return defined({
    index,
    title,
    typeCode: code,
    typeName: displayName,
    mimeType,
    creationTime,
    action,
    size,
    hash,
    integrity,
  });
}

/** Throws `not_found` where there is no archive, and what `openXdm` throws. */
export async function openArchive(message: MockMessage): Promise<OpenedXdm> {
  const archive = archiveOf(message);
  if (!archive) throw new ControlError("not_found", "The mail has no IHE_XDM.ZIP");
  return openXdm(contentOf(message, archive.part));
}

/** Throws `not_found` where the mail has no such part. */
export function attachment(message: MockMessage, number: string): { bytes: Buffer; name: string } {
  const found = partsOf(message).find((one) => one.number === number);
  if (!found) throw new ControlError("not_found", "The mail has no such part", { path: "part" });
  return { bytes: contentOf(message, found.part), name: found.name ?? `part-${number}` };
}

function contentOf(message: MockMessage, part: MimePart): Buffer {
  return decodeBody(message.raw.subarray(...part.body), part.encoding);
}

interface NumberedPart {
  number: string;
  part: MimePart;
  name: string | undefined;
}

/** The leaves of a mail by their IMAP numbers; a mail inside is one of them. */
function partsOf(message: MockMessage): NumberedPart[] {
  const found: NumberedPart[] = [];
  const visit = (part: MimePart, number: string): void => {
    if (part.type === "multipart")
      for (const [index, child] of part.children.entries())
        visit(child, number === "" ? `${index + 1}` : `${number}.${index + 1}`);
    else found.push({ number: number === "" ? "1" : number, part, name: fileName(part) });
  };
  visit(message.mime, "");
  return found;
}

function partView(message: MockMessage, number: string, part: MimePart, name: string | undefined) {
  const size = contentOf(message, part).length;
  const view: z.input<typeof partSchema> = { part: number, type: `${part.type}/${part.subtype}`, size };
  return name === undefined ? view : { ...view, name };
}

function fileName(part: MimePart): string | undefined {
  const disposition = part.fields.find(({ name }) => name.toLowerCase() === "content-disposition");
  const written =
    /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(unfold(disposition?.value ?? "")) ?? undefined;
  const name = written?.[1] ?? written?.[2] ?? part.parameters.find(([key]) => key === "name")?.[1];
  return name === undefined ? undefined : shown(name);
}

/** The archive: by its name, or a ZIP that the subject announces. */
function archiveOf(message: MockMessage): NumberedPart | undefined {
  const zips = partsOf(message).filter(({ part, name }) => part.subtype.includes("zip") || /\.zip$/i.test(name ?? ""));
  return zips.find(({ name }) => /^ihe_xdm\.zip$/i.test(name ?? "")) ?? zips[0];
}

async function receiptOf(message: MockMessage) {
  try {
    return await parseReceipt(message.raw);
  } catch {
    // Not one that can be read: it is shown as a mail.
    return undefined;
  }
}

function kindOf(message: MockMessage, subject: string): Summary["kind"] {
  const type = message.header("content-type") ?? "";
  if (/^\s*multipart\/report/i.test(type)) return /disposition-notification/i.test(type) ? "mdn" : "dsn";
  return tellsFailure(subject) ? "ko" : "mail";
}

function people(value: string | undefined): { name?: string; address: string }[] {
  return parseAddresses(value ?? "").flatMap(({ name, mailbox, host }) =>
    mailbox === undefined || host === undefined
      ? []
      : [
          {
            ...(name === undefined ? {} : { name: shown(name) }),
            address: host === "" ? mailbox : `${mailbox}@${host}`,
          },
        ],
  );
}

/** Decoded, without controls, of a length that can be shown. */
function shown(value: string | undefined): string {
  return decodeWords(value ?? "")
    .replace(/[\u0000-\u001f\u007f]/g, " ")
    .slice(0, MAX_SHOWN);
}
