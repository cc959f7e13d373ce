import { Integer, OctetString } from "asn1js";
import { IssuingDistributionPoint } from "pkijs";
import type { Certificate, CertificateRequest } from "../../src/mock/pki/certificates.js";
import { expiredValidity } from "../../src/mock/pki/certificates.js";
import { type CrlRequest, extension, makeCrl } from "../../src/mock/pki/crl.js";
import { makeOcsp, type OcspRequestOptions, ocspFailure } from "../../src/mock/pki/ocsp.js";
import { below, goodChain, keyOf, leafOf, type Publications, rootOf } from "./pki-kit.js";
import { type BadRow, showing } from "./server-row.js";

const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);

/** The leaf names one list, which is answered so. */
function list(
  name: string,
  says: RegExp,
  answer: (org: Certificate) => Uint8Array | Response | Promise<Response>,
): BadRow {
  return {
    name: `a list ${name}`,
    code: "revocation_unknown",
    says,
    make(site) {
      const { root, org } = goodChain(site);
      const crlUrl = site.serve(() => answer(org));
      return { ...hurried(answer), ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  };
}

const crl = (name: string, says: RegExp, more: (org: Certificate) => Partial<CrlRequest>) =>
  list(name, says, (org) => makeCrl({ issuer: org, revoked: [], ...more(org) }));

/** The leaf names one responder, which answers so. */
function ocsp(
  name: string,
  says: RegExp,
  answer: (
    leaf: Certificate,
    org: Certificate,
  ) => Partial<OcspRequestOptions> | Uint8Array | Response | Promise<Response>,
): BadRow {
  return {
    name: `an OCSP answer ${name}`,
    code: "revocation_unknown",
    says,
    make(site) {
      const { root, org } = goodChain(site);
      const ocspUrl = site.serve(() => {
        const made = answer(leaf, org);
        if (made instanceof Uint8Array || made instanceof Response || made instanceof Promise) return made;
        return makeOcsp({ issuer: org, serial: leaf.serial, status: "good", ...made });
      });
      const leaf: Certificate = leafOf(org, { ocspUrl });
      return { ...hurried(answer), ca: [root.pem], server: showing(leaf, [org]) };
    },
  };
}

const responder = (issuer: Certificate, more: Partial<CertificateRequest> = {}): Certificate =>
  leafOf(issuer, { keys: keyOf("ocsp"), names: [], extKeyUsage: ["1.3.6.1.5.5.7.3.9"], ...more });

function revoked(name: string, make: (site: Publications) => ReturnType<BadRow["make"]>): BadRow {
  return { name, code: "certificate_revoked", says: /revoked/, make };
}

const unknown = (name: string, says: RegExp, make: BadRow["make"]): BadRow => ({
  name,
  code: "revocation_unknown",
  says,
  make,
});

/** Who never answers is not waited for. */
const hurried = (answer: unknown) => (answer === never ? { revocationTimeoutMs: 300 } : {});
const never = () => new Promise<Response>(() => {});

export const BAD_REVOCATIONS: readonly BadRow[] = [
  revoked("a certificate that the list names (ECO.1.1.6)", (site) => {
    const { root, org, crlUrl, revoked: names } = goodChain(site);
    const leaf = leafOf(org, { crlUrl });
    names.push(leaf.serial);
    return { ca: [root.pem], server: showing(leaf, [org]) };
  }),
  revoked("a certificate that OCSP says revoked", (site) => {
    const { root, org } = goodChain(site);
    const ocspUrl = site.ocsp(() => org, { status: "revoked" });
    return { ca: [root.pem], server: showing(leafOf(org, { ocspUrl }), [org]) };
  }),
  revoked("a revoked certificate, and soft", (site) => {
    const { root, org, crlUrl, revoked: names } = goodChain(site);
    const leaf = leafOf(org, { crlUrl });
    names.push(leaf.serial);
    return { ca: [root.pem], revocation: "soft", server: showing(leaf, [org]) };
  }),
  revoked("a stapled answer that says revoked", (site) => {
    const { root, org, crlUrl } = goodChain(site);
    const leaf = leafOf(org, { crlUrl });
    const staple = makeOcsp({ issuer: org, serial: leaf.serial, status: "revoked" });
    return { ca: [root.pem], server: { ...showing(leaf, [org]), staple } };
  }),
  revoked("an intermediate that the root's list names", (site) => {
    const root = rootOf();
    const names: string[] = [];
    const org = below(root, { crlUrl: site.crl(() => ({ issuer: root, revoked: names })) });
    names.push(org.serial);
    const crlUrl = site.crl(() => ({ issuer: org, revoked: [] }));
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
  }),
  revoked("a revoked certificate, by the list that was kept, now that it is down (CONF.22)", (site) => {
    const { root, org } = goodChain(site);
    let isDown = false;
    const crlUrl: string = site.serve(() =>
      isDown ? new Response("", { status: 503 }) : makeCrl({ issuer: org, revoked: [leaf.serial] }),
    );
    const leaf: Certificate = leafOf(org, { crlUrl });
    const good = leafOf(org, { crlUrl });
    const then = () => {
      isDown = true;
    };
    return {
      ca: [root.pem],
      server: showing(leaf, [org]),
      before: { server: showing(good, [org]), outcome: "ok", then },
    };
  }),
  revoked("a stapled answer that says good, against the list that was kept", (site) => {
    const { root, org } = goodChain(site);
    const crlUrl: string = site.serve(() => makeCrl({ issuer: org, revoked: [leaf.serial] }));
    const leaf: Certificate = leafOf(org, { crlUrl });
    const staple = makeOcsp({ issuer: org, serial: leaf.serial, status: "good" });
    const server = { ...showing(leaf, [org]), staple };
    return { ca: [root.pem], server, before: { server: showing(leafOf(org, { crlUrl }), [org]), outcome: "ok" } };
  }),
  unknown("a certificate that names no list and no responder", /neither/, (site) => {
    const { root, org } = goodChain(site);
    return { ca: [root.pem], server: showing(leafOf(org), [org]) };
  }),
  unknown("a certificate that names a list by LDAP only", /neither/, (site) => {
    const { root, org } = goodChain(site);
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl: "ldap://annuaire.example/cn=crl" }), [org]) };
  }),
  unknown("an intermediate whose revocation cannot be known", /neither/, (site) => {
    const root = rootOf();
    const org = below(root);
    const crlUrl = site.crl(() => ({ issuer: org, revoked: [] }));
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
  }),
  unknown("a list that cannot be reached", /ECONNREFUSED/, (site) => {
    const { root, org } = goodChain(site);
    return { ca: [root.pem], server: showing(leafOf(org, { crlUrl: "http://127.0.0.1:2/crl" }), [org]) };
  }),
  list("that is not there", /404/, () => new Response("", { status: 404 })),
  list(
    "that is somewhere else, by a redirect",
    /302/,
    () => new Response("", { status: 302, headers: { location: "http://127.0.0.1/" } }),
  ),
  list("that does not come", /did not answer/, never),
  list("that is a page of HTML", /no revocation list/, () => Buffer.from("<html>Maintenance</html>")),
  list("that is cut", /no revocation list/, (org) => makeCrl({ issuer: org, revoked: ["aa"] }).subarray(0, 200)),
  crl("that has expired", /has expired/, () => ({ thisUpdate: ago(2 * HOUR), nextUpdate: ago(HOUR) })),
  crl("of tomorrow", /of the future/, () => ({ thisUpdate: ago(-24 * HOUR), nextUpdate: ago(-48 * HOUR) })),
  crl("that somebody else has signed", /signature/, () => ({ signer: rootOf({ role: "stranger" }) })),
  crl("of another authority", /another authority/, () => ({ issuer: rootOf() })),
  crl("that is a delta list", /delta/, () => ({
    extensions: [extension("2.5.29.27", true, new Integer({ value: 1 }))],
  })),
  crl("that is indirect", /indirect/, () => ({
    extensions: [extension("2.5.29.28", true, new IssuingDistributionPoint({ indirectCRL: true }).toSchema())],
  })),
  crl("of authorities only", /another kind/, () => ({
    extensions: [extension("2.5.29.28", true, new IssuingDistributionPoint({ onlyContainsCACerts: true }).toSchema())],
  })),
  crl("with a critical extension that nobody knows", /critical extension/, () => ({
    extensions: [extension("1.2.250.1.999.2", true, new OctetString())],
  })),
  {
    name: "a list of an authority that may not sign lists",
    code: "revocation_unknown",
    says: /may not sign lists/,
    make(site) {
      const { root, org, crlUrl } = goodChain(site, { org: { keyUsage: ["keyCertSign"] } });
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  unknown("a list that is older than the one kept, which has expired", /older/, (site) => {
    const { root, org } = goodChain(site);
    const start = Date.now();
    let later = 0;
    let next: CrlRequest = { issuer: org, revoked: [], number: 9, nextUpdate: new Date(start + HOUR) };
    const crlUrl = site.serve(() => makeCrl(next));
    const server = showing(leafOf(org, { crlUrl, notAfter: new Date(start + 1_000 * HOUR) }), [org]);
    const then = () => {
      later = 2 * HOUR;
      next = {
        issuer: org,
        revoked: [],
        number: 8,
        thisUpdate: new Date(start),
        nextUpdate: new Date(start + 9 * HOUR),
      };
    };
    return { ca: [root.pem], server, before: { server, outcome: "ok", then }, now: () => Date.now() + later };
  }),
  ocsp("that it does not know it", /does not know/, () => ({ status: "unknown" })),
  ocsp("to try later", /status 3/, () => ocspFailure(3)),
  ocsp("that it is not authorised", /status 6/, () => ocspFailure(6)),
  ocsp("of HTTP 500", /status 500/, () => new Response("", { status: 500 })),
  ocsp("that is a page of HTML", /no OCSP answer/, () => Buffer.from("<html></html>")),
  ocsp("that does not come", /did not answer/, never),
  ocsp("that is too large", /larger|too large/, () => Buffer.alloc(100_000, 0x30)),
  ocsp("signed by a stranger", /not signed|no right/, () => ({ responder: responder(rootOf({ role: "stranger" })) })),
  ocsp("signed by a server of the same authority", /no right/, (_leaf, org) => ({
    responder: responder(org, { extKeyUsage: ["serverAuth"] }),
  })),
  ocsp("signed by a responder of the root", /no right/, () => ({ responder: responder(rootOf()) })),
  ocsp("signed by a responder that has expired", /expired/, (_leaf, org) => ({
    responder: responder(org, expiredValidity()),
  })),
  ocsp("that is out of date", /out of date/, () => ({ thisUpdate: ago(3 * HOUR), nextUpdate: ago(2 * HOUR) })),
  ocsp("without end, of two days ago", /out of date/, () => ({ thisUpdate: ago(48 * HOUR), nextUpdate: "none" })),
  ocsp("of tomorrow", /of the future/, () => ({ thisUpdate: ago(-24 * HOUR), nextUpdate: ago(-48 * HOUR) })),
  ocsp("to another question (nonce)", /another question/, () => ({ nonce: new Uint8Array([4, 2, 1, 2]) })),
  ocsp("about another certificate", /another certificate/, () => ({ serial: "4242424242" })),
  ocsp("about a certificate of another authority", /no right/, (leaf) => ({
    issuer: rootOf({ role: "stranger" }),
    responder: responder(rootOf({ role: "stranger" })),
    serial: leaf.serial,
  })),
  unknown("a stapled answer that is out of date, and nothing else", /out of date/, (site) => {
    const { root, org } = goodChain(site);
    const leaf = leafOf(org);
    const dates = { thisUpdate: ago(3 * HOUR), nextUpdate: ago(2 * HOUR) };
    const staple = makeOcsp({ issuer: org, serial: leaf.serial, status: "good", ...dates });
    return { ca: [root.pem], server: { ...showing(leaf, [org]), staple } };
  }),
  unknown("a stapled answer about another certificate, and nothing else", /another certificate/, (site) => {
    const { root, org } = goodChain(site);
    const staple = makeOcsp({ issuer: org, serial: leafOf(org).serial, status: "good" });
    return { ca: [root.pem], server: { ...showing(leafOf(org), [org]), staple } };
  }),
];
