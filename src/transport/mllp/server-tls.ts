import type { Socket } from "node:net";
import { createServer, type Server } from "node:tls";
import { MedimailError } from "../../errors.js";
import { LEAST_TLS } from "../../tls-rules.js";
import { plainAddress } from "./allowed.js";

/** TLS of a server. All in PEM. */
export interface MllpServerTls {
  key: string;
  /** The server's own, then those between it and its authority. */
  cert: string;
  /** Authorities that may vouch for a client: those of the establishment. */
  ca?: string | readonly string[];
  /** Refuses who has no certificate of one of `ca`. Default false. */
  requireClientCertificate?: boolean;
}

const HANDSHAKE_MS = 20_000;

/**
 * Makes TLS, 1.2 or later, of connected sockets, and hands each on once its client is known. A `tls.Server` that never listens is given them, which is
 * the documented way to have Node verify a client.
 *
 * @throws invalid_argument where a client certificate is required and no authority is given: one of any public authority would do
 * @throws certificate_invalid
 */
export function tlsUpgrade(
  options: MllpServerTls,
  refused: (address: string) => void,
): (socket: Socket, serve: (secured: Socket) => void) => void {
  const server = makeServer(options);
  const pending = new Map<string, (secured: Socket) => void>();
  server.on("secureConnection", (socket) => {
    socket.disableRenegotiation();
    const serve = pending.get(keyOf(socket));
    if (serve) serve(socket);
    else socket.destroy();
  });
  server.on("tlsClientError", (_error, socket) => {
    refused(plainAddress(socket.remoteAddress));
    socket.destroy();
  });
  return (socket, serve) => {
    const key = keyOf(socket);
    pending.set(key, serve);
    socket.once("close", () => pending.delete(key));
    server.emit("connection", socket);
  };
}

const keyOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

function makeServer({ key, cert, ca = [], requireClientCertificate = false }: MllpServerTls): Server {
  const authorities = typeof ca === "string" ? [ca] : [...ca];
  if (requireClientCertificate && authorities.length === 0) {
    const message = "a client certificate can be required only where tls.ca says whose it has to be";
    throw new MedimailError("invalid_argument", message, { path: "tls.ca" });
  }
  try {
    return createServer({
      key,
      cert,
      ...LEAST_TLS,
      handshakeTimeout: HANDSHAKE_MS,
      ...(requireClientCertificate ? { ca: authorities, requestCert: true, rejectUnauthorized: true } : {}),
    });
  } catch (cause) {
    const message = "the server's certificate cannot be used: damaged, or a key that is not its own";
    throw new MedimailError("certificate_invalid", message, { path: "tls.cert", cause });
  }
}
