import { generateKeyPairSync } from "node:crypto";
import { HttpServer } from "../../src/mock/http/server.js";
import {
  type Certificate,
  type CertificateRequest,
  issueCertificate,
  type KeyPair,
  type Name,
  validity,
} from "../../src/mock/pki/certificates.js";
import { type CrlRequest, makeCrl } from "../../src/mock/pki/crl.js";
import { makeOcsp, type OcspRequestOptions, readOcspRequest } from "../../src/mock/pki/ocsp.js";

export const HOST = "mail.ch-test.example";

const keys = new Map<string, KeyPair>();

/** A key for each role: making one is slow, and says nothing here. */
export function keyOf(role: string, kind: "rsa" | "rsa1024" | "ec" = "rsa"): KeyPair {
  const id = `${kind} ${role}`;
  let pair = keys.get(id);
  if (!pair) {
    const made =
      kind === "ec"
        ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
        : generateKeyPairSync("rsa", { modulusLength: kind === "rsa" ? 2048 : 1024 });
    pair = {
      privateKey: made.privateKey,
      privatePem: made.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      publicPem: made.publicKey.export({ type: "spki", format: "pem" }).toString(),
    };
    keys.set(id, pair);
  }
  return pair;
}

/** A name of IGC-Santé's test. */
export const igcName = (cn: string, isTest = true): Name => [
  ["C", "FR"],
  ["O", "ASIP-SANTE"],
  ["OU", "0002 187512751"],
  ...(isTest ? [["OU", "IGC-SANTE TEST"] as const] : []),
  ["CN", `${isTest ? "TEST " : ""}AC ${cn}`],
];

type Authority = Partial<CertificateRequest> & { cn?: string; role?: string };

export function rootOf({ cn = "RACINE IGC-SANTE ELEMENTAIRE", role = "root", ...more }: Authority = {}): Certificate {
  return issueCertificate({ subject: igcName(cn), keys: keyOf(role), use: "authority", ...validity(3650), ...more });
}

export function below(
  issuer: Certificate,
  { cn = "IGC-SANTE ELEMENTAIRE ORGANISATIONS", role = "org", ...more }: Authority = {},
) {
  return issueCertificate({
    subject: igcName(cn),
    keys: keyOf(role),
    issuer,
    use: "authority",
    pathLength: 0,
    ...validity(3650),
    ...more,
  });
}

export function leafOf(issuer: Certificate, more: Partial<CertificateRequest> = {}): Certificate {
  const subject: Name = [
    ["C", "FR"],
    ["O", "CH TEST"],
    ["OU", "318310021300028"],
    ["CN", HOST],
  ];
  return issueCertificate({
    subject,
    keys: keyOf("leaf"),
    issuer,
    use: "server",
    names: [HOST],
    ...validity(),
    ...more,
  });
}

/** Lists and responders on loopback, each at an address of its own. */
export async function publications() {
  const http = new HttpServer(() => {});
  await http.listen(0);
  let made = 0;
  const asked = new Map<string, number>();
  const serve = (answer: (body: Uint8Array) => Uint8Array | Response | Promise<Response>) => {
    const path = `/${made++}`;
    const url = `${http.url}${path}`;
    http.on(path, async (request) => {
      asked.set(url, (asked.get(url) ?? 0) + 1);
      const found = await answer(new Uint8Array(await request.arrayBuffer()));
      return found instanceof Response ? found : new Response(new Uint8Array(found));
    });
    return url;
  };
  return {
    serve,
    asked: (url: string) => asked.get(url) ?? 0,
    crl: (request: () => CrlRequest) => serve(() => makeCrl(request())),
    ocsp: (issuer: () => Certificate, more: Partial<OcspRequestOptions> = {}) =>
      serve((body) => {
        const { serial, nonce } = readOcspRequest(body);
        return makeOcsp({ issuer: issuer(), serial, status: "good", ...(nonce ? { nonce } : {}), ...more });
      }),
    [Symbol.asyncDispose]: () => http.close(),
  };
}

export type Publications = Awaited<ReturnType<typeof publications>>;

/** A chain as it should be: a root, Élémentaire Organisations, both with a list that answers. */
export function goodChain(site: Publications, more: { root?: Authority; org?: Authority } = {}) {
  const root = rootOf(more.root);
  const rootCrl = site.crl(() => ({ issuer: root, revoked: [] }));
  const org = below(root, { crlUrl: rootCrl, ...more.org });
  const revoked: string[] = [];
  const crlUrl = site.crl(() => ({ issuer: org, revoked }));
  return { root, org, crlUrl, revoked };
}
