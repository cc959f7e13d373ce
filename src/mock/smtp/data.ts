import type { LineConnection } from "../wire/connection.js";

const END = Buffer.from("\r\n.\r\n");
const STUFFED = Buffer.from("\r\n.");

export type Content =
  | { kind: "mail"; raw: Buffer }
  | { kind: "too-big"; size: number }
  /** The client went away before the final dot, or was cut at `cutAfter`. */
  | { kind: "gone" }
  | { kind: "cut" };

/**
 * Reads what follows DATA up to CRLF.CRLF and nothing else (a bare LF never ends a mail: no smuggling). A mail over the limit is
 * read to its end without being kept, so that the client hears 552 instead of a broken connection.
 */
export async function readContent(connection: LineConnection, limit: number, cutAfter?: number): Promise<Content> {
  const kept: Buffer[] = [];
  let size = 0;
  // The line end before the content belongs to the DATA command: a first line with a lone dot ends an empty mail.
  let tail = Buffer.from("\r\n");
  for (;;) {
    const chunk = await connection.chunk();
    if (!chunk) return { kind: "gone" };
    const window = Buffer.concat([tail, chunk]);
    const end = window.indexOf(END);
    if (end >= 0) {
      connection.putBack(window.subarray(end + END.length));
      // The CRLF before the dot is of the content.
      const last = window.subarray(tail.length, Math.max(end + 2, tail.length));
      const back = tail.length - (end + 2);
      size += end + 2 - tail.length;
      if (cutAfter !== undefined) return { kind: "cut" };
      if (size > limit) return { kind: "too-big", size };
      kept.push(last);
      const whole = Buffer.concat(kept);
      return { kind: "mail", raw: unstuff(back > 0 ? whole.subarray(0, Math.max(whole.length - back, 0)) : whole) };
    }
    size += chunk.length;
    if (cutAfter !== undefined && size >= cutAfter) return { kind: "cut" };
    if (size <= limit + END.length) kept.push(chunk);
    else kept.length = 0;
    tail = Buffer.from(window.subarray(Math.max(window.length - (END.length - 1), 0)));
  }
}

/** RFC 5321 §4.5.2: a leading dot is taken off each line. */
export function unstuff(content: Buffer): Buffer {
  if (content[0] !== 0x2e && content.indexOf(STUFFED) < 0) return content;
  const parts: Buffer[] = [];
  let from = content[0] === 0x2e ? 1 : 0;
  for (;;) {
    const at = content.indexOf(STUFFED, from);
    if (at < 0) break;
    parts.push(content.subarray(from, at + 2));
    from = at + 3;
  }
  parts.push(content.subarray(from));
  return Buffer.concat(parts);
}
