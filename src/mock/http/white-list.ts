import { createHash } from "node:crypto";
import { escapeText } from "../../xml/index.js";
import type { HttpRoute } from "./server.js";

export const WHITE_LIST_PATH = "/listeblanchemssante.xml";

const OPERATOR = "CN=smtp.mock-medimail.example, OU=318310021300028, O=MOCK MEDIMAIL, ST=Haute-Garonne (31), C=FR";

/** The list as its publisher serves it, with the date and the tag by which it is asked for only when it has changed. */
export class MockWhiteList {
  readonly #now: () => Date;
  readonly #domains: () => Iterable<string>;
  #made: { of: string; at: Date; xml: string; etag: string } | undefined;

  constructor(domains: () => Iterable<string>, now: () => Date) {
    this.#domains = domains;
    this.#now = now;
  }

  /** The XML in its real form. */
  get xml(): string {
    return this.#current().xml;
  }

  readonly route: HttpRoute = (request) => {
    const { xml, etag, at } = this.#current();
    const headers = { etag, "last-modified": at.toUTCString(), "content-type": "text/xml; charset=utf-8" };
    if (request.method !== "GET") return new Response("Method not allowed", { status: 405 });
    const since = Date.parse(request.headers.get("if-modified-since") ?? "");
    const tag = request.headers.get("if-none-match");
    const isKnown = tag === null ? Math.floor(at.getTime() / 1000) * 1000 <= since : tag === etag;
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(xml, { headers });
  };

  #current() {
    const domains = [...new Set(this.#domains())].sort();
    const of = domains.join("\n");
    if (this.#made?.of === of) return this.#made;
    const at = this.#now();
    const xml = whiteListXml(
      domains.map((name) => ({ name, dn: OPERATOR })),
      at,
    );
    this.#made = { of, at, xml, etag: `"${createHash("sha256").update(xml).digest("hex").slice(0, 32)}"` };
    return this.#made;
  }
}

export function whiteListXml(domains: readonly { name: string; dn: string }[], at: Date): string {
  const date = at.toISOString();
  const entries = domains.map(
    ({ name, dn }) => `    <Domaine>
      <Nom>${escapeText(name)}</Nom>
      <Description>Domaine de test ${escapeText(name)}</Description>
      <DNCertificatOperateur>${escapeText(dn)}</DNCertificatOperateur>
      <ResponsableContact>0500000000, responsable@mock-medimail.example</ResponsableContact>
      <SupportContact>0500000001, support@mock-medimail.example</SupportContact>
      <DateMAJ>${date}</DateMAJ>
    </Domaine>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListeBlancheMSSante xmlns="https://listeblanche.mssante.fr/schema">
  <DateDeGeneration>${date}</DateDeGeneration>
  <ListeDomaines>
${entries.join("")}  </ListeDomaines>
</ListeBlancheMSSante>
`;
}
