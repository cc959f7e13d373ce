import { isIP } from "node:net";
import { isMedimailError } from "../errors.js";
import type { AddressRule } from "./address-rule.js";
import { MAX_AUTOCONFIG_BYTES } from "./autoconfig.js";
import { type Dns, dnsCode, isUnreachable } from "./dns.js";
import type { FetchDocument } from "./look-up.js";

/** One GET, redirects not followed; without a body where it is longer than `maxBytes`. Throws a `MedimailError` where no whole answer came. */
export type HttpGet = (
  url: string,
  options: {
    /** To be connected to, instead of what the URL's host resolves to. */
    addresses: readonly string[];
    maxBytes: number;
    timeoutMs: number;
    signal?: AbortSignal;
  },
) => Promise<{ status: number; body?: Uint8Array }>;

export interface DocumentTools {
  dns: Dns;
  allowed: AddressRule;
  http: HttpGet;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * The autoconfig document, from an address that was checked as a mail host's is: what DNS says of `autoconfig.…` must not make this machine ask
 * something of its own network.
 */
export async function fetchDocument(url: string, tools: DocumentTools): ReturnType<FetchDocument> {
  const { dns, allowed, http, timeoutMs, signal } = tools;
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  try {
    const found = isIP(host) === 0 ? await dns.addresses(host, signal) : [host];
    if (found.length === 0) return { reason: "not_found" };
    const addresses = found.filter((address) => allowed(address));
    if (addresses.length === 0) return { reason: "private_address", ...(found[0] ? { address: found[0] } : {}) };
    const { status, body } = await http(url, {
      addresses,
      maxBytes: MAX_AUTOCONFIG_BYTES,
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
    if (status === 200) return body ? { bytes: body } : { reason: "too_large" };
    const detail = `HTTP ${status}`;
    if (status >= 300 && status < 400) return { reason: "redirect", detail };
    return { reason: status === 404 || status === 410 ? "not_found" : "unavailable", detail };
  } catch (error) {
    if (!isMedimailError(error) || error.code === "aborted") throw error;
    if (error.code === "dns_failed")
      return { reason: isUnreachable(error) ? "unreachable" : "unavailable", detail: dnsCode(error.cause) };
    return { reason: "unreachable", detail: error.code };
  }
}
