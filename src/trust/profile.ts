/**
 * The suites of ECO.1.1.3 (SC.MSS/CONF.03) by their IANA number and OpenSSL name: the only ones offered for TLS 1.2.
 * The two CBC ones are allowed by the text and left out by default; the two AEAD ones meet it alone.
 */
export const CIPHER_SUITES = {
  aead: [
    { iana: 0xc030, openssl: "ECDHE-RSA-AES256-GCM-SHA384" },
    { iana: 0xc02f, openssl: "ECDHE-RSA-AES128-GCM-SHA256" },
  ],
  cbc: [
    { iana: 0xc028, openssl: "ECDHE-RSA-AES256-SHA384" },
    { iana: 0xc027, openssl: "ECDHE-RSA-AES128-SHA256" },
  ],
  tls13: ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
} as const;

/** The list for `tls.connect`: TLS 1.3 beside the listed suites, never another; a server limited to 1.2 is served (ECO.1.1.2). */
export function cipherList(allowCbc = false): string {
  const listed = [...CIPHER_SUITES.aead, ...(allowCbc ? CIPHER_SUITES.cbc : [])];
  return [...CIPHER_SUITES.tls13, ...listed.map((suite) => suite.openssl)].join(":");
}
