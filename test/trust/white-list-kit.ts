import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { whiteListXml } from "../../src/mock/http/white-list.js";

/** As many as the official list has (interfaces.md §3). */
export const OFFICIAL_ENTRIES = 8_655;

export const MIPIH = "CN=medimail-asip.mipih.fr, OU=318310021300028, O=GIP MIPIH, ST=Haute-Garonne (31), C=FR";

/** Invented domains in the form of the official list: some twice, in mixed case, with spaces, with accents. */
export function inventedDomains(count = OFFICIAL_ENTRIES): { name: string; dn: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const operator = index % 321;
    const dn =
      operator === 0
        ? MIPIH
        : `CN=mss${operator}.exemple.fr, OU=3${String(operator).padStart(14, "0")}, O=Opérateur, n° ${operator} & Cie, ST=Paris (75), C=FR`;
    const name = `Structure-${Math.floor(index / 1.2)}.MSSante.fr`;
    return { name: index % 50 === 7 ? `  ${name}\n` : index % 97 === 3 ? `hôpital-${index}.mssante.fr` : name, dn };
  });
}

export const listXml = (names: readonly string[], at = new Date()) =>
  whiteListXml(
    names.map((name) => ({ name, dn: MIPIH })),
    at,
  );

/** A publisher on loopback: what it serves may change, or be gone. */
export async function publisher(xml: string) {
  const seen: { since?: string; tag?: string; status: number }[] = [];
  const state = { xml, down: false, noTag: false };
  const server = createServer((request, response) => {
    const tag = request.headers["if-none-match"];
    const since = request.headers["if-modified-since"];
    const etag = `"${createHash("sha256").update(state.xml).digest("hex")}"`;
    const status = state.down ? 503 : tag === etag ? 304 : 200;
    seen.push({ status, ...(tag === undefined ? {} : { tag }), ...(since === undefined ? {} : { since }) });
    response
      .writeHead(status, state.noTag ? {} : { etag, "last-modified": new Date(0).toUTCString() })
      .end(status === 200 ? state.xml : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/listeblanchemssante.xml`,
    seen,
    state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
