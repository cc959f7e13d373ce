import { generateKeyPair } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { promisify } from "node:util";
import { DISCOVERED_HOST } from "../dns/zone.js";
import { TlsUpgrader } from "../wire/tls-upgrade.js";
import type { Certificate, KeyPair, Name } from "./certificates.js";
import { expiredValidity, issueCertificate, toPkcs12, validity } from "./certificates.js";

/** How the server presents itself; every one but `good` is a fault that a client must refuse. */
export type TlsProfile =
  | "good"
  | "expired-certificate"
  | "wrong-name-certificate"
  | "untrusted-certificate"
  | "tls-1.1"
  | "weak-ciphers";

/** What the owner of an APP mailbox is given. */
export interface ClientCredentials {
  certificate: string;
  key: string;
  p12: Buffer;
  passphrase: string;
}

const generate = promisify(generateKeyPair);

const AUTHORITY: Name = [
  ["C", "FR"],
  ["O", "MOCK MEDIMAIL"],
  ["OU", "0002 187512751"],
  ["CN", "TEST AC ELEMENTAIRE ORGANISATIONS"],
];
const STRANGER: Name = [
  ["C", "FR"],
  ["O", "AUTRE AUTORITE"],
  ["CN", "AUTRE AC SANS RAPPORT"],
];

/** Keys and the two authorities are made once a process: twenty mocks in a test cost one set. Certificates are a millisecond each. */
const keyCache = new Map<string, Promise<KeyPair>>();

function keyPair(role: string): Promise<KeyPair> {
  const known = keyCache.get(role);
  if (known) return known;
  const made = generate("rsa", { modulusLength: 2048 }).then(({ privateKey, publicKey }) => ({
    privateKey,
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  }));
  keyCache.set(role, made);
  return made;
}

let authority: Promise<Certificate> | undefined;
let stranger: Promise<Certificate> | undefined;

function makeAuthority(role: string, subject: Name): Promise<Certificate> {
  return keyPair(role).then((keys) => issueCertificate({ subject, keys, use: "authority", ...validity(3650) }));
}

const servers = new Map<string, Promise<Certificate>>();
const clients = new Map<string, Promise<ClientCredentials>>();

/** Protocol versions and suites of an honest operator (ECO.1.1.3); the weak profiles go below them on purpose. */
function settings(profile: TlsProfile): TlsOptions {
  if (profile === "tls-1.1") return { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
  if (profile === "weak-ciphers")
    return { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-SHA:@SECLEVEL=0" };
  return { minVersion: "TLSv1.2" };
}

/** The mock's certificates: a test authority named like IGC-Santé's, the server's, the clients', and the wrong ones. */
export class Pki {
  readonly ca: string;
  readonly #authority: Certificate;
  readonly #hostname: string;
  readonly #upgraders = new Map<TlsProfile, Promise<TlsUpgrader>>();

  private constructor(ca: Certificate, hostname: string) {
    this.#authority = ca;
    this.#hostname = hostname;
    this.ca = ca.pem;
  }

  static async create(hostname: string): Promise<Pki> {
    authority ??= makeAuthority("authority", AUTHORITY);
    // Started together: key generation runs on the thread pool.
    const [ca] = await Promise.all([authority, keyPair("server"), keyPair("client")]);
    const pki = new Pki(ca, hostname);
    await pki.upgrader("good");
    return pki;
  }

  upgrader(profile: TlsProfile): Promise<TlsUpgrader> {
    const known = this.#upgraders.get(profile);
    if (known) return known;
    const made = this.#server(profile).then(
      (server) => new TlsUpgrader({ key: server.keys.privatePem, cert: server.pem, ca: this.ca, ...settings(profile) }),
    );
    this.#upgraders.set(profile, made);
    return made;
  }

  /** The certificate of an APP mailbox: its CN is the address; OU as IGC-Santé writes it, 1 and a FINESS. */
  client(address: string): Promise<ClientCredentials> {
    return clientCredentials("authority", address, Promise.resolve(this.#authority));
  }

  /** A certificate that names the mailbox but is of an authority the mock does not know. */
  strangerClient(address: string): Promise<ClientCredentials> {
    stranger ??= makeAuthority("stranger", STRANGER);
    return clientCredentials("stranger", address, stranger);
  }

  async #server(profile: TlsProfile): Promise<Certificate> {
    const kind = profile === "tls-1.1" || profile === "weak-ciphers" ? "good" : profile;
    const id = `${kind} ${this.#hostname}`;
    const known = servers.get(id);
    if (known) return known;
    const made = this.#issueServer(kind);
    servers.set(id, made);
    return made;
  }

  async #issueServer(kind: TlsProfile): Promise<Certificate> {
    const host = kind === "wrong-name-certificate" ? "autre-operateur.example" : this.#hostname;
    const subject: Name = [
      ["C", "FR"],
      ["O", "MOCK MEDIMAIL"],
      ["OU", "318310021300028"],
      ["CN", host],
    ];
    if (kind === "untrusted-certificate") stranger ??= makeAuthority("stranger", STRANGER);
    const issuer = kind === "untrusted-certificate" && stranger ? await stranger : this.#authority;
    const names = kind === "wrong-name-certificate" ? [host] : [host, "127.0.0.1", DISCOVERED_HOST];
    const dates = kind === "expired-certificate" ? expiredValidity() : validity();
    return issueCertificate({ subject, keys: await keyPair("server"), issuer, use: "server", names, ...dates });
  }
}

function clientCredentials(by: string, address: string, issuer: Promise<Certificate>): Promise<ClientCredentials> {
  const id = `${by} ${address}`;
  const known = clients.get(id);
  if (known) return known;
  const made = issueClient(address, issuer);
  clients.set(id, made);
  return made;
}

async function issueClient(address: string, issuer: Promise<Certificate>): Promise<ClientCredentials> {
  const subject: Name = [
    ["C", "FR"],
    ["O", "CH EXEMPLE"],
    ["OU", "1750000001"],
    ["CN", address],
  ];
  const ca = await issuer;
  const certificate = issueCertificate({
    subject,
    keys: await keyPair("client"),
    issuer: ca,
    use: "client",
    ...validity(),
  });
  const passphrase = "mock-medimail";
  return {
    certificate: certificate.pem,
    key: certificate.keys.privatePem,
    p12: toPkcs12(certificate, ca, passphrase),
    passphrase,
  };
}
