import { isMedimailError, MedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Endpoint, EndpointSource } from "../seams/endpoints.js";
import { type AddressRule, addressRule } from "./address-rule.js";
import { DEFAULT_LIVES, type ProfileCache, type ProfileLives } from "./cache.js";
import { createDns, type Dns } from "./dns.js";
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

/** Of one target: the addresses that may be connected to, and those that may not. */
export interface CheckedTarget extends Target {
  addresses: string[];
  refused: Refusal[];
}

export interface Discovery {
  readonly domain: string;
  /** What is known of the operator, looked up where it is not. Throws `aborted`. */
  profile(options?: { signal?: AbortSignal; fresh?: boolean }): Promise<OperatorProfile>;
  /** The addresses of a target now. A pinned one has none: who connects resolves it. Throws `dns_failed`, `aborted`. */
  check(service: MailService, target: Target, signal?: AbortSignal): Promise<CheckedTarget>;
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

  const check: Discovery["check"] = (service, target, signal) => checkTarget(service, target, dns, allowed, signal);

  return {
    domain,
    profile,
    check,
    endpoints: (service) => ({
      async endpoints({ signal, fresh = false } = {}) {
        const known = await profile({ ...(signal ? { signal } : {}), fresh });
        const targets = inOrder(known[service], tools.fraction);
        if (targets.length === 0) throw notFound(service, known);
        const checked = await Promise.allSettled(targets.map((target) => check(service, target, signal)));
        const usable = checked.flatMap((one) => (one.status === "fulfilled" ? endpointOf(one.value) : []));
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
): Promise<CheckedTarget> {
  if (target.source === "pinned") return { ...target, addresses: [], refused: [] };
  const { source, from, host, port } = target;
  const found = await dns.addresses(host, signal);
  const fact = { source, from, service, host, port };
  return {
    ...target,
    addresses: found.filter((address) => allowed(address)),
    refused:
      found.length === 0
        ? [{ ...fact, reason: "not_found" }]
        : found
            .filter((address) => !allowed(address))
            .map((address) => ({ ...fact, address, reason: "private_address" })),
  };
}

function endpointOf({ source, host, port, addresses }: CheckedTarget): Endpoint[] {
  if (source === "pinned") return [{ host, port }];
  return addresses.length === 0 ? [] : [{ host, port, addresses }];
}

const PIN = "Name the hosts in operator.imap and operator.smtp; the operator (for Medimail: Mipih) knows them.";

function notFound(service: MailService, { domain, refused }: OperatorProfile): MedimailError {
  const mine = refused.filter((refusal) => refusal.service === undefined || refusal.service === service);
  const told = mine.map(
    ({ from, reason, host, detail }) =>
      `${from}: ${host === undefined ? "" : `${host} `}${reason}${detail === undefined ? "" : ` (${detail})`}`,
  );
  const message = `no ${service} host was found for ${domain}; ${told.slice(0, 8).join("; ")}`;
  if (mine.some(({ reason }) => reason === "outside_suffixes"))
    return new MedimailError("operator_host_refused", message, {
      path: "operator.hostSuffixes",
      hint: `Where the refused host is indeed the operator's, add its domain to operator.hostSuffixes. Else: ${PIN}`,
    });
  return new MedimailError("operator_not_found", message, { hint: PIN });
}

function unusable(service: MailService, domain: string, checked: PromiseSettledResult<CheckedTarget>[]): MedimailError {
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
