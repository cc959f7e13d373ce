import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { MedimailError } from "../errors.js";
import type { CredentialSource, TlsVerifier } from "../seams/index.js";
import { cipherList } from "../trust/index.js";
import { peerCertificate } from "./certificate.js";
import type { CertificateSeen } from "./types.js";

export interface Look {
  version: string;
  cipher: string;
  certificate: CertificateSeen;
}

const LOOK_MS = 10_000;

/**
 * What a server shows that was refused: `open` opens a session whose TLS only looks, and then ends. The certificate is not verified, hence nothing is
 * said inside of that TLS, nothing of ours is shown, and whatever `open` gives or throws is forgotten.
 */
export async function lookAt(
  open: (seams: { tls: TlsVerifier; credentials: CredentialSource }) => Promise<unknown>,
  now: () => number,
): Promise<Look | undefined> {
  let seen: Look | undefined;
  const tls: TlsVerifier = {
    async upgrade(socket, { host }) {
      const secured = connect({
        socket,
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        rejectUnauthorized: false,
        minVersion: "TLSv1.2",
        ciphers: cipherList(true),
      });
      secured.on("error", () => {});
      try {
        await shaken(secured);
        const certificate = peerCertificate(secured, now());
        if (certificate) seen = { version: secured.getProtocol() ?? "", cipher: secured.getCipher().name, certificate };
      } finally {
        secured.destroy();
        socket.destroy();
      }
      throw new MedimailError("aborted", "it was only looked at");
    },
  };
  const nothing: CredentialSource = {
    certificate: async () => undefined,
    sasl: () => Promise.reject(new MedimailError("aborted", "nothing is authenticated here")),
    refused: async () => false,
    close: async () => {},
  };
  await open({ tls, credentials: nothing }).catch(() => {});
  return seen;
}

function shaken(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new MedimailError("timeout", "the handshake took too long")), LOOK_MS);
    const settle = (act: () => void) => (): void => {
      clearTimeout(timer);
      act();
    };
    socket.once("secureConnect", settle(resolve));
    socket.once(
      "close",
      settle(() => reject(new MedimailError("connection_lost", "closed in the handshake"))),
    );
  });
}
