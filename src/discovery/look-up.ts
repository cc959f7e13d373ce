import { domainToASCII } from "node:url";
import { isMedimailError, MedimailError } from "../errors.js";
import { readAutoconfig } from "./autoconfig.js";
import { type Dns, dnsCode, isUnreachable } from "./dns.js";
import { DEFAULT_HOST_SUFFIXES, hostName, isUnder } from "./host-rule.js";
import {
  type DiscoveryOptions,
  type FactSource,
  MAIL_SERVICES,
  type MailService,
  type OperatorProfile,
  type Refusal,
  type RefusalReason,
  type Target,
} from "./types.js";

/** RFC 6186 §3. The names of the DNS are not given by any public text of MSSanté (uncertain). */
const SRV = { imap: "_imap._tcp", smtp: "_submission._tcp" } as const;
/** The same over implicit TLS (RFC 6186 §3.2, RFC 8314 §5.1): only to tell that it is there and not spoken. */
const IMPLICIT_SRV = { imap: "_imaps._tcp", smtp: "_submissions._tcp" } as const;

const DEFAULT_AUTOCONFIG = "https://autoconfig.{domain}/mail/config-v1.1.xml";

/** The document, or why there is none. */
export type FetchDocument = (
  url: string,
  signal?: AbortSignal,
) => Promise<{ bytes: Uint8Array } | { reason: RefusalReason; detail?: string; address?: string }>;

export interface LookUpTools {
  dns: Dns;
  fetchDocument: FetchDocument;
  now: () => number;
}

/**
 * The hosts of a domain's operator: what is pinned, else the DNS (SRV), else the autoconfig document, for each service by itself. Nothing is
 * connected to but the name servers and the host of the document.
 *
 * @throws invalid_argument where `domain` is not one; aborted.
 */
export async function lookUp(
  domain: string,
  options: DiscoveryOptions,
  tools: LookUpTools,
  signal?: AbortSignal,
): Promise<OperatorProfile> {
  const look = new Look(domainOf(domain), options, tools, signal);
  for (const service of MAIL_SERVICES) look.pinned(service);
  await Promise.all(MAIL_SERVICES.map((service) => look.srv(service)));
  await look.autoconfig();
  return look.profile();
}

/** The domain of an address, or the domain itself, as the DNS writes it. */
export function domainOf(addressOrDomain: string): string {
  const written = addressOrDomain.slice(addressOrDomain.lastIndexOf("@") + 1).trim();
  const domain = hostName(domainToASCII(written));
  if (domain === undefined || !domain.includes("."))
    throw new MedimailError(
      "invalid_argument",
      "this is not a domain such as ch-exemple.mssante.fr, nor an address of one",
      {
        path: "domain",
      },
    );
  return domain;
}

class Look {
  readonly #targets: Record<MailService, Target[]> = { imap: [], smtp: [] };
  readonly #refused: Refusal[] = [];
  /** The domain says that it has no such service: nobody else is asked. */
  readonly #notOffered = new Set<MailService>();
  #transient = false;

  constructor(
    readonly domain: string,
    readonly options: DiscoveryOptions,
    readonly tools: LookUpTools,
    readonly signal: AbortSignal | undefined,
  ) {}

  pinned(service: MailService): void {
    const pinned = this.options.pinned?.[service];
    if (pinned) this.#targets[service].push({ ...pinned, source: "pinned", from: `operator.${service}` });
  }

  async srv(service: MailService): Promise<void> {
    if (!this.#wanted(service)) return;
    const from = `${SRV[service]}.${this.domain}`;
    const answers = await this.#ask(service, from);
    if (!answers) return;
    if (answers.length === 1 && answers[0]?.name === "") {
      this.#notOffered.add(service);
      this.#refuse({ source: "srv", from, service, reason: "not_offered" });
      return;
    }
    for (const { name, port, priority, weight } of answers) {
      const target = this.#accept({ source: "srv", from, service, host: name, port });
      if (target) this.#targets[service].push({ ...target, priority, weight });
    }
    if (answers.length > 0) return;
    this.#refuse({ source: "srv", from, service, reason: "not_found" });
    const implicit = `${IMPLICIT_SRV[service]}.${this.domain}`;
    for (const { name, port } of (await this.#ask(service, implicit, true)) ?? []) {
      if (name !== "")
        this.#refuse({ source: "srv", from: implicit, service, host: name, port, reason: "implicit_tls" });
    }
  }

  async #ask(service: MailService, from: string, quiet = false) {
    try {
      return await this.tools.dns.srv(from, this.signal);
    } catch (error) {
      if (!isMedimailError(error) || error.code === "aborted") throw error;
      if (!quiet) {
        this.#transient = true;
        const reason = isUnreachable(error) ? "unreachable" : "unavailable";
        this.#refuse({ source: "srv", from, service, reason, detail: dnsCode(error.cause) });
      }
      return undefined;
    }
  }

  async autoconfig(): Promise<void> {
    const template = this.options.autoconfig ?? DEFAULT_AUTOCONFIG;
    if (template === "off" || !MAIL_SERVICES.some((service) => this.#wanted(service))) return;
    const from = template.replaceAll("{domain}", this.domain);
    const answer = await this.tools.fetchDocument(from, this.signal);
    if ("reason" in answer) {
      if (answer.reason === "unavailable" || answer.reason === "unreachable") this.#transient = true;
      this.#refuse({ source: "autoconfig", from, ...answer });
      return;
    }
    try {
      for (const { service, host, port, socketType } of readAutoconfig(answer.bytes, this.domain)) {
        if (!this.#wanted(service)) continue;
        const fact = { source: "autoconfig", from, service, host, port } as const;
        const how = socketType.toUpperCase();
        if (how !== "STARTTLS") {
          const reason = how === "SSL" ? "implicit_tls" : how === "PLAIN" ? "clear_text" : "invalid";
          this.#refuse({ ...fact, reason });
          continue;
        }
        const target = this.#accept(fact);
        if (target) this.#targets[service].push(target);
      }
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      this.#refuse({ source: "autoconfig", from, reason: "invalid", detail: error.message });
    }
  }

  profile(): OperatorProfile {
    return {
      domain: this.domain,
      at: this.tools.now(),
      ...this.#targets,
      refused: this.#refused,
      transient: this.#transient,
      stale: [],
    };
  }

  /** Still looked for. A service has targets of one source only: of the first that has some. */
  #wanted(service: MailService): boolean {
    return !this.#notOffered.has(service) && this.#targets[service].every(({ source }) => source === "autoconfig");
  }

  #accept(fact: {
    source: FactSource;
    from: string;
    service: MailService;
    host: string;
    port: number;
  }): Target | undefined {
    const { source, from, service, port } = fact;
    const host = hostName(fact.host);
    if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
      this.#refuse({ ...fact, host: shown(fact.host), reason: "invalid" });
      return undefined;
    }
    if (!isUnder(host, this.options.hostSuffixes ?? DEFAULT_HOST_SUFFIXES)) {
      this.#refuse({ source, from, service, host, port, reason: "outside_suffixes" });
      return undefined;
    }
    return { host, port, source, from };
  }

  #refuse(refusal: Refusal): void {
    this.#refused.push(refusal);
  }
}

/** What stands in the place of a host name may be anything. */
function shown(host: string): string {
  return host.replace(/[^\x21-\x7e]/g, "?").slice(0, 100);
}
