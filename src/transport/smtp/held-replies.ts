import type { SmtpReply } from "./reply.js";

const MAX_REPLIES = 1000;
/** Characters of their text. */
const MAX_TEXT = 1024 * 1024;

/** Replies that nobody waits for yet, in order: those to a whole pipelined envelope, or what a server says unasked. */
export class HeldReplies {
  readonly #replies: SmtpReply[] = [];
  #text = 0;

  get length(): number {
    return this.#replies.length;
  }

  /** So many pile up only with a hostile server. */
  get tooMany(): boolean {
    return this.#replies.length > MAX_REPLIES || this.#text > MAX_TEXT;
  }

  push(reply: SmtpReply): void {
    this.#replies.push(reply);
    this.#text += textLength(reply);
  }

  shift(): SmtpReply | undefined {
    const reply = this.#replies.shift();
    if (reply) this.#text -= textLength(reply);
    return reply;
  }
}

function textLength({ lines }: SmtpReply): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
