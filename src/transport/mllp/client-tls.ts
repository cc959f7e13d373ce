import type { Socket } from "node:net";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { MedimailError } from "../../errors.js";
import type { ClientCertificate } from "../../seams/credentials.js";
import { tlsError } from "../../tls-error.js";
import { byItsNames, LEAST_TLS } from "../../tls-rules.js";

/** TLS of a client. */
export interface MllpClientTls {
  /** Authorities that may vouch for the server, in PEM: those of the establishment. Default: those that Node knows. */
  ca?: string | readonly string[];
  /** Shown to the server where it asks. */
  certificate?: ClientCertificate;
  /** The name that the server's certificate has to have. Default: the host. */
  serverName?: string;
}

/**
 * TLS 1.2 or later over a connected socket, the chain and the names checked.
 *
 * @throws tls_failed, certificate_invalid, aborted. The socket is destroyed then.
 */
export function secureClient(
  socket: Socket,
  host: string,
  { ca, certificate = {}, serverName = host }: MllpClientTls,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { pfx, passphrase, cert, key } = certificate;
  return new Promise((resolve, reject) => {
    let secured: TLSSocket | undefined;
    const fail = (error: MedimailError): void => {
      settle();
      secured?.destroy();
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => fail(tlsError(error, host, "other") ?? lost(host, error));
    const onClose = (): void => fail(lost(host));
    const onAbort = (): void =>
      fail(new MedimailError("aborted", "TLS was aborted by the caller", { cause: signal.reason }));
    const settle = (): void => {
      signal.removeEventListener("abort", onAbort);
      secured?.removeListener("error", onError);
      secured?.removeListener("close", onClose);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      secured = connect({
        socket,
        host: serverName,
        servername: isIP(serverName) === 0 ? serverName : "",
        ...LEAST_TLS,
        checkServerIdentity: byItsNames,
        ...(ca === undefined ? {} : { ca: typeof ca === "string" ? [ca] : [...ca] }),
        ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
        ...(passphrase === undefined ? {} : { passphrase }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      });
    } catch (cause) {
      const message = "our client certificate cannot be used: wrong passphrase, damaged, or a key that is not its own";
      return fail(new MedimailError("certificate_invalid", message, { path: "tls.certificate", cause }));
    }
    const line = secured;
    line.disableRenegotiation();
    // Stays: between two owners an error without a listener would end the process.
    line.on("error", () => {});
    line.once("error", onError);
    line.once("close", onClose);
    line.once("secureConnect", () => {
      settle();
      resolve(line);
    });
  });
}

const lost = (host: string, cause?: Error): MedimailError =>
  new MedimailError("tls_failed", `${host} closed the connection during the TLS handshake`, { retryable: true, cause });
