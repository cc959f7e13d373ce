import { BlockList, isIP } from "node:net";
import { MedimailError } from "../../errors.js";

/**
 * Who may connect: everybody where no list is given, else the addresses of the list and nobody else.
 *
 * @param list an address, or a range `10.1.0.0/16`, each
 * @throws invalid_argument where an entry is neither
 */
export function allowedPeers(list: readonly string[] | undefined): (address: string) => boolean {
  if (!list) return () => true;
  const allowed = new BlockList();
  for (const text of list) {
    const [network = "", prefix = isIP(network) === 6 ? "128" : "32", more] = text.trim().split("/");
    try {
      if (more !== undefined || isIP(network) === 0 || !/^\d{1,3}$/.test(prefix)) throw new Error("no range");
      allowed.addSubnet(network, Number(prefix), familyOf(network));
    } catch (cause) {
      const message = "an allowed address is not an address or a range such as 10.1.0.0/16";
      throw new MedimailError("invalid_argument", message, { path: "allow", cause });
    }
  }
  return (address) => isIP(address) !== 0 && allowed.check(address, familyOf(address));
}

/** As people write it: a socket of both families shows IPv4 as `::ffff:10.0.0.1`, and a link-local address has its interface behind it. */
export function plainAddress(address: string | undefined): string {
  const [bare = ""] = (address ?? "").split("%");
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return v4 ?? bare;
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
