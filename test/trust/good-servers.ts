import { GeneralName, IssuingDistributionPoint } from "pkijs";
import { issueCertificate, validity } from "../../src/mock/pki/certificates.js";
import { extension, makeCrl } from "../../src/mock/pki/crl.js";
import { makeOcsp } from "../../src/mock/pki/ocsp.js";
import { permitting } from "./name-constraints-kit.js";
import { below, goodChain, HOST, igcName, keyOf, leafOf, rootOf } from "./pki-kit.js";
import { type Row, showing } from "./server-row.js";

/** Servers that must be spoken to. Revocation is strict where a row does not say otherwise. */
export const GOOD_SERVERS: readonly Row[] = [
  {
    name: "revocation by a list",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "revocation by OCSP",
    make(site) {
      const { root, org } = goodChain(site);
      return { ca: [root.pem], server: showing(leafOf(org, { ocspUrl: site.ocsp(() => org) }), [org]) };
    },
  },
  {
    name: "revocation by a stapled answer alone",
    make(site) {
      const { root, org } = goodChain(site);
      const leaf = leafOf(org);
      const staple = makeOcsp({ issuer: org, serial: leaf.serial, status: "good" });
      return { ca: [root.pem], server: { ...showing(leaf, [org]), staple } };
    },
  },
  {
    name: "OCSP by a responder that has the right",
    make(site) {
      const { root, org } = goodChain(site);
      const responder = leafOf(org, { keys: keyOf("ocsp"), names: [], extKeyUsage: ["1.3.6.1.5.5.7.3.9"] });
      return { ca: [root.pem], server: showing(leafOf(org, { ocspUrl: site.ocsp(() => org, { responder }) }), [org]) };
    },
  },
  {
    name: "OCSP without a nonce, signed in advance",
    make(site) {
      const { root, org } = goodChain(site);
      const leaf = leafOf(org, {
        ocspUrl: site.serve(() => makeOcsp({ issuer: org, serial: leaf.serial, status: "good" })),
      });
      return { ca: [root.pem], server: showing(leaf, [org]) };
    },
  },
  {
    name: "OCSP that is down, a list that answers",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      const leaf = leafOf(org, { crlUrl, ocspUrl: "http://127.0.0.1:2/ocsp" });
      return { ca: [root.pem], server: showing(leaf, [org]) };
    },
  },
  {
    name: "a list that is down now, kept from before (CONF.22)",
    make(site) {
      const { root, org } = goodChain(site);
      let isDown = false;
      const list = makeCrl({ issuer: org, revoked: [] });
      const crlUrl = site.serve(() => (isDown ? new Response("", { status: 503 }) : list));
      const server = showing(leafOf(org, { crlUrl }), [org]);
      const then = () => {
        isDown = true;
      };
      return { ca: [root.pem], server, before: { server, outcome: "ok", then }, revocationRefreshMs: 0 };
    },
  },
  {
    name: "a list that names others",
    make(site) {
      const { root, org } = goodChain(site);
      const crlUrl = site.crl(() => ({ issuer: org, revoked: ["0123456789abcdef", "7f"] }));
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "a list in PEM",
    make(site) {
      const { root, org } = goodChain(site);
      const base64 = makeCrl({ issuer: org, revoked: [] }).toString("base64").replace(/.{64}/g, "$&\n");
      const crlUrl = site.serve(() => Buffer.from(`-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`));
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "a list that says which distribution point it is of",
    make(site) {
      const { root, org } = goodChain(site);
      const crlUrl: string = site.crl(() => {
        const distributionPoint = [new GeneralName({ type: 6, value: crlUrl })];
        const point = new IssuingDistributionPoint({ distributionPoint, onlyContainsUserCerts: true });
        return { issuer: org, revoked: [], extensions: [extension("2.5.29.28", true, point.toSchema())] };
      });
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "TLS 1.2 alone, ECDHE-RSA-AES256-GCM-SHA384",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      const tls = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" } as const;
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org], tls) };
    },
  },
  {
    name: "TLS 1.2 alone, ECDHE-RSA-AES128-GCM-SHA256",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      const tls = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org], tls) };
    },
  },
  {
    name: "TLS 1.3 alone",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org], { minVersion: "TLSv1.3" }) };
    },
  },
  {
    name: "a wildcard of one label",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl, names: ["*.ch-test.example"] }), [org]) };
    },
  },
  {
    name: "no intermediate sent, but given in tls.ca",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      return { ca: [root.pem, org.pem], server: showing(leafOf(org, { crlUrl })) };
    },
  },
  {
    name: "the root sent too",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org, root]) };
    },
  },
  {
    name: "soft, and nothing can be known",
    make(site) {
      const { root, org } = goodChain(site);
      return { ca: [root.pem], revocation: "soft", server: showing(leafOf(org), [org]) };
    },
  },
  {
    name: "an authority of the publisher's own, not IGC-Santé's",
    make(site) {
      const root = rootOf({ subject: [["CN", "AC de test de l'éditeur"]] });
      const crlUrl = site.crl(() => ({ issuer: root, revoked: [] }));
      return { ca: [root.pem], server: showing(leafOf(root, { crlUrl })) };
    },
  },
  {
    name: "a name within the constraints of its authority",
    make(site) {
      const { root, org, crlUrl } = goodChain(site, { org: { extensions: [permitting(".ch-test.example")] } });
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "production authorities, all of them",
    make(site) {
      const root = rootOf({ subject: igcName("RACINE IGC-SANTE ELEMENTAIRE", false) });
      const rootCrl = site.crl(() => ({ issuer: root, revoked: [] }));
      const subject = igcName("IGC-SANTÉ  Élémentaire Organisations", false);
      const org = below(root, { subject, crlUrl: rootCrl });
      const crlUrl = site.crl(() => ({ issuer: org, revoked: [] }));
      return { ca: [root.pem], server: showing(leafOf(org, { crlUrl }), [org]) };
    },
  },
  {
    name: "our certificate is asked for, and shown",
    make(site) {
      const { root, org, crlUrl } = goodChain(site);
      const client = issueCertificate({
        subject: [["CN", HOST]],
        keys: keyOf("client"),
        issuer: org,
        use: "client",
        ...validity(),
      });
      const certificate = { cert: client.pem, key: client.keys.privatePem };
      const tls = { requestCert: true, rejectUnauthorized: true, ca: [root.pem, org.pem] };
      return { ca: [root.pem], certificate, server: showing(leafOf(org, { crlUrl }), [org], tls) };
    },
  },
];
