import { setMaxListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { abortable } from "../../abortable.js";
import { MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import { createDialer } from "../../net/index.js";
import type { Dialer } from "../../seams/dialer.js";
import { MllpLink, unanswered } from "./client-link.js";
import { type MllpClientTls, secureClient } from "./client-tls.js";
import { mllpBlock } from "./framing.js";

export interface MllpClientOptions {
  host: string;
  port: number;
  /** Absent: plain, as within an establishment. `{}`: TLS with the authorities that Node knows. */
  tls?: MllpClientTls;
  /** Opens the connections. Default: directly, without a proxy. */
  dialer?: Dialer;
  /** Limit of one message from its turn on, in ms: connecting, writing, the answer. Default 30 000. */
  timeoutMs?: number;
  /** Largest content of an answer, in bytes. Default 1 MB. */
  maxBlockBytes?: number;
  /** How long a connection is kept that nobody uses, in ms. Default 60 000: shorter than a firewall forgets one without a word. */
  idleMs?: number;
}

/**
 * Sends messages over MLLP (HL7 v2, release 1) to one server, over one connection that is made when it is needed and kept: one message at a time,
 * the others wait in order.
 *
 * A message is written once. Where the connection ends, the time is over or the caller aborts after a byte of it was written, the error says that it
 * is not known whether the message was taken; only a kept connection that turns out to be dead before is replaced, without a word.
 */
export class MllpClient implements AsyncDisposable {
  readonly #options: MllpClientOptions;
  readonly #dialer: Dialer;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  #link: MllpLink | undefined;
  /** Ends with the last message that was given, however it ends. */
  #tail: Promise<void> = Promise.resolve();
  /** The message whose turn it is. */
  #current: Promise<unknown> = Promise.resolve();

  constructor(options: MllpClientOptions) {
    this.#options = options;
    this.#dialer = options.dialer ?? createDialer();
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    // Each message that waits listens.
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * Sends the content of a message and gives back the content of the answer, whatever it says.
   * That it answers this message is for the caller to see (MSA-2 has the control id): a server may say a thing twice.
   *
   * @throws connection_lost, timeout, aborted: the message may have been taken where the text says so
   * @throws connection_refused, dns_failed, proxy_failed, tls_failed, certificate_invalid: it was not
   * @throws closed, invalid_argument (the content holds the bytes that end a block)
   */
  async send(content: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const block = mllpBlock(content);
    const before = this.#tail;
    let done = (): void => {};
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    const given = firstAborted(signal, this.#closing.signal);
    try {
      await abortable(before, given.signal, "sending the message");
    } catch (error) {
      void before.then(done);
      throw this.#closing.signal.aborted ? closedError() : error;
    } finally {
      given.release();
    }
    try {
      if (this.#closing.signal.aborted) throw closedError();
      const exchange = this.#exchange(block, signal);
      this.#current = exchange.catch(() => {});
      return await exchange;
    } finally {
      done();
    }
  }

  async #exchange(block: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const limit = new AbortController();
    const either = firstAborted(signal, limit.signal);
    let written = false;
    const given = (): MedimailError | undefined => {
      if (signal?.aborted)
        return written
          ? unanswered("aborted", "sending the message was given up by the caller", signal.reason)
          : new MedimailError("aborted", "sending the message was given up by the caller", { cause: signal.reason });
      if (!limit.signal.aborted) return undefined;
      const why = `${this.#options.host} did not answer within ${this.#timeoutMs} ms`;
      return written ? unanswered("timeout", why) : new MedimailError("timeout", why);
    };
    const clear = afterMs(this.#timeoutMs, () => limit.abort());
    try {
      const link = await this.#ready(either.signal);
      if (either.signal.aborted) throw new MedimailError("aborted", "sending the message was given up by the caller");
      written = true;
      return await link.ask(block, either.signal);
    } catch (error) {
      throw given() ?? error;
    } finally {
      clear();
      either.release();
    }
  }

  async #ready(signal: AbortSignal): Promise<MllpLink> {
    const { host, port, tls, maxBlockBytes = 1024 * 1024, idleMs = 60_000 } = this.#options;
    if (this.#link) {
      // That the server closed it may be known to the system and not to us yet: all that has come is looked at before anything is written.
      await turn();
      await turn();
      if (this.#link.alive) return this.#link;
    }
    const plain = await this.#dialer.connect(host, port, { signal, timeoutMs: this.#timeoutMs });
    const socket = tls ? await secureClient(plain, host, tls, signal) : plain;
    this.#link = new MllpLink(socket, host, { maxBlockBytes, idleMs });
    return this.#link;
  }

  /** Messages that wait are refused (`closed`), the one in flight has its time to be answered; then the connection is ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#current;
    await this.#link?.drop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * A timer that comes so late, ms, is that of a process that was stopped, or of a machine that was: the answer may be there, and is read after the
 * timers only. So there is a moment more before it counts as missing.
 */
const LATE_MS = 500;

function afterMs(ms: number, call: () => void): () => void {
  const due = performance.now() + ms;
  let timer = setTimeout(() => {
    if (performance.now() - due > LATE_MS) timer = setTimeout(call, LATE_MS);
    else call();
  }, ms);
  return () => clearTimeout(timer);
}

const closedError = (): MedimailError => new MedimailError("closed", "the client is closed");
