import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { MedimailError } from "../../errors.js";
import { type Logger, safeLogger } from "../../log.js";
import { isThisMachine } from "../../this-machine.js";
import { allowedPeers, plainAddress } from "./allowed.js";
import { MAX_BLOCK_BYTES } from "./framing.js";
import { type MllpHandler, MllpPeer, type PeerFrame } from "./peer.js";
import { type MllpServerTls, tlsUpgrade } from "./server-tls.js";

export interface MllpServerOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  tls?: MllpServerTls;
  /** Largest content of a block, in bytes. Default 80 MB. A longer one ends the connection as soon as it is known to be longer. */
  maxBlockBytes?: number;
  /** Connections at once; one more is closed as it comes. Default 50. */
  maxConnections?: number;
  /** How long a connection may be silent between blocks, in ms. Default 10 minutes. */
  idleMs?: number;
  /** Within which a block that has begun must end, and an answer be taken, in ms. Default 2 minutes. */
  blockMs?: number;
  /** How long `close()` waits for messages in hand, in ms. Default 30 seconds. */
  closeMs?: number;
  /** Addresses, and ranges such as `10.1.0.0/16`, that may connect, and no other. Default: all. An empty list: none. */
  allow?: readonly string[];
  onMessage: MllpHandler;
  logger?: Logger;
}

export interface MllpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Takes no new connection and no new message; lets those in hand be answered, for as long as `closeMs` says; then ends all. */
  close(): Promise<void>;
}

/** Largest blocks of so many connections may be held at once: not of all that may be open. */
const LARGEST_HELD = 4;

/**
 * Takes messages over MLLP (HL7 v2, release 1) and answers each with what `onMessage` gives back: those of one connection one after the other, in
 * order. Where it throws, the connection is closed without an answer: the sender sends the message again.
 *
 * It listens where it is told to, without TLS too: within an establishment MLLP is plain as a rule, and many engines know nothing else, so that a
 * refusal would only make people put a relay in front, which hides who connects from `allow` and from the log. What it does not do is to listen to
 * a network unasked (the default is this machine), or silently: without TLS and beyond this machine the log warns (`mllp.plain`).
 *
 * In the log: `mllp.listening`, `mllp.plain`, `mllp.connected`, `mllp.answered`, `mllp.closed`; `mllp.refused` (code `not_allowed`, `too_many` or
 * `tls_failed`); `mllp.dropped` (code `block_too_long`, `timeout`, `not_mllp`, `memory` or `closed`); `mllp.stray` (bytes between blocks);
 * `mllp.failed` with the code of what `onMessage` threw. Never content.
 *
 * @throws invalid_argument, certificate_invalid; connection_refused where the address cannot be listened on
 */
export async function startMllpServer(options: MllpServerOptions): Promise<MllpServer> {
  const { host = "127.0.0.1", port = 0, maxBlockBytes = MAX_BLOCK_BYTES, maxConnections = 50 } = options;
  const log = safeLogger(options.logger, "debug");
  const isAllowed = allowedPeers(options.allow);
  /** Undefined: in the handshake. */
  const open = new Map<Socket, MllpPeer | undefined>();
  let held = 0;
  const frame: PeerFrame = {
    onMessage: options.onMessage,
    log,
    maxBlockBytes,
    idleMs: options.idleMs ?? 600_000,
    blockMs: options.blockMs ?? 120_000,
    hold(more) {
      held += more;
      return held <= LARGEST_HELD * maxBlockBytes;
    },
  };
  const refuse = (host: string, code: string): void => log.log("warn", "mllp.refused", { host, code });
  const upgrade = options.tls ? tlsUpgrade(options.tls, (address) => refuse(address, "tls_failed")) : undefined;
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.on("connection", (socket) => {
    const address = plainAddress(socket.remoteAddress);
    socket.on("error", () => {});
    const why = open.size >= maxConnections ? "too_many" : isAllowed(address) ? undefined : "not_allowed";
    if (why) {
      refuse(address, why);
      socket.destroy();
      return;
    }
    const serve = (line: Socket): void => {
      open.set(socket, new MllpPeer(line, address, frame));
      log.log("debug", "mllp.connected", { host: address, port: socket.remotePort ?? 0 });
    };
    open.set(socket, undefined);
    socket.once("close", () => open.delete(socket));
    if (upgrade) upgrade(socket, serve);
    else serve(socket);
  });
  await listen(server, host, port);
  // A connection that could not be accepted (no more files) is no reason to end the process; those that are open go on.
  server.on("error", (error) => log.log("error", "mllp.accept", { code: (error as { code?: string }).code ?? "" }));
  const place = { host, port: (server.address() as AddressInfo).port };
  log.log("info", "mllp.listening", place);
  if (!options.tls && !isThisMachine(host)) log.log("warn", "mllp.plain", place);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= end(server, open, options.closeMs ?? 30_000);
    return closed;
  };
  return { ...place, close, [Symbol.asyncDispose]: close };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void => {
      const why = (cause as { code?: unknown } | null)?.code;
      const message = `${host}:${port} cannot be listened on (${typeof why === "string" ? why : "unknown reason"})`;
      const hint = "Give an address of this machine, and a port that is free.";
      reject(new MedimailError("connection_refused", message, { cause, hint }));
    };
    server.once("error", refuse);
    try {
      server.listen(port, host, () => {
        server.removeListener("error", refuse);
        resolve();
      });
    } catch (cause) {
      refuse(cause);
    }
  });
}

async function end(server: Server, open: ReadonlyMap<Socket, MllpPeer | undefined>, closeMs: number): Promise<void> {
  // Resolves when every connection is closed.
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const [socket, peer] of open) {
    if (peer) peer.finish();
    else socket.destroy();
  }
  const timer = setTimeout(() => {
    for (const [socket, peer] of open) {
      peer?.giveUp();
      socket.destroy();
    }
  }, closeMs);
  await ended;
  clearTimeout(timer);
}
