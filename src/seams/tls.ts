import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "./credentials.js";

/**
 * Opens TLS over a connected socket and says whether the server may be spoken to. It owns the profile: TLS 1.2 or later,
 * the suites of ECO.1.1.3, the chain, the server's name, revocation. It resolves only when all is verified, so that
 * nothing is authenticated before (ARCHITECTURE.md, rule on revocation).
 */
export interface TlsVerifier {
  /** Throws `tls_failed` or `certificate_invalid`; destroys the socket then. */
  upgrade(
    socket: Socket,
    options: { host: string; certificate?: ClientCertificate; signal?: AbortSignal },
  ): Promise<TLSSocket>;
}
