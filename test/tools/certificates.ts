import { generateKeyPairSync, randomBytes } from "node:crypto";
import forge from "node-forge";

export interface TestCertificate {
  cert: string;
  key: string;
}

export interface LeafOptions {
  cn?: string;
  /** Alternative names: DNS names and IP addresses. */
  dns?: string[];
  ip?: string[];
  notBefore?: Date;
  notAfter?: Date;
  usage?: "server" | "client";
  /** Subject attributes besides CN. */
  subject?: { shortName: string; value: string }[];
}

export interface TestAuthority extends TestCertificate {
  issue(options?: LeafOptions): TestCertificate;
}

// RSA keys are slow to make and say nothing here: one for authorities, one for leaves, for the whole run.
const keys = new Map<string, { pem: string; pair: forge.pki.rsa.KeyPair }>();

function keyFor(use: string): { pem: string; pair: forge.pki.rsa.KeyPair } {
  let key = keys.get(use);
  if (!key) {
    const pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    const privateKey = forge.pki.privateKeyFromPem(pem);
    key = { pem, pair: { privateKey, publicKey: forge.pki.setRsaPublicKey(privateKey.n, privateKey.e) } };
    keys.set(use, key);
  }
  return key;
}

const DAY = 86_400_000;

/** A root authority of its own name and serial, made for one test file. */
export function testAuthority(cn = `TEST AC ${randomBytes(4).toString("hex")}`, keyName = "ca"): TestAuthority {
  const key = keyFor(keyName);
  const cert = certificate(key.pair.publicKey, { cn });
  cert.setIssuer(cert.subject.attributes);
  cert.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
  cert.sign(key.pair.privateKey, forge.md.sha256.create());
  return {
    cert: forge.pki.certificateToPem(cert),
    key: key.pem,
    issue(options = {}) {
      const leafKey = keyFor("leaf");
      const leaf = certificate(leafKey.pair.publicKey, options);
      leaf.setIssuer(cert.subject.attributes);
      leaf.setExtensions([
        { name: "basicConstraints", cA: false },
        { name: "extKeyUsage", serverAuth: options.usage !== "client", clientAuth: options.usage === "client" },
        ...(options.dns || options.ip
          ? [
              {
                name: "subjectAltName",
                altNames: [
                  ...(options.dns ?? []).map((value) => ({ type: 2, value })),
                  ...(options.ip ?? []).map((ip) => ({ type: 7, ip })),
                ],
              },
            ]
          : []),
      ]);
      leaf.sign(key.pair.privateKey, forge.md.sha256.create());
      return { cert: forge.pki.certificateToPem(leaf), key: leafKey.pem };
    },
  };
}

/** A certificate that only vouches for itself. */
export function selfSigned(options: LeafOptions): TestCertificate {
  const key = keyFor("leaf");
  const cert = certificate(key.pair.publicKey, options);
  cert.setIssuer(cert.subject.attributes);
  cert.setExtensions([{ name: "subjectAltName", altNames: (options.dns ?? []).map((value) => ({ type: 2, value })) }]);
  cert.sign(key.pair.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(cert), key: key.pem };
}

/** A PKCS#12 file. `rc2` is the old algorithm that OpenSSL 3 refuses to read: forge writes it no more, 3DES stands for it. */
export function pkcs12(
  leaf: TestCertificate,
  passphrase: string,
  options: { algorithm?: "aes256" | "3des"; extra?: string[] } = {},
): Uint8Array {
  const chain = [leaf.cert, ...(options.extra ?? [])].map((pem) => forge.pki.certificateFromPem(pem));
  const asn1 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(leaf.key), chain, passphrase, {
    algorithm: options.algorithm ?? "aes256",
  });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "latin1");
}

function certificate(publicKey: forge.pki.PublicKey, options: LeafOptions): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = publicKey;
  cert.serialNumber = `01${randomBytes(8).toString("hex")}`;
  cert.validity.notBefore = options.notBefore ?? new Date(Date.now() - DAY);
  cert.validity.notAfter = options.notAfter ?? new Date(Date.now() + 30 * DAY);
  cert.setSubject([
    { shortName: "CN", value: options.cn ?? options.dns?.[0] ?? "test" },
    { shortName: "C", value: "FR" },
    ...(options.subject ?? []),
  ]);
  return cert;
}
