import type { Config } from "../config/index.js";
import { createHttp, type Http } from "../http.js";
import { readAuthorities } from "../trust/index.js";
import { authoritiesOf, dialerOf } from "./connection.js";

/**
 * HTTP to the national directory, through the site's proxy. Its servers have certificates of the IGC-Santé, which is in no system's store: `tls.ca`
 * names it; where nothing is named, the system's authorities vouch (for a mirror of the site's own).
 */
export function openDirectoryHttp(config: Pick<Config, "network"> & { tls: Pick<Config["tls"], "ca"> }): Http {
  return createHttp({
    dialer: dialerOf(config),
    ...((config.tls.ca ?? []).length > 0 ? { ca: readAuthorities(authoritiesOf(config.tls)).pem } : {}),
  });
}
