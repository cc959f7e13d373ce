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
};
