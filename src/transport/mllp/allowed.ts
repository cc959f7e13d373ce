import { MedimailError } from "../../errors.js";
import { addressRanges } from "../../net/index.js";

/**
 * Who may connect: everybody where no list is given, else the addresses of the list and nobody else.
 *
 * @param list an address, or a range `10.1.0.0/16`, each
 * @throws invalid_argument where an entry is neither
 */
export function allowedPeers(list: readonly string[] | undefined): (address: string) => boolean {
  if (!list) return () => true;
  return addressRanges(
    list.map((text) => text.trim()),
    (cause) =>
      new MedimailError("invalid_argument", "an allowed address is not an address or a range such as 10.1.0.0/16", {
        path: "allow",
        cause,
      }),
  );
}

/** As people write it: a socket of both families shows IPv4 as `::ffff:10.0.0.1`, and a link-local address has its interface behind it. */
export function plainAddress(address: string | undefined): string {
  const [bare = ""] = (address ?? "").split("%");
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return v4 ?? bare;
}
