import type { Header } from "./fields.js";
import { parameterised, readHeader } from "./fields.js";

/** One entity of a mail: its header and where its content stands. Contents are decoded when asked. */
export interface Part {
  /** `1`, `1.2`, as IMAP numbers them; the mail itself is `0`. */
  path: string;
  header: Header;
  /** `text/plain` where Content-Type is absent (RFC 2045 §5.2). */
  type: string;
  parameters: ReadonlyMap<string, string>;
  forms: ReadonlyMap<string, "plain" | "rfc2231" | "encoded-word" | "eight-bit">;
  /** `attachment`, `inline`; empty where the field is absent. */
  disposition: string;
  /** Of Content-Disposition, else of Content-Type. */
  filename: string | undefined;
  filenameForm: "plain" | "rfc2231" | "encoded-word" | "eight-bit" | undefined;
  /** Lower case; `7bit` where absent. */
  encoding: string;
  /** Bytes of the content in the mail. */
  start: number;
  end: number;
  children: readonly Part[];
  /** A multipart without its boundary, or whose boundary never comes, or is never closed. */
  broken: "no-boundary" | "never-opened" | "never-closed" | undefined;
}

/** How deep and how wide a mail is read; what is beyond is left as one part. */
const MAX_DEPTH = 12;
const MAX_PARTS = 500;

/** The tree of a mail's parts. Never throws: what cannot be taken apart is a leaf. */
export function readParts(raw: Uint8Array): Part {
  return readPart(raw, 0, raw.length, "0", 0, { left: MAX_PARTS });
}

function readPart(
  raw: Uint8Array,
  from: number,
  to: number,
  path: string,
  depth: number,
  budget: { left: number },
): Part {
  const header = readHeader(raw, from, to);
  const first = (name: string) => header.fields.find((field) => field.name === name)?.flat;
  const content = parameterised(first("content-type") ?? "text/plain");
  const placed = parameterised(first("content-disposition") ?? "");
  const start = Math.min(from + header.length, to);
  const named = placed.parameters.has("filename") ? placed : content.parameters.has("name") ? content : undefined;
  const key = named === placed ? "filename" : "name";
  const type = /^[^\s/]+\/[^\s/]+$/.test(content.value) ? content.value : "text/plain";
  const inside =
    type.startsWith("multipart/") && depth < MAX_DEPTH
      ? readChildren(raw, start, to, content.parameters.get("boundary"), path, depth, budget)
      : { children: [], broken: undefined };
  return {
    path,
    header,
    type,
    parameters: content.parameters,
    forms: content.forms,
    disposition: placed.value,
    filename: named?.parameters.get(key),
    filenameForm: named?.forms.get(key),
    encoding: (first("content-transfer-encoding") ?? "7bit").trim().toLowerCase(),
    start,
    end: to,
    ...inside,
  };
}

function readChildren(
  raw: Uint8Array,
  start: number,
  end: number,
  boundary: string | undefined,
  path: string,
  depth: number,
  budget: { left: number },
): { children: Part[]; broken: Part["broken"] } {
  if (boundary === undefined || boundary === "") return { children: [], broken: "no-boundary" };
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const mark = Buffer.from(`--${boundary}`, "latin1");
  const spans: [number, number][] = [];
  let open: number | undefined;
  let closed = false;
  for (let at = bytes.indexOf(mark, start); at >= 0 && at < end; at = bytes.indexOf(mark, at + mark.length)) {
    if (at !== start && bytes[at - 1] !== 0x0a) continue;
    const after = at + mark.length;
    const last = bytes[after] === 0x2d && bytes[after + 1] === 0x2d;
    const eol = bytes.indexOf(0x0a, after);
    // A longer boundary that begins alike is another's.
    if (!last && !/^[ \t]*\r?$/.test(bytes.toString("latin1", after, eol < 0 ? end : eol))) continue;
    const before = bytes[at - 2] === 0x0d ? at - 2 : at - 1;
    if (open !== undefined) spans.push([open, Math.max(open, before)]);
    if (last) {
      closed = true;
      open = undefined;
      break;
    }
    open = eol < 0 ? end : Math.min(eol + 1, end);
    if (spans.length > MAX_PARTS) break;
  }
  if (open !== undefined) spans.push([open, end]);
  const children: Part[] = [];
  for (const [index, [from, to]] of spans.entries()) {
    budget.left -= 1;
    if (budget.left < 0) break;
    const name = path === "0" ? String(index + 1) : `${path}.${index + 1}`;
    children.push(readPart(raw, from, to, name, depth + 1, budget));
  }
  return { children, broken: spans.length === 0 ? "never-opened" : closed ? undefined : "never-closed" };
}

/** Every part, the mail itself first, parents before children. Parts of a forwarded mail are not among them. */
export function* walk(part: Part): Generator<Part> {
  yield part;
  for (const child of part.children) yield* walk(child);
}

/** The content of a leaf, its transfer encoding undone; tolerant, since its form is another check's. */
export function contentOf(raw: Uint8Array, part: Part): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset + part.start, part.end - part.start);
  if (part.encoding === "base64") return Buffer.from(bytes.toString("latin1"), "base64");
  if (part.encoding === "quoted-printable") {
    const text = bytes
      .toString("latin1")
      .replace(/[ \t]+(?=\r?\n|$)/g, "")
      .replace(/=\r?\n/g, "")
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(text, "latin1");
  }
  return bytes;
}
