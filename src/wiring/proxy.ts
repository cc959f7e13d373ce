import type { ProxyOptions } from "../net/index.js";

/** Credentials that the configuration has in the proxy's URL (a warning says so) go on apart from it: a URL ends up in messages. */
export function proxyOf({ network }: { network: { proxy?: string | undefined } }): { proxy?: ProxyOptions } {
  if (network.proxy === undefined) return {};
  const url = new URL(network.proxy);
  const username = unescaped(url.username);
  const password = unescaped(url.password);
  url.username = "";
  url.password = "";
  return { proxy: { url: url.href, ...(username === "" ? {} : { username, password: async () => password }) } };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
