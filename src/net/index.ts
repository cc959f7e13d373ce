/** Opening TCP connections: directly, or through the site's proxy. Knows nothing of TLS or of mail. */
export { addressRanges } from "./address-ranges.js";
export type { DialerOptions, ProxyOptions } from "./dialer.js";
export { createDialer } from "./dialer.js";
export { networkDenied } from "./direct.js";
