import { isMssAddress } from "../identity/index.js";

/** `mailto:` of an address; what has a meaning of its own in a URI is escaped (RFC 6068). */
export function mailtoOf(address: string): string {
  return `mailto:${address.replace(/[%?#&]/g, encodeURIComponent)}`;
}

/** The address of a `mailto:`, without its query; undefined for another URI. */
export function addressOfMailto(uri: string): string | undefined {
  const address = /^\s*mailto:([^?#]*)/i.exec(uri)?.[1]?.trim();
  if (!address) return undefined;
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** Whether a mailbox is one of MSSanté; `mssante.fr` itself is a domain too, in the official documents. */
export function isRecipientAddress(address: string): boolean {
  return isMssAddress(address.replace(/@mssante\.fr$/i, "@any.mssante.fr"));
}
