import { generateKeyPair } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { promisify } from "node:util";
import type { BadTlsProfile } from "../../seams/observations.js";
import { DISCOVERED_HOST } from "../dns/zone.js";
import type { HttpServer } from "../http/server.js";
import { TlsUpgrader } from "../wire/tls-upgrade.js";
import type { Certificate, KeyPair, Name } from "./certificates.js";
import { expiredValidity, issueCertificate, toPkcs12, validity } from "./certificates.js";
import { type Publication, publish } from "./publication.js";

/** How the server presents itself; every one but `good` is a fault that a client must refuse. */
export type TlsProfile = "good" | BadTlsProfile;

/** What the owner of an APP mailbox is given. */
export interface ClientCredentials {
  certificate: string;
  key: string;
  p12: Buffer;
  passphrase: string;
}

const generate = promisify(generateKeyPair);

/** Named like the test chain of IGC-Santé: a root, and an authority below it for each range. */
function authorityName(cn: string): Name {
  return [
    ["C", "FR"],
    ["O", "MOCK MEDIMAIL"],
    ["OU", "0002 187512751"],
    ["OU", "IGC-SANTE TEST"],
    ["CN", `TEST AC ${cn}`],
  ];
}
const ROOT = authorityName("RACINE IGC-SANTE ELEMENTAIRE");
const ORGANISATIONS = authorityName("IGC-SANTE ELEMENTAIRE ORGANISATIONS");
const PERSONNES = authorityName("IGC-SANTE ELEMENTAIRE PERSONNES");
const STRANGER: Name = [
  ["C", "FR"],
  ["O", "AUTRE AUTORITE"],
  ["CN", "AUTRE AC SANS RAPPORT"],
];

/** Keys and what has no address in it are made once a process: twenty mocks in a test cost one set. Certificates are a millisecond each. */
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

let root: Promise<Certificate> | undefined;
let organisations: Promise<Certificate> | undefined;
let stranger: Promise<Certificate> | undefined;

async function selfSigned(role: string, subject: Name, pathLength?: number): Promise<Certificate> {
  const keys = await keyPair(role);
  const depth = pathLength === undefined ? {} : { pathLength };
  return issueCertificate({ subject, keys, use: "authority", ...depth, ...validity(3650) });
}

/** An authority below the root; with addresses it is that of one mock, without the one that stands in clients' files. */
async function intermediate(role: string, subject: Name, addresses: Partial<Publication> = {}): Promise<Certificate> {
  const { crlUrl, ocspUrl } = addresses;
  root ??= selfSigned("root", ROOT, 1);
  return issueCertificate({
    subject,
    keys: await keyPair(role),
    issuer: await root,
    use: "authority",
    pathLength: 0,
    ...(crlUrl === undefined ? {} : { crlUrl }),
    ...(ocspUrl === undefined ? {} : { ocspUrl }),
    ...validity(3650),
  });
}

const clients = new Map<string, Promise<ClientCredentials>>();

/** Protocol versions and suites of an honest operator (ECO.1.1.3); the weak profiles go below them on purpose. */
function settings(profile: TlsProfile): TlsOptions {
  if (profile === "tls-1.1") return { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
  if (profile === "weak-ciphers")
    return { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-SHA:@SECLEVEL=0" };
  return { minVersion: "TLSv1.2" };
}

interface Range {
  authority: Certificate;
  publication: Publication;
}

/**
 * The mock's certificates: authorities named like IGC-Santé's, the server's certificate, the clients', and the wrong ones. What is
 * revoked is published by its HTTP server.
 */
export class Pki {
  readonly ca: string;
  readonly #authorities: string[];
  readonly #organisations: Range;
  readonly #personnes: Range;
  readonly #hostname: string;
  readonly #upgraders = new Map<TlsProfile, Promise<TlsUpgrader>>();

  private constructor(top: Certificate, organisations: Range, personnes: Range, hostname: string) {
    this.#organisations = organisations;
    this.#personnes = personnes;
    this.#hostname = hostname;
    this.#authorities = [top.pem, organisations.authority.pem, personnes.authority.pem];
    // The two files that a publisher is given.
    this.ca = top.pem + organisations.authority.pem;
  }

  /** @param http that listens already: its address stands in the certificates */
  static async create(hostname: string, http: HttpServer): Promise<Pki> {
    root ??= selfSigned("root", ROOT, 1);
    organisations ??= intermediate("organisations", ORGANISATIONS);
    // Started together: key generation runs on the thread pool.
    const [top] = await Promise.all([root, organisations, ...["server", "client", "personnes"].map(keyPair)]);
    const ofRoot = publish(http, "racine", () => top);
    const range = async (role: string, subject: Name): Promise<Range> => {
      const authority = await intermediate(role, subject, ofRoot);
      return { authority, publication: publish(http, role, () => authority) };
    };
    const pki = new Pki(
      top,
      await range("organisations", ORGANISATIONS),
      await range("personnes", PERSONNES),
      hostname,
    );
    await pki.upgrader("good");
    return pki;
  }

  upgrader(profile: TlsProfile): Promise<TlsUpgrader> {
    const known = this.#upgraders.get(profile);
    if (known) return known;
    const made = this.#server(profile).then(
      ({ server, chain }) =>
        new TlsUpgrader({
          key: server.keys.privatePem,
          cert: server.pem + chain,
          ca: this.#authorities,
          ...settings(profile),
        }),
    );
    this.#upgraders.set(profile, made);
    return made;
  }

  /** Key and chain of a server, good or wrong in one way, for a server of the caller's own. */
  async serverFiles(profile: TlsProfile): Promise<{ certificate: string; key: string }> {
    const { server, chain } = await this.#server(profile);
    return { certificate: server.pem + chain, key: server.keys.privatePem };
  }

  /** The certificate of an APP mailbox: its CN is the address; OU as IGC-Santé writes it, 1 and a FINESS. */
  client(address: string): Promise<ClientCredentials> {
    organisations ??= intermediate("organisations", ORGANISATIONS);
    return clientCredentials("organisations", address, organisations);
  }

  /** A certificate that names the mailbox but is of an authority the mock does not know. */
  strangerClient(address: string): Promise<ClientCredentials> {
    stranger ??= selfSigned("stranger", STRANGER);
    return clientCredentials("stranger", address, stranger);
  }

  async #server(profile: TlsProfile): Promise<{ server: Certificate; chain: string }> {
    const host = profile === "wrong-name-certificate" ? "autre-operateur.example" : this.#hostname;
    const subject: Name = [
      ["C", "FR"],
      ["O", "MOCK MEDIMAIL"],
      ["OU", "318310021300028"],
      ["CN", host],
    ];
    const names = profile === "wrong-name-certificate" ? [host] : [host, "127.0.0.1", DISCOVERED_HOST];
    const dates = profile === "expired-certificate" ? expiredValidity() : validity();
    const use = profile === "wrong-usage-certificate" ? ("client" as const) : ("server" as const);
    const shared = { subject, keys: await keyPair("server"), use, names, ...dates };
    if (profile === "untrusted-certificate") {
      stranger ??= selfSigned("stranger", STRANGER);
      return { server: issueCertificate({ ...shared, issuer: await stranger }), chain: "" };
    }
    const { authority, publication } = profile === "wrong-range-certificate" ? this.#personnes : this.#organisations;
    const { crlUrl, ocspUrl } = publication;
    const server = issueCertificate({ ...shared, issuer: authority, crlUrl, ocspUrl });
    if (profile === "revoked-certificate") publication.revoke(server.serial);
    return { server, chain: authority.pem };
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
  // Between a client and a root of the mock stands one authority; the stranger's root is known to nobody.
  return {
    certificate: ca.subject === STRANGER ? certificate.pem : certificate.pem + ca.pem,
    key: certificate.keys.privatePem,
    p12: toPkcs12(certificate, ca, passphrase),
    passphrase,
  };
}
