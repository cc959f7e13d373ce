import { OctetString } from "asn1js";
import { type Certificate, expiredValidity, validity } from "../../src/mock/pki/certificates.js";
import { permitting } from "./name-constraints-kit.js";
import { below, goodChain, HOST, igcName, keyOf, leafOf, type Publications, rootOf } from "./pki-kit.js";
import { type BadRow, type Made, showing } from "./server-row.js";

const DAY = 86_400_000;

/** A server that shows what OpenSSL itself would not let it show. */
const LAX = { ciphers: "DEFAULT:@SECLEVEL=0" };

/** A row whose chain is right and whose leaf is wrong. */
function leaf(
  name: string,
  says: RegExp,
  more: Parameters<typeof leafOf>[1],
  chain?: Parameters<typeof goodChain>[1],
): BadRow {
  return {
    name,
    code: "certificate_invalid",
    says,
    make(site) {
      const { root, org, crlUrl } = goodChain(site, chain);
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl, ...more }), [org]) };
    },
  };
}

/** A row that makes its own chain; every authority has a list, so that revocation is not what stops it. */
function chain(
  name: string,
  says: RegExp,
  make: (site: Publications, crlOf: (issuer: Certificate) => string) => Made,
): BadRow {
  return {
    name,
    code: "certificate_invalid",
    says,
    make: (site) => make(site, (issuer) => site.crl(() => ({ issuer, revoked: [] }))),
  };
}

const ranged = (cn: string, says = /range/) =>
  leaf(`an authority of another range: ${cn}`, says, {}, { org: { cn, role: cn } });

export const BAD_CERTIFICATES: readonly BadRow[] = [
  leaf("an expired certificate (ECO.1.1.5)", /has expired/, expiredValidity()),
  leaf("a certificate that begins tomorrow", /not valid yet/, {
    notBefore: new Date(Date.now() + DAY),
    notAfter: new Date(Date.now() + 2 * DAY),
  }),
  leaf("an intermediate that has expired", /has expired/, {}, { org: expiredValidity() }),
  leaf("a root that has expired", /has expired/, {}, { root: expiredValidity() }),
  leaf("a certificate of another name", /another name/, { names: ["autre.example"] }),
  leaf("the name in the CN only", /another name/, { names: [], extensions: [] }),
  leaf("a wildcard over two labels", /another name/, { names: ["*.example"] }),
  leaf("a wildcard in a part of a label", /another name/, { names: ["m*.ch-test.example"] }),
  leaf("a name that only begins like it", /another name/, { names: [`${HOST}.attacker.example`] }),
  leaf("an address in place of a name", /another name/, { names: ["127.0.0.1"] }),
  chain("a self-signed certificate", /self-signed/, () => {
    const alone = leafOf(rootOf(), { issuer: undefined as never });
    return { ca: [rootOf().pem], server: showing(alone) };
  }),
  chain("an authority that was not configured", /unknown authority/, (site) => {
    const { org, crlUrl } = goodChain(site, { root: { role: "stranger" } });
    return { ca: [rootOf().pem], server: showing(leafOf(org, { crlUrl }), [org]) };
  }),
  chain("a namesake of the root, with another key", /signature|unknown authority/, (site) => {
    const { root, org, crlUrl } = goodChain(site, { root: { role: "stranger" } });
    return { ca: [rootOf().pem], server: showing(leafOf(org, { crlUrl }), [org, root]) };
  }),
  chain("a namesake of the intermediate, with another key", /signature|unknown authority/, (site) => {
    const { root, org, crlUrl } = goodChain(site);
    const namesake = below(rootOf({ role: "stranger" }), { role: "stranger-org" });
    return { ca: [root.pem], server: showing(leafOf(namesake, { crlUrl }), [org]) };
  }),
  chain("the certificate of a public authority (ECO.1.1.10)", /unknown authority/, (site) => {
    const root = rootOf({ role: "public", subject: [["CN", "Public Web Root"]] });
    const middle = below(root, { role: "public-2", subject: [["CN", "Public Web CA 1"]] });
    const crlUrl = site.crl(() => ({ issuer: middle, revoked: [] }));
    return { ca: [rootOf().pem], server: showing(leafOf(middle, { crlUrl }), [middle]) };
  }),
  chain("a production chain where the test is configured", /unknown authority/, (_site, crlOf) => {
    const root = rootOf({ role: "prod", subject: igcName("RACINE IGC-SANTE ELEMENTAIRE", false) });
    const org = below(root, { subject: igcName("IGC-SANTE ELEMENTAIRE ORGANISATIONS", false), crlUrl: crlOf(root) });
    return { ca: [rootOf().pem], server: showing(leafOf(org, { crlUrl: crlOf(org) }), [org]) };
  }),
  chain("an intermediate of the production below a root of the test", /mixes test and production/, (_site, crlOf) => {
    const root = rootOf();
    const org = below(root, { subject: igcName("IGC-SANTE ELEMENTAIRE ORGANISATIONS", false), crlUrl: crlOf(root) });
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl: crlOf(org) }), [org]) };
  }),
  chain("no intermediate, in the handshake nor in tls.ca", /unknown authority/, (site) => {
    const { root, org, crlUrl } = goodChain(site);
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl })) };
  }),
  leaf("a client's certificate", /not issued for a server/, { use: "client" }),
  leaf("a certificate for mail signature", /not issued for a server/, { extKeyUsage: ["emailProtection"] }),
  leaf("a certificate for OCSP", /not issued for a server/, { extKeyUsage: ["1.3.6.1.5.5.7.3.9"] }),
  leaf("a key for non-repudiation only", /./, { keyUsage: ["nonRepudiation"] }),
  leaf("a key for certificates only", /./, { keyUsage: ["keyCertSign"] }),
  leaf("an authority whose key may not sign certificates", /./, {}, { org: { keyUsage: ["cRLSign"] } }),
  leaf("an authority for clients only", /not issued for a server/, {}, { org: { extKeyUsage: ["clientAuth"] } }),
  chain("a certificate signed by a server's certificate", /not an authority|certificate signing/, (site, crlOf) => {
    const { root, org, crlUrl } = goodChain(site);
    const middle = leafOf(org, { crlUrl, keys: keyOf("middle"), subject: [["CN", "un.serveur.example"]] });
    return { ca: [root.pem], server: showing(leafOf(middle, { crlUrl: crlOf(middle) }), [middle, org]) };
  }),
  chain("one authority more than is allowed", /does not allow/, (site, crlOf) => {
    const { root, org, crlUrl } = goodChain(site);
    const middle = below(org, { crlUrl, role: "sub" });
    return { ca: [root.pem], server: showing(leafOf(middle, { crlUrl: crlOf(middle) }), [middle, org]) };
  }),
  leaf(
    "a name out of the constraints of its authority",
    /./,
    {},
    { org: { extensions: [permitting(".autre.example")] } },
  ),
  ranged("IGC-SANTE ELEMENTAIRE PERSONNES"),
  ranged("IGC-SANTE STANDARD ORGANISATIONS"),
  ranged("IGC-SANTE FORT ORGANISATIONS"),
  chain("a certificate of the root itself", /range/, (_site, crlOf) => {
    const root = rootOf();
    return { ca: [root.pem], server: showing(leafOf(root, { crlUrl: crlOf(root) })) };
  }),
  chain("a signature with SHA-1", /weak/, (site) => {
    const { root, org, crlUrl } = goodChain(site);
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl, digest: "sha1" }), [org], LAX) };
  }),
  chain("a key of 1024 bits", /weak/, (site) => {
    const { root, org, crlUrl } = goodChain(site);
    const small = leafOf(org, { crlUrl, keys: keyOf("leaf", "rsa1024") });
    return { ca: [root.pem], server: showing(small, [org], LAX) };
  }),
  leaf("a critical extension that nobody knows", /./, {
    extensions: [{ id: "1.2.250.1.999.1", critical: true, value: new Uint8Array(new OctetString().toBER()) }],
  }),
  chain("a signature that was altered", /signature|unknown authority/, (site) => {
    const { root, org, crlUrl } = goodChain(site);
    const good = leafOf(org, { crlUrl });
    const der = Buffer.from(good.pem.replace(/-----[^-]+-----/g, ""), "base64");
    der[der.length - 5] = (der[der.length - 5] ?? 0) ^ 0xff;
    const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
    return { ca: [root.pem], server: showing({ ...good, pem }, [org]) };
  }),
  leaf("a certificate that has expired by our clock alone", /expired/, { ...validity(1) }),
].map((row) =>
  // OpenSSL has the machine's clock; the checks beside it have the program's.
  row.name.includes("our clock")
    ? { ...row, make: async (site: Publications) => ({ ...(await row.make(site)), now: () => Date.now() + 2 * DAY }) }
    : row,
);
