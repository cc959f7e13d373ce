import { MedimailError } from "../../errors.js";
import { isAsciiWithoutIns } from "../../plain-text.js";

/** One answer of the server. `text` has its lines without codes, as received: {@link maskAnswer} it before it goes anywhere. */
export interface SmtpReply {
  code: number;
  lines: string[];
}

export interface ReplyLimits {
  /** Bytes of one line, its end included. Default 4 096 (RFC 5321 §4.5.3.1.5 says 512). Passing it: `smtp_protocol`. */
  maxLineLength?: number;
  /** Lines of one reply. Default 200. Passing it: `smtp_protocol`. */
  maxLines?: number;
}

/** Cuts what the server sends into replies. Throws `smtp_protocol` on what is no reply; it must not be used any more then. */
export class ReplyParser {
  #rest = "";
  #lines: string[] = [];
  #code = 0;
  readonly #maxLineLength: number;
  readonly #maxLines: number;

  constructor({ maxLineLength = 4096, maxLines = 200 }: ReplyLimits = {}) {
    this.#maxLineLength = maxLineLength;
    this.#maxLines = maxLines;
  }

  /** True where nothing was received beyond the last whole reply. */
  get empty(): boolean {
    return this.#rest === "" && this.#lines.length === 0;
  }

  push(chunk: Buffer): SmtpReply[] {
    const replies: SmtpReply[] = [];
    const data = this.#rest + chunk.toString("latin1");
    let from = 0;
    for (let end = data.indexOf("\n"); end >= 0; end = data.indexOf("\n", from)) {
      if (end + 1 - from > this.#maxLineLength) throw tooLong(this.#maxLineLength);
      const line = data.charCodeAt(end - 1) === 13 && end > from ? data.slice(from, end - 1) : data.slice(from, end);
      from = end + 1;
      const reply = this.#line(line);
      if (reply) replies.push(reply);
    }
    this.#rest = from === 0 ? data : data.slice(from);
    if (this.#rest.length > this.#maxLineLength) throw tooLong(this.#maxLineLength);
    return replies;
  }

  #line(line: string): SmtpReply | undefined {
    const code = codeOf(line);
    const mark = line.charAt(3);
    if (code === undefined || (mark !== " " && mark !== "-" && mark !== "") || line.includes("\r"))
      throw new MedimailError("smtp_protocol", "the server sent a line that is not an SMTP reply");
    if (this.#lines.length === 0) this.#code = code;
    else if (code !== this.#code)
      throw new MedimailError("smtp_protocol", "the server changed the code within one reply");
    this.#lines.push(line.slice(4));
    if (mark === "-") {
      if (this.#lines.length >= this.#maxLines)
        throw new MedimailError("smtp_protocol", `the server sent a reply of more than ${this.#maxLines} lines`);
      return undefined;
    }
    const lines = this.#lines;
    this.#lines = [];
    return { code, lines };
  }
}

/** The three digits at the head of a line, 200 to 599. */
function codeOf(line: string): number | undefined {
  const hundreds = line.charCodeAt(0) - 0x30;
  const tens = line.charCodeAt(1) - 0x30;
  const ones = line.charCodeAt(2) - 0x30;
  const valid = hundreds >= 2 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return valid ? hundreds * 100 + tens * 10 + ones : undefined;
}

function tooLong(limit: number): MedimailError {
  return new MedimailError("smtp_protocol", `the server sent a line longer than ${limit} bytes`);
}

/** RFC 3463 code at the head of the reply, where its class is that of the reply or a milder one. */
export function enhancedStatus(reply: SmtpReply): string | undefined {
  return /^([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(reply.lines.at(-1) ?? "")?.[1];
}

/**
 * A reply as it may be shown and traced (ECO.4.1.2): addresses are replaced by `<…>`, since a patient's address is his
 * INS, and so is an INS that stands alone; control characters go; 500 characters are kept.
 */
export function maskAnswer(reply: SmtpReply): string {
  const received = `${reply.code} ${reply.lines.join(" ")}`;
  if (received.length <= 500 && !received.includes("@") && isAsciiWithoutIns(received)) return received.trimEnd();
  const text = Buffer.from(received, "latin1")
    .toString("utf8")
    .replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
  const masked = text
    .slice(0, MAX_MASKED)
    .replace(/<[^<>]*@[^<>]*>/g, "<…>")
    .replace(/"[^"]{1,128}"@[^\s<>]+|[^\s<>"'(),;:=[\]]+@[^\s<>"'(),;]+/g, "<…>")
    .replace(/(?<!\d)[1-478](?:[\s.]?\d){5}[\s.]?[\dAB](?:[\s.]?\d){6}(?:[\s.]?\d\d)?(?!\d)/gi, "<…>");
  // Half an address, or half an INS, is not known as one.
  const whole = text.length > MAX_MASKED ? masked.slice(0, -LONGEST_ADDRESS) : masked;
  return whole.slice(0, 500).trimEnd();
}

/** Characters of a reply that are looked at. */
const MAX_MASKED = 4000;
/** RFC 5321 §4.5.3.1: 64 characters, `@`, 255. */
const LONGEST_ADDRESS = 320;
