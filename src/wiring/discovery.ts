import type { Config } from "../config/index.js";
import { defined } from "../defined.js";
import {
  createDiscovery,
  type Discovery,
  type DiscoveryOptions,
  type HttpGet,
  type ProfileCache,
  type ProfileLives,
} from "../discovery/index.js";
import { MedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Clock, Random } from "../seams/index.js";

export interface OperatorLookUp {
  cache: ProfileCache;
  lives?: Partial<ProfileLives>;
  clock: Pick<Clock, "now">;
  random: Pick<Random, "fraction">;
  logger: Logger;
}

/** The discovery of a configuration's operator: what it pins, and how the rest is looked up. */
export function discoveryOf(
  config: Pick<Config, "operator" | "network">,
  addressOrDomain: string,
  { cache, lives, clock, random, logger }: OperatorLookUp,
): Discovery {
  return createDiscovery(addressOrDomain, discoveryOptions(config), {
    cache,
    ...(lives ? { lives } : {}),
    now: () => clock.now(),
    fraction: () => random.fraction(),
    log: logger,
    http,
  });
}

function discoveryOptions({ operator, network }: Pick<Config, "operator" | "network">): DiscoveryOptions {
  const { imap, smtp, hostSuffixes } = operator === "discover" ? {} : operator;
  const { dns, allowedAddresses } = network;
  // No document is fetched yet.
  const autoconfig = "off";
  return defined({
    pinned: defined({ imap, smtp }),
    hostSuffixes,
    dns,
    allowedAddresses,
    autoconfig,
  });
}

const http: HttpGet = () => Promise.reject(new MedimailError("not_supported", "no document is fetched yet"));
