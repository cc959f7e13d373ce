import { isMedimailError, MedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Endpoint, EndpointSource } from "../seams/endpoints.js";
import { type AddressRule, addressRule } from "./address-rule.js";
import { DEFAULT_LIVES, type ProfileCache, type ProfileLives } from "./cache.js";
import { createDns, type Dns, dnsCode, isUnreachable } from "./dns.js";
import { fetchDocument } from "./document.js";
import type { HttpGet } from "./http-get.js";
import { domainOf, lookUp } from "./look-up.js";
import { inOrder } from "./order.js";
import type { DiscoveryOptions, MailService, OperatorProfile, Refusal, Target } from "./types.js";

export interface DiscoveryTools {
  cache: ProfileCache;
  lives?: Partial<ProfileLives>;
  now: () => number;
  fraction: () => number;
  log: Logger;
  /** Fetches the autoconfig document, with the site's proxy and authorities. */
  http: HttpGet;
}

/** Of one target: the addresses that may be connected to; none of a pinned one, which is resolved by whoever connects. */
export interface CheckedTarget extends Target {
  addresses: string[];
}

/** A profile with the addresses of its hosts; what was refused of them stands beside the rest. */
export interface CheckedProfile extends Omit<OperatorProfile, MailService> {
  imap: readonly CheckedTarget[];
  smtp: readonly CheckedTarget[];
  /** Both services have a host that may be connected to. */
  complete: boolean;
}

interface Checked {
  target: CheckedTarget;
  refused: Refusal[];
}

export interface Discovery {
  readonly domain: string;
  /** What is known of the operator, looked up where it is not. Throws `aborted`. */
  profile(options?: { signal?: AbortSignal; fresh?: boolean }): Promise<OperatorProfile>;
  /** The same with the addresses that its hosts have now. Throws `aborted`. */
  inspect(options?: { signal?: AbortSignal }): Promise<CheckedProfile>;
  /** Where sessions of a service are opened. */
  endpoints(service: MailService): EndpointSource;
}

/**
 * The discovery of one domain's operator (ECO.1.1.9, SC.MSS/CONF.04).
 *
 * @throws config_invalid, invalid_argument for settings that cannot be.
 */
export function createDiscovery(addressOrDomain: string, options: DiscoveryOptions, tools: DiscoveryTools): Discovery {
  const domain = domainOf(addressOrDomain);
  const dns = createDns({
    ...(options.dns ? { servers: options.dns } : {}),
    ...(options.dnsTimeoutMs === undefined ? {} : { timeoutMs: options.dnsTimeoutMs }),
  });
  const allowed = addressRule(options.allowedAddresses);
  const lives = { ...DEFAULT_LIVES, ...tools.lives };
  const key = JSON.stringify([domain, options]);
  const look = (signal: AbortSignal): Promise<OperatorProfile> =>
    lookUp(
      domain,
      options,
      {
        dns,
        now: tools.now,
        fetchDocument: (url, during) =>
          fetchDocument(url, {
            dns,
            allowed,
            http: tools.http,
            timeoutMs: options.httpTimeoutMs ?? 10_000,
            ...(during ? { signal: during } : {}),
          }),
      },
      signal,
    );

  const profile: Discovery["profile"] = ({ signal, fresh = false } = {}) =>
    tools.cache.get({
      key,
      lives,
      now: tools.now,
      fresh,
      ...(signal ? { signal } : {}),
      async look(during) {
        const since = tools.now();
        const found = await look(during);
        const count = found.imap.length + found.smtp.length;
        tools.log.log("debug", "operator_looked_up", { host: domain, ms: tools.now() - since, count });
        return found;
      },
    });

  const check = (service: MailService, target: Target, signal?: AbortSignal): Promise<Checked> =>
    checkTarget(service, target, dns, allowed, signal);

  return {
    domain,
    profile,
    async inspect(options = {}) {
      const { signal } = options;
      const { imap, smtp, refused, ...rest } = await profile(options);
      const of = (service: MailService, targets: readonly Target[]): Promise<Checked[]> =>
        Promise.all(
          targets.map((target) =>
            check(service, target, signal).catch((error: unknown): Checked => {
              if (!isMedimailError(error) || error.code !== "dns_failed") throw error;
              const { source, from, host, port } = target;
              const reason = isUnreachable(error) ? "unreachable" : "unavailable";
              const detail = dnsCode(error.cause);
              return {
                target: { ...target, addresses: [] },
                refused: [{ source, from, service, host, port, reason, detail }],
              };
            }),
          ),
        );
      const checked = { imap: await of("imap", imap), smtp: await of("smtp", smtp) };
      const usable = ({ target }: Checked): boolean => target.source === "pinned" || target.addresses.length > 0;
      return {
        ...rest,
        imap: checked.imap.map(({ target }) => target),
        smtp: checked.smtp.map(({ target }) => target),
        refused: [...refused, ...[...checked.imap, ...checked.smtp].flatMap((one) => one.refused)],
        complete: checked.imap.some(usable) && checked.smtp.some(usable),
      };
    },
    endpoints: (service) => ({
      async endpoints({ signal, fresh = false } = {}) {
        const known = await profile({ ...(signal ? { signal } : {}), fresh });
        const targets = inOrder(known[service], tools.fraction);
        if (targets.length === 0) throw notFound(service, known);
        const checked = await Promise.allSettled(targets.map((target) => check(service, target, signal)));
        const usable = checked.flatMap((one) => (one.status === "fulfilled" ? endpointOf(one.value.target) : []));
        if (usable.length > 0) return usable;
        throw unusable(service, domain, checked);
      },
      failed: () => tools.cache.expire(key, lives),
    }),
  };
}

async function checkTarget(
  service: MailService,
  target: Target,
  dns: Dns,
  allowed: AddressRule,
  signal: AbortSignal | undefined,
): Promise<Checked> {
  if (target.source === "pinned") return { target: { ...target, addresses: [] }, refused: [] };
  const { source, from, host, port } = target;
  const found = await dns.addresses(host, signal);
  const fact = { source, from, service, host, port };
  const refused = found.filter((address) => !allowed(address));
  return {
    target: { ...target, addresses: found.filter((address) => allowed(address)) },
    refused:
      found.length === 0
        ? [{ ...fact, reason: "not_found" }]
        : refused.map((address) => ({ ...fact, address, reason: "private_address" })),
  };
}

function endpointOf({ source, host, port, addresses }: CheckedTarget): Endpoint[] {
  if (source === "pinned") return [{ host, port }];
  return addresses.length === 0 ? [] : [{ host, port, addresses }];
}

const PIN = "Name the hosts in operator.imap and operator.smtp; the operator (for Medimail: Mipih) knows them.";

function notFound(service: MailService, { domain, refused, transient }: OperatorProfile): MedimailError {
  const mine = refused.filter((refusal) => refusal.service === undefined || refusal.service === service);
  const told = mine
    .slice(0, 8)
    .map(
      ({ from, reason, host, detail }) => `${from}: ${host ? `${host} ` : ""}${reason}${detail ? ` (${detail})` : ""}`,
    );
  const message = `no ${service} host was found for ${domain}; ${told.join("; ")}`;
  if (mine.some(({ reason }) => reason === "outside_suffixes"))
    return new MedimailError("operator_host_refused", message, {
      path: "operator.hostSuffixes",
      hint: `Where the refused host is indeed the operator's, add its domain to operator.hostSuffixes. Else: ${PIN}`,
    });
  // Nothing was learnt of the domain: that is not the same as its having no host.
  const deaf = mine.some(
    ({ source, reason }) => source === "srv" && (reason === "unreachable" || reason === "unavailable"),
  );
  if (deaf) return new MedimailError("dns_failed", message);
  return new MedimailError("operator_not_found", message, { retryable: transient, hint: PIN });
}

function unusable(service: MailService, domain: string, checked: PromiseSettledResult<Checked>[]): MedimailError {
  const failed = checked.find((one) => one.status === "rejected")?.reason;
  const hosts = checked.flatMap((one) => (one.status === "fulfilled" ? one.value.refused : []));
  if (hosts.some(({ reason }) => reason === "private_address"))
    return new MedimailError(
      "operator_host_refused",
      `the ${service} host found for ${domain} is at an address of a private network (${hosts.map(({ host }) => host).join(", ")})`,
      {
        path: "network.allowedAddresses",
        hint: `Where the operator is reached through a VPN, add the range to network.allowedAddresses. Else: ${PIN}`,
      },
    );
  if (isMedimailError(failed)) return failed;
  return new MedimailError("dns_failed", `the ${service} host found for ${domain} has no address`, { hint: PIN });
}
