import type { OperatorText } from "./operator-types.js";

export const englishOperator: OperatorText = {
  title: (domain) => `Mail hosts for ${domain}`,
  services: { imap: "Receiving (IMAP)", smtp: "Sending (SMTP)" },
  sources: { pinned: "pinned by the configuration", srv: "DNS SRV", autoconfig: "autoconfig document" },
  reasons: {
    outside_suffixes: "outside of the names allowed (operator.hostSuffixes)",
    private_address: "at an address of a private network (network.allowedAddresses)",
    not_offered: "the domain says that it has no such service",
    implicit_tls: "offered with implicit TLS only; MSSanté wants STARTTLS",
    clear_text: "offered without TLS",
    invalid: "wrong",
    not_found: "does not exist",
    unavailable: "an answer that cannot be used",
    unreachable: "no answer",
    redirect: "points elsewhere, which is not followed",
    too_large: "too large",
  },
  order: (priority, weight) => `priority ${priority}, weight ${weight}`,
  none: "not found",
  refused: "Asked and not used",
  pin: "Without discovery, name the hosts in the configuration (operator.imap, operator.smtp); the operator gives them (for Medimail: Mipih).",
};
