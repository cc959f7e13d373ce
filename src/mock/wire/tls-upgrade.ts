import type { Socket } from "node:net";
import type { Server, TLSSocket, TlsOptions } from "node:tls";
import { createServer } from "node:tls";
import type { PeerCertificate } from "./connection.js";

/**
 * STARTTLS on the server's side. A `tls.Server` that never listens is given the connected sockets, which is the documented
 * way to have the client's certificate verified by Node itself.
 */
export class TlsUpgrader {
  readonly #server: Server;
  readonly #pending = new Map<string, { resolve: (socket: TLSSocket) => void; reject: (error: Error) => void }>();

  constructor(options: TlsOptions) {
    this.#server = createServer({ ...options, requestCert: true, rejectUnauthorized: false, handshakeTimeout: 30_000 });
    this.#server.on("secureConnection", (socket) => this.#pending.get(key(socket))?.resolve(socket));
    this.#server.on("tlsClientError", (error, socket) => this.#pending.get(key(socket))?.reject(error));
  }

  async upgrade(raw: Socket): Promise<{ socket: TLSSocket; peer?: PeerCertificate }> {
    const id = key(raw);
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      if (raw.destroyed) {
        reject(new Error("closed before the handshake"));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      raw.once("close", () => reject(new Error("closed during the handshake")));
      this.#server.emit("connection", raw);
    }).finally(() => this.#pending.delete(id));
    const peer = peerOf(socket);
    return peer ? { socket, peer } : { socket };
  }
}

function key(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}

function peerOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const flat = (dn: string) => dn.split("\n").reverse().join(", ");
  return {
    subject: flat(certificate.subject),
    commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? "",
    issuer: flat(certificate.issuer),
    fingerprint256: certificate.fingerprint256,
    authorized: socket.authorized,
  };
}
