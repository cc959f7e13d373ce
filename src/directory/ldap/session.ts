import { once } from "node:events";
import type { Socket } from "node:net";
import { isMedimailError, MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import type { Dialer, TlsVerifier } from "../../seams/index.js";
import { elementEnd, LdapWire, numberOf, type WireLimits } from "./wire.js";

export interface LdapServer {
  host: string;
  port: number;
  /** `starttls`: TLS before anything else is said. `ldaps`: TLS from the first byte. `none`: on this machine only. */
  security: "starttls" | "ldaps" | "none";
}

export interface OpenOptions {
  dialer: Dialer;
  tls: TlsVerifier | undefined;
  timeoutMs: number;
  limits: WireLimits;
  signal: AbortSignal;
}

/** ExtendedRequest StartTLS, message 1 (RFC 4511 §4.14.1). */
const START_TLS = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from("1.3.6.1.4.1.1466.20037"),
]);
const LONGEST_ANSWER = 4_096;

/**
 * A connection to the directory, behind TLS before a name or a password is said.
 *
 * @throws MedimailError those of the connection and of TLS, `directory_unavailable` where the server refuses StartTLS, `directory_answer_invalid`
 */
export async function openWire(server: LdapServer, options: OpenOptions): Promise<LdapWire> {
  const { host, port, security } = server;
  const { dialer, tls, timeoutMs, signal, limits } = options;
  const socket = await dialer.connect(host, port, { timeoutMs, signal });
  try {
    if (security === "none") return new LdapWire(socket, limits);
    if (!tls) throw new MedimailError("invalid_argument", "TLS with the directory needs a verifier", { path: "tls" });
    if (security === "starttls") await startTls(socket, signal);
    return new LdapWire(await tls.upgrade(socket, { host, signal }), limits);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function startTls(socket: Socket, signal: AbortSignal): Promise<void> {
  socket.write(START_TLS);
  let answer = Buffer.alloc(0);
  for (;;) {
    const [chunk] = await received(socket, signal);
    if (chunk === undefined) throw unavailable("the server closed the connection instead of starting TLS");
    answer = Buffer.concat([answer, chunk]);
    const end = elementEnd(answer);
    if (answer.length > LONGEST_ANSWER || (end ?? 0) > LONGEST_ANSWER)
      throw invalid("the answer to StartTLS is too long");
    if (end === undefined || answer.length < end) continue;
    // What comes with the answer was said before TLS, and would be read as said within it.
    if (answer.length > end) throw invalid("the server said more than its answer to StartTLS");
    if (numberOf(answer) !== 1) throw invalid("the server answers what was not asked");
    if (!isSuccess(answer)) throw unavailable("the server does not start TLS");
    return;
  }
}

async function received(socket: Socket, signal: AbortSignal): Promise<[Buffer?]> {
  const ended = new AbortController();
  const { release, ...until } = firstAborted(signal, ended.signal);
  try {
    const data = once(socket, "data", until) as Promise<[Buffer]>;
    const end = once(socket, "close", until).then((): [] => []);
    socket.resume();
    const first = await Promise.race([data, end]);
    socket.pause();
    return first;
  } catch (error) {
    if (isMedimailError(error) || signal.aborted) throw error;
    throw new MedimailError("connection_lost", "the connection to the directory was lost", { cause: error });
  } finally {
    ended.abort();
    release();
  }
}

/** `30 len 02 len <1> 78 len 0a 01 <0> …`: ExtendedResponse with resultCode success. */
function isSuccess(message: Buffer): boolean {
  let at = (message[1] as number) < 0x80 ? 2 : 2 + ((message[1] as number) & 0x7f);
  if (message[at] !== 0x02) return false;
  at += 2 + (message[at + 1] ?? 0);
  if (message[at] !== 0x78) return false;
  const length = message[at + 1] ?? 0;
  at += length < 0x80 ? 2 : 2 + (length & 0x7f);
  return message[at] === 0x0a && message[at + 1] === 1 && message[at + 2] === 0;
}

const invalid = (what: string): MedimailError => new MedimailError("directory_answer_invalid", what);
const unavailable = (what: string): MedimailError => new MedimailError("directory_unavailable", what);
