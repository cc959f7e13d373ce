import type { TlsOptions } from "node:tls";
import type { Certificate } from "../../src/mock/pki/certificates.js";
import type { ClientCertificate } from "../../src/seams/index.js";
import type { TlsVerifierOptions } from "../../src/trust/index.js";
import type { ServerSpec } from "./meeting-kit.js";
import type { Publications } from "./pki-kit.js";

export interface Made extends Partial<TlsVerifierOptions> {
  server: ServerSpec;
  certificate?: ClientCertificate;
  /** A meeting before, with the same client. */
  before?: { server: ServerSpec; outcome: string; then?: () => void | Promise<void> };
}

export interface Row {
  name: string;
  make: (site: Publications) => Made | Promise<Made>;
}

export interface BadRow extends Row {
  code: string;
  says?: RegExp;
}

/** A server that shows this certificate, and sends these authorities with it. */
export function showing(leaf: Certificate, chain: readonly Certificate[] = [], more: TlsOptions = {}): ServerSpec {
  return { tls: { key: leaf.keys.privatePem, cert: [leaf, ...chain].map(({ pem }) => pem).join(""), ...more } };
}
