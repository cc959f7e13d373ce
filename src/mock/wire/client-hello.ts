import type { Socket } from "node:net";

/** What a client offers at the beginning of TLS: what the checks of ECO.1.1.1 and ECO.1.1.3 look at. */
export interface ClientHello {
  /** `TLSv1.3`, `TLSv1.2`…, the client's order; of a client without supported_versions the highest that it speaks. */
  versions: readonly string[];
  /** As hex (`0xC030`), the client's order; GREASE (RFC 8701) left out. */
  suites: readonly string[];
  serverName?: string;
}

const VERSIONS: Readonly<Record<number, string>> = {
  772: "TLSv1.3",
  771: "TLSv1.2",
  770: "TLSv1.1",
  769: "TLSv1",
  768: "SSLv3",
};

/** A ClientHello with every extension there is, and room: one that is longer is handed on without a look. */
const MAX_HELLO = 64 * 1024;
/** A client that says nothing: the handshake itself then waits no longer either. */
const PATIENCE_MS = 30_000;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

const hex = (value: number) => `0x${value.toString(16).toUpperCase().padStart(4, "0")}`;
const isGrease = (value: number) => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

/** The message of one or more records; `more` where it is not whole yet, `no` where it is something else. */
function messageOf(bytes: Buffer): Buffer | "more" | "no" {
  const pieces: Buffer[] = [];
  let at = 0;
  let have = 0;
  for (;;) {
    if (bytes.length < at + 5) return bytes.length > 0 && bytes[0] !== HANDSHAKE ? "no" : "more";
    if (bytes[at] !== HANDSHAKE) return "no";
    const length = bytes.readUInt16BE(at + 3);
    const piece = bytes.subarray(at + 5, at + 5 + length);
    pieces.push(piece);
    have += piece.length;
    if (have >= 4) {
      const message = Buffer.concat(pieces);
      if (message[0] !== CLIENT_HELLO) return "no";
      const whole = 4 + message.readUIntBE(1, 3);
      if (whole > MAX_HELLO) return "no";
      if (message.length >= whole) return message.subarray(4, whole);
    }
    if (piece.length < length) return "more";
    at += 5 + length;
  }
}

/**
 * Reads a ClientHello from the bytes of its TLS records (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). `more` where bytes are missing,
 * undefined where it is none.
 */
export function parseClientHello(bytes: Buffer): ClientHello | "more" | undefined {
  const message = messageOf(bytes);
  if (message === "more") return bytes.length > MAX_HELLO ? undefined : "more";
  if (message === "no") return undefined;
  try {
    return read(message);
  } catch {
    // A length that leads outside: nothing that Node's own TLS will take either.
    return undefined;
  }
}

function read(message: Buffer): ClientHello {
  const legacy = message.readUInt16BE(0);
  let at = 2 + 32;
  at += 1 + message.readUInt8(at);
  const suitesEnd = at + 2 + message.readUInt16BE(at);
  const suites: string[] = [];
  for (at += 2; at < suitesEnd; at += 2) {
    const suite = message.readUInt16BE(at);
    if (!isGrease(suite)) suites.push(hex(suite));
  }
  at += 1 + message.readUInt8(at);
  let versions = [VERSIONS[legacy] ?? hex(legacy)];
  let serverName: string | undefined;
  const end = at + 2 <= message.length ? at + 2 + message.readUInt16BE(at) : at;
  for (at += 2; at + 4 <= end; ) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const body = message.subarray(at + 4, at + 4 + length);
    if (type === 0 && body.length > 5) serverName = body.toString("latin1", 5, 5 + body.readUInt16BE(3));
    if (type === 43) versions = versionsOf(body);
    at += 4 + length;
  }
  return { versions, suites, ...(serverName === undefined ? {} : { serverName }) };
}

function versionsOf(body: Buffer): string[] {
  const found: string[] = [];
  for (let at = 1; at + 2 <= Math.min(body.length, 1 + body.readUInt8(0)); at += 2) {
    const version = body.readUInt16BE(at);
    if (!isGrease(version)) found.push(VERSIONS[version] ?? hex(version));
  }
  return found;
}

/**
 * Looks at the first bytes of a socket that nobody reads from, and puts them back: Node's TLS takes what a socket has buffered. Undefined
 * where no ClientHello comes, or the socket ends.
 */
export function peekClientHello(socket: Socket): Promise<ClientHello | undefined> {
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0);
    const done = (hello: ClientHello | undefined) => {
      clearTimeout(timer);
      socket.removeListener("readable", onReadable);
      socket.removeListener("end", onGone);
      socket.removeListener("close", onGone);
      if (seen.length > 0 && !socket.destroyed) socket.unshift(seen);
      resolve(hello);
    };
    const onGone = () => done(undefined);
    const timer = setTimeout(onGone, PATIENCE_MS);
    const onReadable = () => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      seen = Buffer.concat([seen, chunk]);
      const hello = parseClientHello(seen);
      if (hello !== "more") done(hello);
    };
    socket.on("readable", onReadable);
    socket.once("end", onGone);
    socket.once("close", onGone);
  });
}
