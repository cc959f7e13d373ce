import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ErrorCode } from "../../errors.js";
import { isMedimailError, MedimailError } from "../../errors.js";
import { tlsError } from "../../tls-error.js";

/** Before the library takes over, a server has short lines to say: capabilities at most. */
const MAX_LINE = 16 * 1024;
const MAX_LINES = 500;
/** An authentication asks twice at most. */
const MAX_QUESTIONS = 10;
const MAX_UNREAD = 256 * 1024;

export interface TaggedAnswer {
  status: "OK" | "NO" | "BAD";
  text: string;
  /** The lines that came before it. */
  untagged: string[];
}

/**
 * The first steps of an IMAP session, up to the authentication, which imapflow cannot take as we must: TLS verified by
 * us before anything is authenticated, SASL EXTERNAL, and both forms of XOAUTH2.
 */
export class ImapWire {
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #error: MedimailError | undefined;
  #wake: (() => void) | undefined;
  #tag = 0;
  readonly #host: string;

  constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    this.#attach();
  }

  #attach(): void {
    this.#socket.on("data", this.#onData);
    this.#socket.on("error", this.#onError);
    this.#socket.on("end", this.#onClose);
    this.#socket.on("close", this.#onClose);
    // It comes paused where a proxy or TLS held it before us.
    this.#socket.resume();
  }

  #detach(): void {
    this.#socket.pause();
    this.#socket.removeListener("data", this.#onData);
    this.#socket.removeListener("error", this.#onError);
    this.#socket.removeListener("end", this.#onClose);
    this.#socket.removeListener("close", this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    // Nobody may be reading (a token is being asked for): what a hostile server sends meanwhile must not pile up.
    if (this.#received.length > MAX_UNREAD) this.fail(failed("the server sends more than it was asked for"));
    this.#wake?.();
  };

  readonly #onError = (error: Error): void => {
    const known = tlsError(error, this.#host);
    if (known) this.fail(known);
    else this.#lost(error);
  };

  readonly #onClose = (): void => this.#lost();

  #lost(cause?: unknown): void {
    this.fail(new MedimailError("connection_lost", `${this.#host} closed the connection`, { cause }));
  }

  /** Ends the session at once; who waits for a line gets the error. */
  fail(error: MedimailError): MedimailError {
    this.#error ??= error;
    this.#socket.destroy();
    this.#wake?.();
    return this.#error;
  }

  /** The next line, without its end. Passing the limit ends the session. */
  async line(waitMs: number, timeoutMs = waitMs): Promise<string> {
    const timer = setTimeout(
      () => this.fail(new MedimailError("timeout", `${this.#host} did not answer within ${timeoutMs} ms`)),
      waitMs,
    );
    try {
      for (;;) {
        const end = this.#received.indexOf("\r\n");
        if (end >= 0 && end <= MAX_LINE) {
          const line = this.#received.toString("utf8", 0, end);
          this.#received = this.#received.subarray(end + 2);
          return line;
        }
        if (this.#error) throw this.#error;
        if (this.#received.length > MAX_LINE) throw this.fail(failed("the server sent a line that is too long"));
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  /**
   * Sends a command; `answer` gives what each continuation request (`+`) is answered with. The limit is for the whole: a
   * server that sends a line now and then would else hold us for hours.
   */
  async command(text: string, timeoutMs: number, answer?: (challenge: string) => string): Promise<TaggedAnswer> {
    const tag = `M${++this.#tag}`;
    this.#write(`${tag} ${text}`);
    const untagged: string[] = [];
    const end = performance.now() + timeoutMs;
    for (let asked = 0; ; ) {
      const line = await this.line(Math.max(1, end - performance.now()), timeoutMs);
      const tagged = line.startsWith(`${tag} `) ? /^(OK|NO|BAD)(?: (.*))?$/i.exec(line.slice(tag.length + 1)) : null;
      if (tagged)
        return {
          status: (tagged[1] as string).toUpperCase() as TaggedAnswer["status"],
          text: tagged[2] ?? "",
          untagged,
        };
      if (/^\* BYE\b/i.test(line)) throw this.fail(failed(`${this.#host} ended the session`));
      if (line.startsWith("+") && answer && ++asked <= MAX_QUESTIONS) this.#write(answer(line.slice(1).trim()));
      else if (line.startsWith("* ")) untagged.push(line);
      else throw this.fail(failed("the server does not speak IMAP"));
      if (untagged.length > MAX_LINES) throw this.fail(failed("the server sends too many lines for one answer"));
    }
  }

  #write(line: string): void {
    if (this.#error) throw this.#error;
    this.#socket.write(`${line}\r\n`);
  }

  /**
   * Hands the socket over for TLS; refuses what came in clear after the answer to STARTTLS. A goodbye alone, which any server may say at any time, is that:
   * nothing comes after it.
   */
  async secure(upgrade: (socket: Socket) => Promise<TLSSocket>): Promise<void> {
    if (/^\* BYE\b[^\r\n]*\r\n$/i.test(this.#received.toString("latin1", 0, MAX_LINE)))
      throw this.fail(failed(`${this.#host} ended the session`));
    if (this.#received.length > 0) {
      throw this.fail(
        new MedimailError(
          "starttls_injection",
          `${this.#host} sent data after its answer to STARTTLS and before TLS: someone may be on the line`,
          { requirement: "ECO.1.0.2" },
        ),
      );
    }
    this.#detach();
    try {
      this.#socket = await upgrade(this.#socket);
    } catch (error) {
      throw this.fail(
        isMedimailError(error)
          ? error
          : new MedimailError("tls_failed", `TLS with ${this.#host} failed`, { cause: error }),
      );
    }
    this.#attach();
    if (this.#error) this.#socket.destroy();
  }

  /** Lets go of the socket, with `greeting` and what was not read put back before what is still to come. */
  handOver(greeting: string): Socket {
    if (this.#error) throw this.#error;
    this.#detach();
    this.#socket.unshift(Buffer.concat([Buffer.from(greeting), this.#received]));
    return this.#socket;
  }
}

export function failed(
  message: string,
  details: ConstructorParameters<typeof MedimailError>[2] = {},
  code: ErrorCode = "imap_failed",
): MedimailError {
  return new MedimailError(code, message, details);
}
