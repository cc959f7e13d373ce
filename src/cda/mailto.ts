import { isMssAddress } from "../identity/index.js";
import type { Telecom } from "./types.js";

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

/** The first MSSanté mailbox among telecoms. */
export function mssAddressAmong(telecoms: readonly { value?: string | undefined }[] = []): string | undefined {
  for (const { value } of telecoms) {
    const address = addressOfMailto(value ?? "");
    if (address !== undefined && isRecipientAddress(address)) return address;
  }
  return undefined;
}

/** A telecom that says nothing but the mailbox. */
const isMailbox = (telecom: Telecom | undefined, address: string): boolean =>
  telecom?.value === mailtoOf(address) && Object.keys(telecom).length === 1;

/** The telecoms beside the mailbox: all, unless they begin with what {@link withMailbox} writes. */
export function withoutMailbox(telecoms: Telecom[] | undefined, address: string | undefined): Telecom[] | undefined {
  if (address === undefined || !isMailbox(telecoms?.[0], address)) return telecoms;
  const others = telecoms?.slice(1) ?? [];
  return others.length === 0 ? undefined : others;
}

/** The telecoms with the mailbox first, unless one of them says it already. */
export function withMailbox(telecoms: readonly Telecom[] = [], address: string | undefined): readonly Telecom[] {
  if (address === undefined) return telecoms;
  const said = mssAddressAmong(telecoms) === address && !isMailbox(telecoms[0], address);
  return said ? telecoms : [{ value: mailtoOf(address) }, ...telecoms];
}
