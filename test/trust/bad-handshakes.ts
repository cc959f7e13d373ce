import type { TlsOptions } from "node:tls";
import type { ServerSpec } from "./meeting-kit.js";
import { goodChain, leafOf } from "./pki-kit.js";
import { type BadRow, type Made, showing } from "./server-row.js";

/** A server whose certificate is right. */
function row(
  name: string,
  code: string,
  spec: Partial<ServerSpec>,
  tls: TlsOptions = {},
  more: Partial<Made> = {},
): BadRow {
  return {
    name,
    code,
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      const server = { ...showing(leafOf(org, { crlUrl }), [org], tls), ...spec };
      return { ca: [root.pem], server, ...more };
    },
  };
}

export const BAD_HANDSHAKES: readonly BadRow[] = [
  row(
    "TLS 1.0 at most (ECO.1.1.1)",
    "tls_failed",
    {},
    { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" },
  ),
  row("TLS 1.1 at most", "tls_failed", {}, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }),
  row("TLS 1.2 where 1.3 is asked", "tls_failed", {}, { maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }),
  row("AES128-SHA only (ECO.1.1.3)", "tls_failed", {}, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA:@SECLEVEL=0" }),
  row("AES256-GCM without ECDHE only", "tls_failed", {}, { maxVersion: "TLSv1.2", ciphers: "AES256-GCM-SHA384" }),
  row(
    "ECDHE-RSA-CHACHA20 only, in TLS 1.2",
    "tls_failed",
    {},
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-CHACHA20-POLY1305" },
  ),
  row(
    "ECDHE-RSA-AES256-SHA384 only, without allowCbc",
    "tls_failed",
    {},
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-SHA384" },
  ),
  row(
    "DHE-RSA only",
    "tls_failed",
    {},
    { maxVersion: "TLSv1.2", ciphers: "DHE-RSA-AES256-GCM-SHA384", dhparam: "auto" },
  ),
  row("no STARTTLS (ECO.1.0.1)", "starttls_missing", { withoutStartTls: true }),
  row("plain text behind the answer to STARTTLS", "starttls_injection", { injected: "250 injected\r\n" }),
  row("words in place of a handshake", "tls_failed", { insteadOfTls: "220 hello again\r\n" }),
  row("silence in place of a handshake", "tls_failed", { insteadOfTls: "silence" }, {}, { handshakeTimeoutMs: 300 }),
  row("the end in place of a handshake", "tls_failed", { insteadOfTls: "close" }),
  row(
    "our certificate demanded, and none is there",
    "tls_failed",
    {},
    { requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" },
  ),
  row(
    "our certificate demanded, in TLS 1.3",
    "tls_failed",
    {},
    { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
  ),
  row("a host that is not under the names allowed", "tls_failed", {}, {}, { hostSuffixes: [".mssante.fr"] }),
];
