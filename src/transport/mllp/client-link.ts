import type { Socket } from "node:net";
import { MedimailError, type MedimailErrorDetails } from "../../errors.js";
import { tlsError } from "../../tls-error.js";
import { hangUp } from "./endings.js";
import { MllpDecoder } from "./framing.js";

interface Question {
  resolve(answer: Uint8Array): void;
  reject(error: MedimailError): void;
  /** All of the message is with the system. */
  written: boolean;
}

const UNKNOWN = "Send it again with the same control id: by that a receiver knows what it has already.";

/** What is told where the message, or a part of it, has left and no answer came. */
export function unanswered(code: "connection_lost" | "timeout" | "aborted", why: string, cause?: unknown) {
  const details: MedimailErrorDetails = { hint: UNKNOWN, retryable: code !== "aborted", cause };
  return new MedimailError(code, `${why}: whether the message was taken is not known`, details);
}

/**
 * One connection of a client: a message out, its answer in. It ends with whatever makes it doubtful which answer is whose: a time limit, an abort, a
 * block that nobody asked for.
 */
export class MllpLink {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #decoder: MllpDecoder;
  readonly #idleMs: number;
  #question: Question | undefined;
  #idle: NodeJS.Timeout | undefined;
  #alive: boolean;

  constructor(socket: Socket, host: string, limits: { maxBlockBytes: number; idleMs: number }) {
    this.#socket = socket;
    this.#host = host;
    this.#idleMs = limits.idleMs;
    this.#decoder = new MllpDecoder((content) => this.#onBlock(content), limits);
    this.#alive = !socket.destroyed && socket.writable;
    socket.on("data", this.#onData);
    socket.on("error", this.#onError);
    socket.on("end", this.#onClose);
    socket.on("close", this.#onClose);
    // It comes paused where a proxy or TLS held it before.
    socket.resume();
  }

  /** Whether a message can be written. */
  get alive(): boolean {
    return this.#alive;
  }

  readonly #onBlock = (content: Uint8Array): void => {
    const question = this.#question;
    if (!question) {
      this.#fail("the server sent what nobody asked for");
      return;
    }
    this.#question = undefined;
    question.resolve(content);
    // An answer before the end of the message: it is one, but the server is out of step with what follows.
    if (!question.written) void this.drop();
    else this.#idle = setTimeout(() => void this.drop(), this.#idleMs);
  };

  readonly #onData = (bytes: Buffer): void => {
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      this.#fail("the answer is longer than it may be", error);
    }
    if (!this.#question && this.#decoder.inBlock) this.#fail("the server sent what nobody asked for");
    if (this.#decoder.strayNow > MAX_STRAY_BYTES) this.#fail("the server does not speak MLLP");
  };

  readonly #onError = (error: Error): void => {
    // In TLS 1.3 a refusal of our certificate comes after the handshake: then nobody has read the message. Of other faults that is not known.
    const known = tlsError(error, this.#host, "other");
    if (known && !known.retryable) this.#end(known);
    else this.#fail(`the connection to ${this.#host} was lost`, error);
  };

  readonly #onClose = (): void => this.#fail(`${this.#host} closed the connection`);

  #fail(why: string, cause?: unknown): void {
    this.#end(unanswered("connection_lost", why, cause));
  }

  #end(error: MedimailError): void {
    if (!this.#alive) return;
    this.#alive = false;
    clearTimeout(this.#idle);
    this.#socket.removeListener("data", this.#onData);
    this.#socket.on("error", () => {});
    this.#socket.destroy();
    this.#question?.reject(error);
    this.#question = undefined;
  }

  /**
   * Writes the message, and resolves with the answer. Only where {@link alive}, and one at a time.
   *
   * @throws connection_lost, tls_failed; what the signal was aborted with
   */
  async ask(block: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    const onAbort = (): void => this.#end(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        const question: Question = { resolve, reject, written: false };
        this.#question = question;
        this.#socket.write(block, () => {
          question.written = true;
        });
      });
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Ends the connection in good order; nothing is in flight. */
  async drop(): Promise<void> {
    if (this.#alive) {
      this.#alive = false;
      clearTimeout(this.#idle);
      this.#socket.removeListener("data", this.#onData);
    }
    await hangUp(this.#socket);
  }
}

/** Between two answers; more than this is none of MLLP. */
const MAX_STRAY_BYTES = 64 * 1024;
