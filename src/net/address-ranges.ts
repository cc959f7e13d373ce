import { BlockList, isIP } from "node:net";

/**
 * Whether an address is one of a list.
 *
 * @param list an address, or a range `10.1.0.0/16`, each
 * @throws what `fault` makes of the cause, where an entry is neither
 */
export function addressRanges(list: readonly string[], fault: (cause: unknown) => Error): (address: string) => boolean {
  const ranges = new BlockList();
  for (const text of list) {
    const [network = "", prefix = isIP(network) === 6 ? "128" : "32", more] = text.split("/");
    try {
      if (more !== undefined || isIP(network) === 0 || !/^\d{1,3}$/.test(prefix)) throw new Error("no range");
      ranges.addSubnet(network, Number(prefix), familyOf(network));
    } catch (cause) {
      throw fault(cause);
    }
  }
  return (address) => isIP(address) !== 0 && ranges.check(address, familyOf(address));
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
