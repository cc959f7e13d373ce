import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { MedimailError } from "../errors.js";
import type { ClientCertificate } from "../seams/credentials.js";
import { tlsError } from "../tls-error.js";
import { nameMatches } from "./certificates/chain.js";
import type { SecureContexts } from "./secure-contexts.js";

export interface HandshakeOptions {
  host: string;
  /** Of the profile. */
  contexts: SecureContexts;
  certificate: ClientCertificate | undefined;
  /** Whether the certificate with this SHA-256 was found to be for `host` before: its names are not read again. */
  isNamed: (fingerprint256: string) => boolean;
  timeoutMs: number;
  /** Asks the server for an OCSP answer about itself. */
  staple: boolean;
  signal?: AbortSignal;
}

/** TLS that is up, and not yet handed over. */
export interface Secured {
  socket: TLSSocket;
  /** What the server showed, whose issuers are beneath. undefined: nothing. */
  peer: DetailedPeerCertificate | undefined;
  /** The OCSP answer that the server gave, unread. */
  stapled: Buffer | undefined;
  /** What became of the socket since: in TLS 1.3 a refusal of our certificate comes after the handshake. */
  fault: () => MedimailError | undefined;
}

/** The handshake itself: version, suites, OpenSSL's check of the chain, the server's name. */
export function handshake(plain: Socket, options: HandshakeOptions): Promise<Secured> {
  const { host, contexts, certificate, isNamed, timeoutMs, staple, signal } = options;
  return new Promise((resolve, reject) => {
    let secured: TLSSocket;
    let peer: DetailedPeerCertificate | undefined;
    let stapled: Buffer | undefined;
    let fault: MedimailError | undefined;
    const settle = (error?: MedimailError): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      secured?.removeListener("error", onError);
      secured?.removeListener("close", onClose);
      secured?.removeListener("secureConnect", onSecure);
      if (!error) {
        resolve({ socket: secured, peer, stapled, fault: () => fault ?? (secured.destroyed ? closed() : undefined) });
        return;
      }
      secured?.destroy();
      reject(error);
    };
    const closed = () =>
      new MedimailError("tls_failed", `${host} closed the connection during the TLS handshake`, { retryable: true });
    const failure = (error: Error) =>
      tlsError(error, host) ??
      new MedimailError(
        "tls_failed",
        `TLS with ${host} failed (${(error as { code?: string }).code ?? "connection lost"})`,
        { retryable: true, cause: error },
      );
    const onSecure = (): void => settle();
    const onClose = (): void => settle(closed());
    const onError = (error: Error): void => settle(failure(error));
    const onAbort = (): void =>
      settle(new MedimailError("aborted", "TLS was aborted by the caller", { cause: signal?.reason }));
    const timer = setTimeout(
      () =>
        settle(
          new MedimailError("tls_failed", `the TLS handshake with ${host} took longer than ${timeoutMs} ms`, {
            retryable: true,
          }),
        ),
      timeoutMs,
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      secured = connect({
        secureContext: contexts.of(certificate),
        rejectUnauthorized: true,
        socket: plain,
        host,
        ...(staple ? { requestOCSP: true } : {}),
        ...(isIP(host) === 0 ? { servername: host } : {}),
        checkServerIdentity: (_name, shown: PeerCertificate) => {
          // Node reads the whole chain for this question, which is always asked: only a resumed session passes it over, and none is resumed.
          // To read it again would take a millisecond; getPeerX509Certificate() takes certificates out of the chain that OpenSSL holds (Node 20 to 24).
          peer = shown as DetailedPeerCertificate;
          return isNamed(peer.fingerprint256) ? undefined : checkName(peer, host);
        },
      });
    } catch (error) {
      // The client certificate is read here: its passphrase may be wrong, its key may be another's.
      settle(
        new MedimailError(
          "certificate_invalid",
          "our client certificate cannot be used: wrong passphrase, damaged, or a key that is not its own",
          { cause: error },
        ),
      );
      return;
    }
    // Stays: between two owners an error without a listener would kill the process.
    secured.on("error", (error: Error) => {
      fault ??= failure(error);
    });
    secured.on("OCSPResponse", (response: Buffer | null) => {
      if (response && response.length > 0) stapled = response;
    });
    secured.disableRenegotiation();
    secured.once("error", onError);
    secured.once("close", onClose);
    secured.once("secureConnect", onSecure);
  });
}

function checkName(peer: { raw?: Buffer }, host: string): Error | undefined {
  return peer.raw && nameMatches({ x509: new X509Certificate(peer.raw) }, host)
    ? undefined
    : Object.assign(new Error("wrong name"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}
