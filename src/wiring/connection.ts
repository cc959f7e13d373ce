import type { OperatorPart } from "../config/index.js";
import { createDialer, type ProxyOptions } from "../net/index.js";
import type { Dialer } from "../seams/index.js";
import { readNamedFile } from "../settings/index.js";

/** Connections as the configuration wants them: directly, or through its proxy. */
export function dialerOf({ network }: Pick<OperatorPart, "network">): Dialer {
  return createDialer(network.proxy === undefined ? {} : { proxy: proxyOf(network.proxy) });
}

/** The files of `tls.ca`, read. Throws `file_not_found`, `file_unreadable`. */
export function authoritiesOf(tls: Pick<OperatorPart["tls"], "ca">): Buffer[] {
  return (tls.ca ?? []).map((path) => readNamedFile(path, "tls.ca", { path: "tls.ca" }));
}

/** Credentials that the configuration has in the proxy's URL (a warning says so) go on apart from it: a URL ends up in messages. */
export function proxyOf(configured: string): ProxyOptions {
  const url = new URL(configured);
  const username = unescaped(url.username);
  const password = unescaped(url.password);
  url.username = "";
  url.password = "";
  return { url: url.href, ...(username === "" ? {} : { username, password: async () => password }) };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
