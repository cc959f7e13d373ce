/**
 * Where a mailbox's operator is: pinned, DNS SRV, autoconfig; with the origin of each fact and what was refused. Hosts found by themselves must be
 * under the names of the trust space and at public addresses (docs/discovery.md).
 */
export { type AddressRule, addressRule } from "./address-rule.js";
export { DEFAULT_LIVES, ProfileCache, type ProfileLives } from "./cache.js";
export { createDns, type Dns } from "./dns.js";
export { DEFAULT_HOST_SUFFIXES } from "./host-rule.js";
export { createHttpGet, type HttpGet } from "./http-get.js";
export { domainOf } from "./look-up.js";
export {
  type CheckedProfile,
  type CheckedTarget,
  createDiscovery,
  type Discovery,
  type DiscoveryTools,
} from "./source.js";
export {
  type DiscoveryOptions,
  type FactSource,
  MAIL_SERVICES,
  type MailService,
  type OperatorProfile,
  type Refusal,
  type RefusalReason,
  type Target,
} from "./types.js";
