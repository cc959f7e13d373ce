import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ObservationBody } from "../observer.js";
import { ByteQueue } from "./byte-queue.js";
import { peekClientHello } from "./client-hello.js";

/** The client passed a limit: the session ends, since where the next command begins is not known. */
export class LineTooLong extends Error {}

/** Who the client's certificate says it is. */
export interface PeerCertificate {
  subject: string;
  commonName: string;
  issuer: string;
  fingerprint256: string;
  /** Signed by the mock's authority, in date, for client authentication. */
  authorized: boolean;
}

/** Upgrades a socket; the mock's TLS profiles (faults included) stand behind it. */
export type Upgrade = (socket: Socket) => Promise<{ socket: TLSSocket; peer?: PeerCertificate }>;

const PAUSE_ABOVE = 1 << 20;
const MAX_SAID = 8192;

/**
 * One client of the SMTP or the IMAP server: lines and counted bytes in, lines out, TLS on demand, the transcript. Reading is
 * asked for (`line`, `bytes`), so that a session is an ordinary loop and a fast client is slowed by the socket itself.
 */
export class LineConnection {
  readonly id: string;
  readonly protocol: "smtp" | "imap";
  readonly signal: AbortSignal;
  tls = false;
  peer: PeerCertificate | undefined;
  #socket: Socket;
  #queue = new ByteQueue();
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #abort = new AbortController();
  readonly #observe: (body: ObservationBody) => void;
  readonly #onData = (chunk: Buffer): void => {
    this.#queue.push(chunk);
    if (this.#queue.length > PAUSE_ABOVE) this.#socket.pause();
    this.#notify();
  };
  readonly #onGone = (): void => {
    this.#ended = true;
    this.#notify();
  };
  readonly #onClose = (): void => {
    this.#onGone();
    this.#abort.abort();
  };

  constructor(
    socket: Socket,
    options: { id: string; protocol: "smtp" | "imap"; observe: (body: ObservationBody) => void; idleMs: number },
  ) {
    this.id = options.id;
    this.protocol = options.protocol;
    this.#observe = options.observe;
    this.#socket = socket;
    this.signal = this.#abort.signal;
    socket.setNoDelay(true);
    socket.setTimeout(options.idleMs, () => this.cut());
    // A client that goes away mid-way is ordinary; "close" follows and ends the session.
    socket.on("error", () => {});
    socket.once("close", this.#onClose);
    this.#attach(socket);
  }

  get closed(): boolean {
    return this.#ended;
  }

  /** Next line without its end, as latin1 text (bytes are kept); undefined when the client is gone. Throws {@link LineTooLong}. */
  async line(limit: number): Promise<string | undefined> {
    for (;;) {
      const at = this.#queue.indexOf(0x0a, limit + 2);
      if (at >= 0) {
        const line = this.#queue.take(at + 1);
        const end = line.length > 1 && line[line.length - 2] === 0x0d ? line.length - 2 : line.length - 1;
        return line.toString("latin1", 0, end);
      }
      if (this.#queue.length > limit) throw new LineTooLong(`A line is longer than ${limit} bytes`);
      if (!(await this.#more())) return undefined;
    }
  }

  /** Exactly `count` bytes; undefined when the client is gone before. */
  async bytes(count: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let left = count;
    while (left > 0) {
      if (this.#queue.length === 0 && !(await this.#more())) return undefined;
      const part = this.#queue.take(Math.min(left, this.#queue.length));
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** Next chunk as it came; undefined when the client is gone. What is too much goes back with {@link putBack}. */
  async chunk(): Promise<Buffer | undefined> {
    if (this.#queue.length === 0 && !(await this.#more())) return undefined;
    return this.#queue.shift();
  }

  putBack(rest: Buffer): void {
    this.#queue.unshift(rest);
  }

  /** Bytes received and not read: after STARTTLS they are plain text that must not count. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Writes as is; nothing of it goes to the transcript. */
  write(data: string | Buffer): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(data);
  }

  /** Writes as is, and waits until it has left or the connection is gone. */
  async written(data: Buffer): Promise<void> {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    await new Promise<void>((resolve) => this.#socket.write(data, () => resolve()));
  }

  /** Waits until the client has taken what was written, or is gone: a slow reader must not fill our memory. */
  async drained(): Promise<void> {
    if (this.#ended || !this.#socket.writableNeedDrain) return;
    const socket = this.#socket;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.removeListener("drain", done);
        socket.removeListener("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }

  /** One line in the transcript. The caller has masked credentials and content; what is very long is cut. */
  said(from: "client" | "server", text: string): void {
    const line = text.length > MAX_SAID ? `${text.slice(0, MAX_SAID)}[${text.length - MAX_SAID} more]` : text;
    this.#observe({ connection: this.id, kind: "line", protocol: this.protocol, from, line, tls: this.tls });
  }

  observe(body: ObservationBody): void {
    this.#observe(body);
  }

  /** @param profile how the server shows itself: `good`, or the name of a fault */
  async startTls(upgrade: Upgrade, profile: string): Promise<boolean> {
    const raw = this.#socket;
    raw.removeListener("data", this.#onData);
    raw.removeListener("end", this.#onGone);
    raw.pause();
    this.#queue.clear();
    const clientHello = await peekClientHello(raw);
    const shown = { profile, ...(clientHello ? { clientHello } : {}) };
    try {
      const { socket, peer } = await upgrade(raw);
      this.tls = true;
      this.peer = peer;
      this.#socket = socket;
      socket.on("error", () => {});
      socket.once("close", this.#onClose);
      this.#attach(socket);
      this.#observe({
        connection: this.id,
        kind: "tls",
        protocol: this.protocol,
        what: "established",
        version: socket.getProtocol() ?? "",
        cipher: socket.getCipher().name,
        ...shown,
        ...(servername(socket) ? { serverName: servername(socket) } : {}),
        ...(peer
          ? {
              clientCertificate: {
                subject: peer.subject,
                issuer: peer.issuer,
                fingerprint256: peer.fingerprint256,
                authorized: peer.authorized,
              },
            }
          : {}),
      } as ObservationBody);
      return true;
    } catch (error) {
      this.#observe({
        connection: this.id,
        kind: "tls",
        protocol: this.protocol,
        what: "failed",
        ...shown,
        error: tlsReason(error),
      });
      raw.destroy();
      return false;
    }
  }

  /** Closes without a word, as a network does. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Closes once what was written has left. */
  end(): void {
    this.#socket.destroySoon();
  }

  #attach(socket: Socket): void {
    socket.on("data", this.#onData);
    socket.once("end", this.#onGone);
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const before = this.#queue.length;
    this.#socket.resume();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return this.#queue.length > before;
  }
}

function servername(socket: TLSSocket): string | undefined {
  const name = (socket as TLSSocket & { servername?: string | false }).servername;
  return typeof name === "string" ? name : undefined;
}

function tlsReason(error: unknown): string {
  const reason = error as { code?: unknown; reason?: unknown };
  if (typeof reason.reason === "string") return reason.reason;
  return typeof reason.code === "string" ? reason.code : "the client closed the connection";
}
