import { quotedPrintable } from "./headers.js";
import type { MimePart } from "./tree.js";

const MAX_TEXT = 4 << 20;

/** The readable text of a mail, for SEARCH BODY and TEXT: text parts decoded, those of joined mails too. */
export function readableText(raw: Buffer, part: MimePart): string {
  const pieces: string[] = [];
  collect(raw, part, pieces);
  return pieces.join("\n");
}

function collect(raw: Buffer, part: MimePart, pieces: string[]): void {
  if (part.message) collect(raw, part.message, pieces);
  for (const child of part.children) collect(raw, child, pieces);
  if (part.type !== "text") return;
  const [from, to] = part.body;
  const bytes = decodeBody(raw.subarray(from, Math.min(to, from + MAX_TEXT)), part.encoding);
  const charset = part.parameters.find(([name]) => name === "charset")?.[1] ?? "utf-8";
  try {
    pieces.push(new TextDecoder(charset).decode(bytes));
  } catch {
    pieces.push(bytes.toString("latin1"));
  }
}

export function decodeBody(bytes: Buffer, encoding: string): Buffer {
  if (encoding === "base64") return Buffer.from(bytes.toString("latin1"), "base64");
  if (encoding === "quoted-printable") return quotedPrintable(bytes.toString("latin1"));
  return bytes;
}
