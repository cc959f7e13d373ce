import type { LineConnection } from "../wire/connection.js";
import { LineTooLong } from "../wire/connection.js";
import type { Segment } from "./syntax.js";

export interface ReadCommand {
  tag: string;
  name: string;
  segments: Segment[];
  /** As it goes to the transcript. */
  masked: string;
  /** A synchronising literal was too long: nothing of it was sent. */
  tooBig?: boolean;
}

const MAX_LITERALS = 200;

/**
 * Reads one command with its literals (RFC 9051 §4.3; LITERAL+ of RFC 7888). Undefined when the client is gone; null for a line
 * that is no command. A literal that comes without waiting and is too long cannot be skipped safely: {@link LineTooLong}.
 */
export async function readCommand(
  connection: LineConnection,
  limits: { line: number; literal: number /** LITERAL+ is offered. */; unasked: boolean },
): Promise<ReadCommand | null | undefined> {
  const segments: Segment[] = [];
  let masked = "";
  let total = 0;
  let head: [tag: string, name: string] | undefined;
  for (let literals = 0; ; literals++) {
    const line = await connection.line(limits.line);
    if (line === undefined) return undefined;
    let text = line;
    if (!head) {
      const match = /^([^\s()"{}%*+\\\x00-\x1f]{1,100}) ((?:UID )?[A-Za-z]{1,30})(?= |$)/i.exec(line);
      if (!match?.[1] || !match[2]) {
        connection.said("client", line.slice(0, 200));
        return null;
      }
      head = [match[1], match[2].toUpperCase()];
      text = line.slice(match[0].length);
      masked = match[0];
    }
    const literal = (limits.unasked ? /\{(\d{1,10})(\+?)\}$/ : /\{(\d{1,10})()\}$/).exec(text);
    masked += mask(head[1], literal ? text.slice(0, literal.index) : text);
    if (!literal) {
      segments.push(text);
      connection.said("client", masked);
      return { tag: head[0], name: head[1], segments, masked };
    }
    const size = Number(literal[1]);
    total += size;
    if (total > limits.literal || literals >= MAX_LITERALS) {
      connection.said("client", `${masked}[${size} bytes]`);
      if (literal[2]) throw new LineTooLong(`A literal is longer than ${limits.literal} bytes`);
      return { tag: head[0], name: head[1], segments, masked, tooBig: true };
    }
    if (!literal[2]) {
      connection.write("+ Ready\r\n");
      connection.said("server", "+ Ready");
    }
    const bytes = await connection.bytes(size);
    if (!bytes) return undefined;
    segments.push(text.slice(0, literal.index), bytes);
    masked += `[${size} bytes]`;
  }
}

/** What follows the mechanism, and all that follows LOGIN, is a credential. */
function mask(name: string, text: string): string {
  if (name === "LOGIN") return text === "" ? "" : " [credential]";
  if (name === "AUTHENTICATE") return text.replace(/^( \S+) \S.*$/s, "$1 [credential]");
  return text;
}
