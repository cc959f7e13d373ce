import { isLoopback } from "./fields.js";

interface OperatorPart {
  operator: "discover" | { imap?: { host: string } | undefined; smtp?: { host: string } | undefined };
  network: { dns?: string[] | undefined; allowedAddresses?: string[] | undefined };
}

/**
 * Whether the operator can only be this machine: both hosts are named and are of it, or are told by a name server of it and allowed there. A token
 * may then be in a file, and test identities are at home.
 */
export function isTestOperator({ operator, network }: OperatorPart): boolean {
  const pinned = operator === "discover" ? {} : operator;
  const { dns = [], allowedAddresses = [] } = network;
  const local =
    dns.length > 0 &&
    dns.every((server) => isLoopback(withoutPort(server))) &&
    allowedAddresses.length > 0 &&
    allowedAddresses.every(isOfLoopback);
  return [pinned.imap, pinned.smtp].every((host) => (host === undefined ? local : isLoopback(host.host)));
}

/** 127.0.0.0/8 is all of it; a shorter prefix is more than this machine. */
function isOfLoopback(range: string): boolean {
  const [address = "", prefix] = range.split("/");
  return isLoopback(address) && (prefix === undefined || Number(prefix) >= (address.includes(":") ? 128 : 8));
}

function withoutPort(server: string): string {
  return /^\[(.*)\]/.exec(server)?.[1] ?? (server.split(":").length === 2 ? (server.split(":")[0] ?? "") : server);
}
