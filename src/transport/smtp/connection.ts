import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ErrorCode } from "../../errors.js";
import { ERROR_CODES, isMedimailError, MedimailError } from "../../errors.js";
import type { SmtpStage } from "../../seams/mail-transport.js";
import { tlsError } from "../../tls-error.js";
import { detailsOf, refusal, smtpFailure } from "./failure.js";
import { HeldReplies } from "./held-replies.js";
import type { ReplyLimits, SmtpReply } from "./reply.js";
import { ReplyParser } from "./reply.js";

interface Waiter {
  resolve(reply: SmtpReply): void;
  reject(error: MedimailError): void;
  timeoutMs: number;
  /** When the answer is overdue, on the clock of `performance.now()`. */
  due: number;
  /** It has had its moment more, see {@link LATE_MS}. */
  late?: boolean;
}

/**
 * A timer that comes so late, ms, is that of a process that was stopped, or of a machine that was: what the server said meanwhile is there, and is
 * read after the timers only. So there is a moment more, once, before an answer counts as missing.
 */
const LATE_MS = 500;

/** Bytes handed to the socket and not yet taken by the system: bounds what a slow server makes us hold, TLS copies included. */
const MAX_IN_FLIGHT = 256 * 1024;

/**
 * One SMTP dialogue over one socket: lines out, replies in, and one place where it ends. `stage` is kept by whoever
 * speaks; an end while it is `final-dot` is the only one with the verdict `unknown`.
 */
export class SmtpConnection {
  stage: SmtpStage = "greeting";
  /** Called once when the dialogue ends, for whatever reason. */
  onEnd: (() => void) | undefined;

  #socket: Socket;
  #parser: ReplyParser;
  readonly #replies = new HeldReplies();
  #waiters: Waiter[] = [];
  #end: MedimailError | undefined;
  /** One for all replies, left to run on when one has come: most connections answer many within the time of one limit. */
  #timer: NodeJS.Timeout | undefined;
  #timerEnd = 0;
  readonly #host: string;
  readonly #limits: ReplyLimits;

  constructor(socket: Socket, host: string, limits: ReplyLimits = {}) {
    this.#socket = socket;
    this.#host = host;
    this.#limits = limits;
    this.#parser = new ReplyParser(limits);
    this.#attach();
  }

  /** Why the dialogue ended, or undefined while it goes on. */
  get ended(): MedimailError | undefined {
    return this.#end;
  }

  /** True where the server has said something that nobody asked for. */
  get unsolicited(): boolean {
    return this.#replies.length > 0 || !this.#parser.empty;
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
    this.#socket.removeListener("data", this.#onData);
    this.#socket.removeListener("error", this.#onError);
    this.#socket.removeListener("end", this.#onClose);
    this.#socket.removeListener("close", this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    let replies: SmtpReply[];
    try {
      replies = this.#parser.push(chunk);
    } catch (error) {
      this.fail(
        isMedimailError(error) ? error.code : "smtp_protocol",
        error instanceof Error ? error.message : "the server does not speak SMTP",
      );
      return;
    }
    for (const reply of replies) {
      const waiter = this.#waiters.shift();
      if (waiter) waiter.resolve(reply);
      else this.#replies.push(reply);
    }
    if (this.#replies.tooMany) this.fail("smtp_protocol", "the server sends replies that nobody asked for");
  };

  readonly #onError = (error: Error): void => {
    const known = tlsError(error, this.#host);
    if (known) this.fail(known.code, known.message, known);
    else
      this.fail(
        "connection_lost",
        `the connection to ${this.#host} was lost (${(error as { code?: string }).code ?? "unknown reason"})`,
        error,
      );
  };

  readonly #onClose = (): void => {
    this.fail("connection_lost", `${this.#host} closed the connection`);
  };

  /** Ends the dialogue at once; who waits for a reply gets the error, with the verdict of the stage reached. */
  fail(code: ErrorCode, message: string, cause?: unknown, systemic = true): MedimailError {
    if (this.#end) return this.#end;
    const lostAfterDot = this.stage === "final-dot";
    const error = lostAfterDot
      ? smtpFailure(
          "delivery_unknown",
          `${message}, after the whole mail was sent: the server may have taken it`,
          { stage: this.stage, verdict: "unknown", systemic },
          { cause },
        )
      : smtpFailure(
          code,
          message,
          { stage: this.stage, verdict: "temporary", systemic },
          isMedimailError(cause) && cause.code === code
            ? detailsOf(cause)
            : { retryable: ERROR_CODES[code].retryable, cause },
        );
    this.#end = error;
    this.#detach();
    clearTimeout(this.#timer);
    this.#socket.destroy();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.onEnd?.();
    return error;
  }

  /** The next reply where it has come already: several commands sent together are answered together. */
  received(): SmtpReply | undefined {
    return this.#replies.shift();
  }

  /** The next reply. Passing the limit ends the dialogue with `timeout`. */
  reply(timeoutMs: number): Promise<SmtpReply> {
    const early = this.received();
    if (early) return Promise.resolve(early);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const due = performance.now() + timeoutMs;
      this.#waiters.push({ resolve, reject, timeoutMs, due });
      this.#watch(due);
    });
  }

  /** Looks no later than `due` whether a reply is overdue. The socket keeps the process alive, the timer does not. */
  #watch(due: number): void {
    if (this.#timer && this.#timerEnd <= due) return;
    clearTimeout(this.#timer);
    this.#timerEnd = due;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(due - performance.now())));
    this.#timer.unref();
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const [waiter] = this.#waiters;
    if (!waiter) return;
    const late = performance.now() - waiter.due;
    if (late > LATE_MS && !waiter.late) {
      waiter.late = true;
      waiter.due += late + LATE_MS;
    }
    if (waiter.due > performance.now()) this.#watch(waiter.due);
    else this.fail("timeout", `${this.#host} did not answer within ${waiter.timeoutMs} ms`);
  };

  /** Writes a line or lines, their ends included. */
  write(text: string): void {
    if (this.#end) throw this.#end;
    this.#socket.write(text, "latin1");
  }

  async command(line: string, timeoutMs: number): Promise<SmtpReply> {
    this.write(`${line}\r\n`);
    return await this.reply(timeoutMs);
  }

  /**
   * Writes pieces in as few system calls as they allow, waiting where more than {@link MAX_IN_FLIGHT} is not yet taken; the last of them leave with
   * {@link flush}. Ends early where the server spoke before the end of the content: it refuses it, the rest is not worth sending.
   */
  async writePieces(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, timeoutMs: number): Promise<void> {
    if (this.#end) throw this.#end;
    this.#socket.cork();
    if (Symbol.iterator in pieces) {
      for (const piece of pieces) {
        const goesOn = this.#put(piece, timeoutMs);
        if (goesOn !== true && !(await goesOn)) return;
      }
    } else {
      for await (const piece of pieces) {
        if (this.#end) throw this.#end;
        if (!(await this.#put(piece, timeoutMs))) return;
      }
    }
  }

  /** Hands over what is held since {@link writePieces}. */
  readonly flush = (): void => {
    if (this.#socket.writableCorked > 0) this.#socket.uncork();
  };

  /** True once it is handed to the socket, at once where there is room; false where the server has spoken. */
  #put(piece: Uint8Array, timeoutMs: number): true | Promise<boolean> {
    if (piece.length > MAX_IN_FLIGHT) return this.#putLong(piece, timeoutMs);
    this.#socket.write(piece);
    return this.#socket.writableLength < MAX_IN_FLIGHT || this.#room(timeoutMs);
  }

  async #putLong(piece: Uint8Array, timeoutMs: number): Promise<boolean> {
    for (let at = 0; at < piece.length; at += MAX_IN_FLIGHT) {
      this.#socket.write(piece.subarray(at, at + MAX_IN_FLIGHT));
      if (this.#socket.writableLength >= MAX_IN_FLIGHT && !(await this.#room(timeoutMs))) return false;
    }
    return true;
  }

  async #room(timeoutMs: number): Promise<boolean> {
    const socket = this.#socket;
    socket.uncork();
    if (socket.writableLength >= MAX_IN_FLIGHT) await this.#drained(timeoutMs);
    if (this.#end) throw this.#end;
    if (this.#replies.length > 0) return false;
    socket.cork();
    return true;
  }

  #drained(timeoutMs: number): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        socket.removeListener("drain", done);
        socket.removeListener("close", done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.fail("timeout", `${this.#host} took nothing of the mail's content for ${timeoutMs} ms`);
        done();
      }, timeoutMs);
      socket.once("drain", done);
      socket.once("close", done);
    });
  }

  /**
   * Hands the socket over for TLS and goes on inside it.
   *
   * @throws starttls_injection where something came after the answer to STARTTLS: it would be taken for the server's
   * words inside TLS (CVE-2011-0411 and its likes). A goodbye (421) alone, which any server may say at any time, is that: nothing comes after it.
   */
  async secure(upgrade: (socket: Socket) => Promise<TLSSocket>): Promise<void> {
    if (this.#end) throw this.#end;
    const only = this.#replies.length === 1 && this.#parser.empty ? this.received() : undefined;
    if (only?.code === 421) {
      const goodbye = refusal(only, this.stage, "TLS", { systemic: true });
      throw this.fail(goodbye.code, goodbye.message, goodbye);
    }
    if (only || this.unsolicited)
      throw this.fail(
        "starttls_injection",
        `${this.#host} sent data after its answer to STARTTLS and before TLS: someone may be on the line`,
      );
    this.#socket.pause();
    this.#detach();
    try {
      this.#socket = await upgrade(this.#socket);
    } catch (error) {
      if (isMedimailError(error)) throw this.fail(error.code, error.message, error, error.code !== "aborted");
      throw this.fail("tls_failed", `TLS with ${this.#host} failed`, error);
    }
    this.#parser = new ReplyParser(this.#limits);
    this.#attach();
    if (this.#end) this.#socket.destroy();
  }

  /** Says QUIT and lets the socket end by itself within `timeoutMs`. */
  quit(timeoutMs: number): Promise<void> {
    if (this.#end) return Promise.resolve();
    this.stage = "done";
    const socket = this.#socket;
    this.#detach();
    clearTimeout(this.#timer);
    this.#end = new MedimailError("closed", "the connection is closed");
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), timeoutMs);
      socket.on("error", () => {});
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.resume();
      socket.end("QUIT\r\n");
      this.onEnd?.();
    });
  }
}
