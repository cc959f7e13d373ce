import { isIP } from "node:net";
import { MedimailError } from "../errors.js";
import { addressRanges } from "../net/index.js";

/** Special-purpose ranges (IANA registries; RFC 6890) that no operator on the Internet has: private, loopback, link-local and their likes. */
const NOT_PUBLIC: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "::1/128",
  "100::/64",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
  // They hold an IPv4 address, which a gateway would then speak to: translated (RFC 6052), 6to4, Teredo.
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2002::/16",
  "2001::/32",
];

/** Whether a discovered host may be connected to at this address. */
export type AddressRule = (address: string) => boolean;

/**
 * Public addresses, and those of `allowed`: an address, or a range `10.1.0.0/16`.
 *
 * @throws config_invalid where a range is not one.
 */
export function addressRule(allowed: readonly string[] = []): AddressRule {
  const isWelcome = addressRanges(
    allowed,
    (cause) =>
      new MedimailError("config_invalid", "an allowed address is not an address or a range such as 10.1.0.0/16", {
        path: "network.allowedAddresses",
        cause,
      }),
  );
  const isNotPublic = addressRanges(NOT_PUBLIC, () => new Error("the table holds ranges alone"));
  return (address) => isIP(address) !== 0 && (isWelcome(address) || !isNotPublic(address));
}
