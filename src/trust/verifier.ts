import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { MedimailError } from "../errors.js";
import type { ClientCertificate } from "../seams/credentials.js";
import type { TlsVerifier } from "../seams/tls.js";
import { cipherList } from "./profile.js";
import { tlsError } from "./tls-error.js";

export interface TlsVerifierOptions {
  /** The authorities that may vouch for a server, PEM: these and no other, the system's store is never read (ECO.1.1.10). */
  ca: readonly string[];
  /** Default `TLSv1.2`, the least allowed (ECO.1.1.1). */
  minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Adds the two CBC suites of ECO.1.1.3, for a server that has nothing better. Default false. */
  allowCbc?: boolean;
  /** Where set, only hosts that end so are spoken to, e.g. `.mssante.fr`. */
  hostSuffixes?: readonly string[];
  /** Only `off` is served yet. */
  revocation: "off" | "soft" | "strict";
  /** Limit of the handshake, in ms. Default 20 000. Passing it: `tls_failed`. */
  handshakeTimeoutMs?: number;
}

/**
 * The TLS profile of the trust space over a connected socket.
 *
 * @throws not_supported for a revocation check other than `off`; config_invalid where an authority is not a certificate.
 */
export function createTlsVerifier(options: TlsVerifierOptions): TlsVerifier {
  if (options.revocation !== "off") {
    throw new MedimailError("not_supported", `tls.revocation "${options.revocation}" is not served yet`, {
      path: "tls.revocation",
      hint: 'Set tls.revocation to "off".',
    });
  }
  const ca = options.ca.flatMap(splitPem);
  if (ca.length === 0)
    throw new MedimailError("config_invalid", "no certificate authority is given", {
      path: "tls.ca",
      requirement: "ECO.1.1.10",
    });
  const trusted = new Set(ca.map(fingerprint));
  const profile: ConnectionOptions = {
    ca,
    minVersion: options.minVersion ?? "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: cipherList(options.allowCbc),
    honorCipherOrder: true,
    rejectUnauthorized: true,
  };
  const suffixes = options.hostSuffixes?.map((suffix) =>
    (suffix.startsWith(".") ? suffix : `.${suffix}`).toLowerCase(),
  );
  return {
    async upgrade(socket, { host, certificate, signal }) {
      try {
        if (suffixes && !suffixes.some((suffix) => `.${host.toLowerCase()}`.endsWith(suffix))) {
          throw new MedimailError("tls_failed", `${host} is not under a domain allowed for servers`, {
            retryable: false,
            path: "tls.hostSuffixes",
          });
        }
        if (signal?.aborted)
          throw new MedimailError("aborted", "TLS was aborted by the caller", { cause: signal.reason });
        const secured = await handshake(
          socket,
          host,
          profile,
          certificate,
          options.handshakeTimeoutMs ?? 20_000,
          signal,
        );
        if (!chainIsTrusted(secured, trusted)) {
          secured.destroy();
          throw new MedimailError("certificate_invalid", `the certificate of ${host} comes from an unknown authority`, {
            requirement: "ECO.1.1.10",
          });
        }
        return secured;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    },
  };
}

function handshake(
  socket: Socket,
  host: string,
  profile: ConnectionOptions,
  certificate: ClientCertificate | undefined,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let secured: TLSSocket;
    const settle = (error?: MedimailError): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      secured?.removeListener("error", onError);
      secured?.removeListener("close", onClose);
      secured?.removeListener("secureConnect", onSecure);
      if (!error) {
        resolve(secured);
        return;
      }
      secured?.destroy();
      reject(error);
    };
    const onSecure = (): void => settle();
    const onClose = (): void =>
      settle(
        new MedimailError("tls_failed", `${host} closed the connection during the TLS handshake`, { retryable: true }),
      );
    const onError = (error: Error): void =>
      settle(
        tlsError(error, host) ??
          new MedimailError(
            "tls_failed",
            `TLS with ${host} failed (${(error as { code?: string }).code ?? "connection lost"})`,
            { retryable: true, cause: error },
          ),
      );
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
        ...profile,
        ...clientSide(certificate),
        socket,
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        checkServerIdentity: checkName,
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
    secured.on("error", () => {});
    secured.disableRenegotiation();
    secured.once("error", onError);
    secured.once("close", onClose);
    secured.once("secureConnect", onSecure);

    function checkName(_name: string, peer: { raw?: Buffer }): Error | undefined {
      return peer.raw && nameMatches(new X509Certificate(peer.raw), host)
        ? undefined
        : Object.assign(new Error("wrong name"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    }
  });
}

/** RFC 7817, RFC 6125: the alternative names only, never the subject's CN; a wildcard stands for one whole label. */
function nameMatches(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return (
    certificate.checkHost(host, { subject: "never", partialWildcards: false, multiLabelWildcards: false }) !== undefined
  );
}

function clientSide(certificate: ClientCertificate | undefined): ConnectionOptions {
  if (!certificate) return {};
  const { pfx, passphrase, cert, key } = certificate;
  return {
    ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * OpenSSL also trusts the authorities that it finds in a client's PKCS#12 file. They say who we are, not who the server
 * is: its chain must reach an authority that was configured.
 */
function chainIsTrusted(socket: TLSSocket, trusted: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.fingerprint256 && !seen.has(current.fingerprint256)) {
    if (trusted.has(current.fingerprint256)) return true;
    seen.add(current.fingerprint256);
    current = current.issuerCertificate;
  }
  return false;
}

function splitPem(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!found) throw new MedimailError("config_invalid", "an authority is not a PEM certificate", { path: "tls.ca" });
  return found;
}

function fingerprint(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch (cause) {
    throw new MedimailError("config_invalid", "an authority is not a certificate", { path: "tls.ca", cause });
  }
}
