import type { SecureContext, SecureContextOptions } from "node:tls";
import { createSecureContext } from "node:tls";
import type { ClientCertificate } from "../seams/credentials.js";

interface Kept {
  context: SecureContext;
  /** What it was made of: a source may put a renewed certificate into the object that it gave before. */
  of: ClientCertificate;
}

/**
 * The OpenSSL contexts of one profile, one for each client certificate: reading the authorities, the certificate and its key takes 2 ms, and a
 * session is opened for every hundred mails. A certificate is known by its object, which its source gives again until the file changes; the
 * context goes when the object does, so that no key outlives its rotation here. What is of one connection (the server's name, the stapled OCSP
 * answer, who is asked for) is none of a context's, and no TLS session is kept in one: every handshake is a whole one.
 */
export class SecureContexts {
  readonly #profile: SecureContextOptions;
  readonly #kept = new WeakMap<ClientCertificate, Kept>();
  #anonymous: SecureContext | undefined;

  constructor(profile: SecureContextOptions) {
    this.#profile = profile;
  }

  /** @throws what OpenSSL says of the client certificate: its passphrase is wrong, its key is another's. Nothing is kept then. */
  of(certificate: ClientCertificate | undefined): SecureContext {
    if (!certificate) {
      this.#anonymous ??= createSecureContext(this.#profile);
      return this.#anonymous;
    }
    const kept = this.#kept.get(certificate);
    if (kept && same(kept.of, certificate)) return kept.context;
    const context = createSecureContext({ ...this.#profile, ...clientSide(certificate) });
    const { pfx } = certificate;
    this.#kept.set(certificate, { context, of: { ...certificate, ...(pfx ? { pfx: Uint8Array.from(pfx) } : {}) } });
    return context;
  }
}

function same(a: ClientCertificate, b: ClientCertificate): boolean {
  return (
    a.cert === b.cert &&
    a.key === b.key &&
    a.passphrase === b.passphrase &&
    (a.pfx && b.pfx ? Buffer.compare(a.pfx, b.pfx) === 0 : a.pfx === b.pfx)
  );
}

function clientSide({ pfx, passphrase, cert, key }: ClientCertificate): SecureContextOptions {
  return {
    ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
