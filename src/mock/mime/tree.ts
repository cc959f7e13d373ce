import type { HeaderField } from "./headers.js";
import { headerOf, parseHeaders, parseParameters } from "./headers.js";

/** A MIME part as byte positions in the mail: nothing is copied until it is asked. */
export interface MimePart {
  /** Header block, its empty line included. */
  header: [from: number, to: number];
  body: [from: number, to: number];
  fields: HeaderField[];
  type: string;
  subtype: string;
  parameters: [string, string][];
  encoding: string;
  /** Parts of a multipart. */
  children: MimePart[];
  /** The mail inside a message/rfc822. */
  message?: MimePart;
}

const MAX_DEPTH = 30;
const MAX_PARTS = 2000;

/** Reads the structure of a mail. Beyond 30 levels or 2000 parts a part is taken as opaque. */
export function parseMime(raw: Buffer): MimePart {
  return readPart(raw, 0, raw.length, 0, { parts: 0 }, "text/plain");
}

function readPart(
  raw: Buffer,
  from: number,
  to: number,
  depth: number,
  count: { parts: number },
  fallback: string,
): MimePart {
  count.parts += 1;
  const bodyAt = endOfHeader(raw, from, to);
  const fields = parseHeaders(raw.toString("latin1", from, bodyAt));
  const content = parseParameters(headerOf(fields, "content-type") ?? fallback);
  const [type = "text", subtype = "plain"] = /^[^\s/]+\/[^\s/]+$/.test(content.value)
    ? content.value.toLowerCase().split("/")
    : [];
  const part: MimePart = {
    header: [from, bodyAt],
    body: [bodyAt, to],
    fields,
    type,
    subtype,
    parameters: content.parameters,
    encoding: (headerOf(fields, "content-transfer-encoding") ?? "7bit").toLowerCase(),
    children: [],
  };
  if (depth >= MAX_DEPTH) return part;
  const boundary = content.parameters.find(([name]) => name === "boundary")?.[1];
  if (type === "multipart" && boundary) {
    const inner = subtype === "digest" ? "message/rfc822" : "text/plain";
    for (const [a, b] of split(raw, bodyAt, to, boundary)) {
      if (count.parts >= MAX_PARTS) break;
      part.children.push(readPart(raw, a, b, depth + 1, count, inner));
    }
  } else if (type === "message" && subtype === "rfc822") {
    part.message = readPart(raw, bodyAt, to, depth + 1, count, "text/plain");
  }
  return part;
}

/** Position after the empty line that ends the header; the end where there is none. */
function endOfHeader(raw: Buffer, from: number, to: number): number {
  if (raw[from] === 0x0d && raw[from + 1] === 0x0a) return Math.min(from + 2, to);
  if (raw[from] === 0x0a) return from + 1;
  let at = from;
  while (at < to) {
    const lf = raw.indexOf(0x0a, at);
    if (lf < 0 || lf >= to) return to;
    if (raw[lf + 1] === 0x0a) return Math.min(lf + 2, to);
    if (raw[lf + 1] === 0x0d && raw[lf + 2] === 0x0a) return Math.min(lf + 3, to);
    at = lf + 1;
  }
  return to;
}

function split(raw: Buffer, from: number, to: number, boundary: string): [number, number][] {
  const mark = Buffer.from(`--${boundary}`, "latin1");
  const parts: [number, number][] = [];
  let start = -1;
  let at = from;
  while (at < to) {
    const found = raw.indexOf(mark, at);
    if (found < 0 || found >= to) break;
    at = found + mark.length;
    if (found !== from && raw[found - 1] !== 0x0a) continue;
    const closing = raw[at] === 0x2d && raw[at + 1] === 0x2d;
    // A longer boundary that begins with this one is another boundary.
    const after = raw.toString("latin1", closing ? at + 2 : at, Math.min(at + 200, to));
    if (!/^[ \t]*(\r?\n|$)/.test(after)) continue;
    if (start >= 0) parts.push([start, Math.max(start, lineStart(raw, found))]);
    if (closing) return parts;
    const lf = raw.indexOf(0x0a, at);
    start = lf < 0 || lf >= to ? to : lf + 1;
    at = start;
  }
  if (start >= 0 && start < to) parts.push([start, to]);
  return parts;
}

/** The line end before a boundary belongs to it. */
function lineStart(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 0x0a) return at;
  return raw[at - 2] === 0x0d ? at - 2 : at - 1;
}

/** The part by its IMAP number (`1`, `2.1`); the whole mail for an empty path. */
export function partAt(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  path.forEach((number, depth) => {
    if (!part) return;
    const holder: MimePart = depth === 0 ? part : (part.message ?? part);
    if (holder.type === "multipart" && holder.children.length > 0) part = holder.children[number - 1];
    // A mail that is no multipart has one part, itself.
    else part = number === 1 && (depth === 0 || holder !== part) ? holder : undefined;
  });
  return part;
}
