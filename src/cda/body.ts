import { defined } from "../defined.js";
import { looksLikePdf } from "../pdf-file.js";
import type { XmlElement } from "../xml/index.js";
import { measureBase64 } from "./base64.js";
import type { Cda, CdaBody } from "./types.js";
import type { Findings } from "./values.js";
import { attribute, follow, one } from "./values.js";

/** Types of files that are bytes: a body of theirs that does not say B64 is base64 nonetheless. */
const BINARY = /^(?:application\/(?:pdf|rtf|msword|vnd\.|dicom|zip)|image\/|audio\/|video\/)/i;

/** What the body is, and how to get at the encapsulated file; it is decoded when asked, not before. */
export function readBody(findings: Findings, document: XmlElement): Pick<Cda, "body" | "encapsulated"> {
  const none = (): undefined => undefined;
  const component = one(document, "component");
  const nonXml = one(component, "nonXMLBody");
  if (nonXml === undefined) {
    if (one(component, "structuredBody") === undefined) {
      findings.error("body_missing", "The document has no body.", "component");
    }
    return { body: { level: "N3" }, encapsulated: none };
  }

  // The schema has the one or the other: which of the two a reader shows is his guess.
  if (one(component, "structuredBody") !== undefined) {
    findings.error("body_twice", "The document has a file and sections as its body.", "component");
  }
  const text = one(nonXml, "text");
  const path = "component/nonXMLBody/text";
  const mediaType = attribute(text, "mediaType")?.trim();
  const body: CdaBody = defined({ level: "N1" as const, mediaType });
  const sized = (size: number): CdaBody => Object.assign(body, { size });
  if (mediaType === undefined)
    findings.warn("media_type_missing", "The body does not say what type its file is of.", path);
  if (text === undefined || follow(text, "reference") !== undefined || text.text.trim() === "") {
    findings.error("body_empty", "The file of the body is not in the document.", path);
    return { body, encapsulated: none };
  }
  if (attribute(text, "compression") !== undefined) {
    findings.error("body_compressed", "The file of the body is compressed, which is not supported.", path);
    return { body, encapsulated: none };
  }

  const content = text.text;
  const representation = attribute(text, "representation") ?? "TXT";
  if (representation !== "B64") {
    if (mediaType === undefined || !BINARY.test(mediaType)) {
      return { body: sized(Buffer.byteLength(content)), encapsulated: once(() => Buffer.from(content)) };
    }
    findings.warn("representation_missing", "The body is a binary file and does not say that it is in base64.", path);
  }
  const file = fileOf(content);
  if (file === undefined) {
    findings.error("body_base64_invalid", "The file of the body is not valid base64.", path);
    return { body, encapsulated: none };
  }
  if (/^application\/pdf\b/i.test(mediaType ?? "") && !looksLikePdf(file.head)) {
    findings.warn("body_not_pdf", "The file of the body says that it is a PDF, and is not.", path);
  }
  return { body: sized(file.size), encapsulated: once(file.decode) };
}

/** Characters of base64 that are decoded at once: the file is wanted in most cases, and decoding it is half of its check. */
const SMALL = 64 * 1024;

/** The file in base64; undefined where it is not that. A large one is decoded when it is asked for. */
function fileOf(content: string): { size: number; head: Buffer; decode: () => Buffer } | undefined {
  if (content.length <= SMALL) {
    const bytes = Buffer.from(content, "base64");
    if (bytes.toString("base64") === content) return { size: bytes.length, head: bytes, decode: () => bytes };
  }
  const size = measureBase64(content);
  if (size === undefined) return undefined;
  return { size, head: Buffer.from(content.slice(0, 2048), "base64"), decode: () => Buffer.from(content, "base64") };
}

function once(make: () => Buffer): () => Uint8Array {
  let made: Uint8Array | undefined;
  return () => {
    if (made === undefined) {
      const buffer = make();
      made = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    return made;
  };
}
