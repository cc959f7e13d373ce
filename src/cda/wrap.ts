import { randomUUID } from "node:crypto";
import { MedimailError } from "../errors.js";
import { looksLikePdf } from "../pdf-file.js";
import { parseHeader } from "./schema.js";
import type { CdaHeaderInput } from "./types.js";
import { headerElements } from "./write-header.js";

export interface WrapPdfOptions {
  /** Milliseconds since 1970, for an `effectiveTime` left out. Default: now. */
  now?: number;
  /** A random UUID, for an `id` left out. */
  uuid?: () => string;
}

const OPENING =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n';
const BODY = '\n<component><nonXMLBody><text mediaType="application/pdf" representation="B64">';
const CLOSING = "</text></nonXMLBody></component>\n</ClinicalDocument>\n";

/**
 * Wraps a PDF as a CDA R2 document of level 1, with the minimal French structure (CI-SIS "Structuration minimale des
 * documents de santé"). The PDF is encapsulated byte for byte. {@link readCda} of the result gives the same header.
 *
 * @throws MedimailError `cda_header_invalid` something mandatory is missing, or a value cannot be written (`path` says
 * where); `pdf_invalid` the file is not a PDF.
 */
export function wrapPdf(pdf: Uint8Array, header: CdaHeaderInput, options: WrapPdfOptions = {}): Uint8Array {
  if (!looksLikePdf(pdf)) {
    throw new MedimailError("pdf_invalid", "The file to wrap is not a PDF: no %PDF- in its first 1024 bytes.");
  }
  const given = parseHeader(header);
  const complete = {
    ...given,
    id: given.id ?? idFromUuid((options.uuid ?? randomUUID)()),
    effectiveTime: given.effectiveTime ?? localTime(new Date(options.now ?? Date.now())),
  };
  const before = Buffer.from(OPENING + headerElements(complete) + BODY, "utf8");
  const content = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length).toString("base64");
  const bytes = new Uint8Array(before.length + content.length + CLOSING.length);
  bytes.set(before, 0);
  const view = Buffer.from(bytes.buffer);
  view.write(content, before.length, "latin1");
  view.write(CLOSING, before.length + content.length, "latin1");
  return bytes;
}

/** XDS wants the identifier of a document to be an OID: the arc 2.25 has one for each UUID. */
function idFromUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll("-", "")}`)}`;
}

/** `AAAAMMJJHHMMSS+ZZZZ`, in the zone of the machine: a French document tells local time and its offset. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone = Math.abs(offset);
  return (
    String(date.getFullYear()).padStart(4, "0") +
    [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join("") +
    (offset < 0 ? "-" : "+") +
    two(Math.floor(zone / 60)) +
    two(zone % 60)
  );
}
