import { BlockList, isIP } from "node:net";
import { MedimailError } from "../errors.js";

/** Special-purpose ranges (IANA registries; RFC 6890) that no operator on the Internet has: private, loopback, link-local and their likes. */
const NOT_PUBLIC: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["::1", 128],
  ["100::", 64],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
  // They hold an IPv4 address, which a gateway would then speak to: translated (RFC 6052), 6to4, Teredo.
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["2001::", 32],
];

/** Whether a discovered host may be connected to at this address. */
export type AddressRule = (address: string) => boolean;

/**
 * Public addresses, and those of `allowed`: an address, or a range `10.1.0.0/16`.
 *
 * @throws config_invalid where a range is not one.
 */
export function addressRule(allowed: readonly string[] = []): AddressRule {
  const refused = new BlockList();
  for (const [network, prefix] of NOT_PUBLIC) refused.addSubnet(network, prefix, familyOf(network));
  const welcome = new BlockList();
  for (const text of allowed) {
    const [network = "", prefix = isIP(network) === 6 ? "128" : "32", more] = text.split("/");
    try {
      if (more !== undefined || isIP(network) === 0 || !/^\d{1,3}$/.test(prefix)) throw new Error("no range");
      welcome.addSubnet(network, Number(prefix), familyOf(network));
    } catch (cause) {
      throw new MedimailError("config_invalid", "an allowed address is not an address or a range such as 10.1.0.0/16", {
        path: "network.allowedAddresses",
        cause,
      });
    }
  }
  return (address) => {
    if (isIP(address) === 0) return false;
    const family = familyOf(address);
    return welcome.check(address, family) || !refused.check(address, family);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
