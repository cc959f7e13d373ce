import type { TrustText } from "./types.js";

export const englishTrust: TrustText = {
  inside: "inside the trust space",
  outside: "outside the trust space",
  unknown: "not in the white list, which is too old (or missing) to say",
  noList: (file) => `no white list in ${file}; run "medimail trust whitelist update"`,
  outdated: (date) => `the white list is of ${date}: no domain can be refused by it any more`,
  updated: "White list updated.",
  unchanged: "The white list has not changed.",
  domains: (count, date) => `${count} domains${date === undefined ? "" : `, made on ${date}`}.`,
  checks: {
    chain: "leads to a trusted authority",
    validity: "validity",
    authority: "issuers are authorities",
    "path-length": "length of the chain",
    "key-usage": "key usage",
    "extended-key-usage": "certificate usage",
    "name-constraints": "names that the authorities allow",
    "critical-extensions": "critical extensions known",
    algorithm: "signature and key strong enough",
    range: "range Élémentaire Organisations",
    environment: "test and production apart",
    name: "server's name",
    revocation: "revocation (CRL, OCSP)",
  },
  issuedBy: "issued by",
  validFrom: (from, to, days) =>
    `valid from ${from} to ${to}, ${days < 0 ? `expired ${-days} days ago` : `${days} days left`}`,
  accepted: "Certificate accepted.",
  refused: "Certificate refused.",
};
