import { rootCertificates } from "node:tls";
import type { OperatorPart } from "../config/index.js";
import { defined } from "../defined.js";
import {
  createDiscovery,
  createHttpGet,
  type Discovery,
  type DiscoveryOptions,
  type ProfileCache,
  type ProfileLives,
} from "../discovery/index.js";
import type { Logger } from "../log.js";
import { type Clock, type Random, steadyNow } from "../seams/index.js";
import { readAuthorities } from "../trust/index.js";
import { authoritiesOf, dialerOf } from "./connection.js";

export interface OperatorLookUp {
  cache: ProfileCache;
  lives?: Partial<ProfileLives>;
  clock: Pick<Clock, "now" | "elapsed">;
  random: Pick<Random, "fraction">;
  logger: Logger;
}

/** The discovery of a configuration's operator: what it pins, and how the rest is looked up. */
export function discoveryOf(
  config: OperatorPart,
  addressOrDomain: string,
  { cache, lives, clock, random, logger }: OperatorLookUp,
): Discovery {
  return createDiscovery(addressOrDomain, discoveryOptions(config), {
    cache,
    ...(lives ? { lives } : {}),
    now: steadyNow(clock),
    fraction: () => random.fraction(),
    log: logger,
    http: createHttpGet(dialerOf(config), () => documentAuthorities(config)),
  });
}

function discoveryOptions({ operator, network }: OperatorPart): DiscoveryOptions {
  const { imap, smtp, hostSuffixes } = operator === "discover" ? {} : operator;
  const { dns, allowedAddresses, autoconfig } = network;
  return defined({
    pinned: defined({ imap, smtp }),
    hostSuffixes,
    dns,
    allowedAddresses,
    autoconfig,
  });
}

/**
 * Who may vouch for the host of the autoconfig document: the configuration's authorities, where it has some, and the public ones. Whether operators have it under
 * IGC-Santé is unknown, and what the document says is no more trusted than the DNS: the mail host that it names must be under the suffixes and show a
 * certificate of `tls.ca` alone (ECO.1.1.10).
 */
function documentAuthorities({ tls }: OperatorPart): string[] {
  const own = authoritiesOf(tls);
  return [...(own.length === 0 ? [] : readAuthorities(own).pem), ...rootCertificates];
}
