export type MailService = "imap" | "smtp";
export const MAIL_SERVICES = ["imap", "smtp"] as const satisfies readonly MailService[];

/** Where a fact about the operator came from, in the order in which they are asked (interfaces.md §2.3). */
export type FactSource = "pinned" | "srv" | "autoconfig";

/** A host that the operator may be spoken to at. */
export interface Target {
  host: string;
  port: number;
  source: FactSource;
  /** What said so: `operator.imap`, the SRV name, the URL of the autoconfig document. */
  from: string;
  /** RFC 2782, of SRV only. */
  priority?: number;
  weight?: number;
}

/**
 * Why something that was found is not used, or why nothing was found. Stable.
 *
 * `outside_suffixes`: not under the names allowed for hosts · `private_address`: its name leads into a private network ·
 * `not_offered`: the domain says that it has no such service (SRV target `.`) · `implicit_tls`, `clear_text`: offered in a way that this client
 * does not speak (STARTTLS is the rule) · `invalid`: not a host, not a port, not such a document · `not_found`: no such record or document ·
 * `unavailable`: an answer that is no answer · `unreachable`: nobody answered · `redirect`, `too_large`: of the document.
 */
export type RefusalReason =
  | "outside_suffixes"
  | "private_address"
  | "not_offered"
  | "implicit_tls"
  | "clear_text"
  | "invalid"
  | "not_found"
  | "unavailable"
  | "unreachable"
  | "redirect"
  | "too_large";

export interface Refusal {
  source: FactSource;
  from: string;
  reason: RefusalReason;
  /** Absent: of the whole document. */
  service?: MailService;
  host?: string;
  port?: number;
  address?: string;
  /** A technical word of the answer: `ESERVFAIL`, `HTTP 404`. */
  detail?: string;
}

/** What is known of a domain's operator. */
export interface OperatorProfile {
  domain: string;
  /** When it was looked up, in ms since 1970. */
  at: number;
  imap: readonly Target[];
  smtp: readonly Target[];
  refused: readonly Refusal[];
  /** One of those that were asked did not answer: what is missing, or was found elsewhere, may be otherwise in a moment. */
  transient: boolean;
  /** Services whose targets are of an earlier look, because this one was not answered. */
  stale: readonly MailService[];
}

export interface DiscoveryOptions {
  /** Hosts named by the configuration: no rule of discovery is for them. */
  pinned?: { imap?: { host: string; port: number }; smtp?: { host: string; port: number } };
  /** Names under which a discovered host must be. Default `.mssante.fr`. */
  hostSuffixes?: readonly string[];
  /** Private addresses that a discovered host may have all the same (VPN): an address or a range `10.1.0.0/16`. Default none. */
  allowedAddresses?: readonly string[];
  /** Name servers, `address` or `address:port`. Default: the system's. */
  dns?: readonly string[];
  /** URL of the autoconfig document, `{domain}` in it; `off`: none is asked. Default `https://autoconfig.{domain}/mail/config-v1.1.xml`. */
  autoconfig?: string;
  /** Limit of one question to the DNS, in ms. Default 5 000. */
  dnsTimeoutMs?: number;
  /** Limit of the autoconfig document, in ms. Default 10 000. */
  httpTimeoutMs?: number;
}
