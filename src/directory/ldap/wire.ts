import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { MedimailError } from "../../errors.js";

export interface WireLimits {
  /** Bytes of one message of the server: one entry with its attributes. */
  messageBytes: number;
  /** Bytes of all that it sends in one session. */
  bytes: number;
  /** The engine keeps all of a page until its end: entries without content are few bytes, and as many objects. */
  entries: number;
}

const SEQUENCE = 0x30;

/** Where a BER element that begins a buffer ends; undefined while its header is not there. @throws MedimailError `directory_answer_invalid` */
export function elementEnd(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined;
  const [tag = 0, first = 0] = bytes;
  if (tag !== SEQUENCE) throw notLdap();
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  // 0 is the indefinite form, which LDAP forbids (RFC 4511 §5.1).
  if (size === 0 || size > 4) throw notLdap();
  return bytes.length < 2 + size ? undefined : 2 + size + bytes.readUIntBE(2, size);
}

/** The number of a message, which an answer has of its question (RFC 4511 §4.1.1.1). @throws MedimailError `directory_answer_invalid` */
export function numberOf(message: Buffer): number {
  const [, first = 0] = message;
  const at = first < 0x80 ? 2 : 2 + (first & 0x7f);
  const size = message[at + 1] ?? 0;
  if (message[at] !== INTEGER || size === 0 || size > 4 || message.length < at + 2 + size) throw notLdap();
  return message.readUIntBE(at + 2, size);
}

const INTEGER = 0x02;
/** Of what a server says unasked: that it hangs up. */
const UNASKED = 0;

const notLdap = (): MedimailError => new MedimailError("directory_answer_invalid", "the server does not speak LDAP");

/**
 * A connected socket for the LDAP engine, which gets whole messages one by one and none beyond the limits: it keeps what it is sent, however much.
 */
export class LdapWire extends Duplex {
  readonly connecting = false;
  readonly readyState = "open";
  /** Why it was cut, where we did it. */
  fault: MedimailError | undefined;
  readonly #socket: Socket;
  readonly #limits: WireLimits;
  #chunks: Buffer[] = [];
  #size = 0;
  #end: number | undefined;
  #total = 0;
  #messages = 0;
  readonly #asked = new Set([UNASKED]);

  constructor(socket: Socket, limits: WireLimits) {
    super({ readableObjectMode: true, autoDestroy: true });
    this.#socket = socket;
    this.#limits = limits;
    socket.on("data", (chunk: Buffer) => {
      try {
        this.#take(chunk);
      } catch (error) {
        this.fault = error as MedimailError;
        this.destroy(this.fault);
      }
    });
    socket.once("end", () => this.push(null));
    socket.once("error", (error) => this.destroy(error));
    socket.once("close", () => this.destroy());
    socket.resume();
  }

  #take(chunk: Buffer): void {
    this.#total += chunk.length;
    if (this.#total > this.#limits.bytes) throw tooMuch(`${this.#limits.bytes} bytes in all`, "limits.bytes");
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      if (this.#end === undefined) {
        this.#end = elementEnd(this.#joined());
        if (this.#end === undefined) return;
        if (this.#end > this.#limits.messageBytes)
          throw tooMuch(`${this.#limits.messageBytes} bytes in one entry`, "limits.messageBytes");
      }
      if (this.#size < this.#end) return;
      const all = this.#joined();
      // Each page has an end of its own, and may have references.
      this.#messages += 1;
      if (this.#messages > 2 * this.#limits.entries + 100)
        throw new MedimailError(
          "directory_limit_exceeded",
          `the search has more than ${this.#limits.entries} entries`,
          {
            path: "limits.entries",
          },
        );
      const message = all.subarray(0, this.#end);
      // The engine passes over what answers none of its questions, and waits on: for ever, where a server says nothing else.
      if (!this.#asked.has(numberOf(message)))
        throw new MedimailError("directory_answer_invalid", "the server answers what was not asked");
      this.push(message);
      const rest = all.subarray(this.#end);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#size = rest.length;
      this.#end = undefined;
      if (rest.length === 0) return;
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  override _read(): void {}

  /** The engine writes whole messages, one by one. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#asked.add(numberOf(chunk));
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

const tooMuch = (what: string, path: string): MedimailError =>
  new MedimailError("directory_limit_exceeded", `the server sends more than ${what}`, { path });
