import { isIP } from "node:net";

/** The names of the trust space (interfaces.md §2.3). */
export const DEFAULT_HOST_SUFFIXES: readonly string[] = [".mssante.fr"];

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A host name as it is compared: lower case, without the final dot; undefined for what is not one, an IP address included. */
export function hostName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, "");
  return HOST.test(name) && isIP(name) === 0 ? name : undefined;
}

/** Whether a name is one of the suffixes or under one, by whole labels: `xmssante.fr` is not under `mssante.fr`. */
export function isUnder(host: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => {
    const bare = suffix
      .toLowerCase()
      .replace(/^\*?\./, "")
      .replace(/\.$/, "");
    return bare !== "" && (host === bare || host.endsWith(`.${bare}`));
  });
}
