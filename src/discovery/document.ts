import { isIP } from "node:net";
import { type ErrorCode, isMedimailError } from "../errors.js";
import type { AddressRule } from "./address-rule.js";
import { MAX_AUTOCONFIG_BYTES } from "./autoconfig.js";
import { type Dns, dnsCode, isUnreachable } from "./dns.js";
import type { HttpGet } from "./http-get.js";
import type { FetchDocument } from "./look-up.js";
import type { RefusalReason } from "./types.js";

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
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  try {
    const found = isIP(host) === 0 ? await dns.addresses(host, signal) : [host];
    if (found.length === 0) return { reason: "not_found" };
    const addresses = found.filter((address) => allowed(address));
    if (addresses.length === 0) return { reason: "private_address", ...(found[0] ? { address: found[0] } : {}) };
    // In clear only where nobody is on the line.
    if (protocol !== "https:" && !addresses.every(isLoopbackAddress)) return { reason: "clear_text" };
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
    const reason = REASONS[error.code];
    if (reason === undefined) throw error;
    return { reason, detail: error.code };
  }
}

const REASONS: Readonly<Partial<Record<ErrorCode, RefusalReason>>> = {
  connection_refused: "unreachable",
  connection_lost: "unreachable",
  http_failed: "unavailable",
  timeout: "unreachable",
  proxy_failed: "unreachable",
  tls_failed: "invalid",
  certificate_invalid: "invalid",
};

function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^127\./.test(address);
}
