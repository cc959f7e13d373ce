import type { DetailedPeerCertificate } from "node:tls";
import { MedimailError } from "../errors.js";
import type { Http } from "../http.js";
import type { Logger } from "../log.js";
import type { TlsVerifier } from "../seams/tls.js";
import { SERVER_HINT } from "../tls-error.js";
import { type Authorities, readAuthorities } from "./authorities.js";
import { Certificate } from "./certificates/certificate.js";
import { checkCertificate, checkError } from "./certificates/chain.js";
import { handshake } from "./handshake.js";
import { cipherList } from "./profile.js";
import { RevocationChecker } from "./revocation/checker.js";
import { SecureContexts } from "./secure-contexts.js";

export interface TlsVerifierOptions {
  /** The authorities that may vouch for a server, PEM, DER or PKCS#7: these and no other, the system's store is never read (ECO.1.1.10). */
  ca: readonly (string | Uint8Array)[];
  /** Default `TLSv1.2`, the least allowed (ECO.1.1.1). */
  minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Adds the two CBC suites of ECO.1.1.3, for a server that has nothing better. Default false. */
  allowCbc?: boolean;
  /** Where set, only hosts that end so are spoken to, e.g. `.mssante.fr`. */
  hostSuffixes?: readonly string[];
  /** `strict` refuses a certificate whose revocation cannot be known, `soft` lets it pass with a line in the log; both refuse a revoked one. */
  revocation: "off" | "soft" | "strict";
  /** For lists and OCSP; plain http: is allowed to it. Needed unless `revocation` is `off`. */
  http?: Pick<Http, "fetch">;
  /** Folder where the last lists are kept (CONF.22). Default: in memory only. */
  revocationFolder?: string;
  /** In ms, default 1 hour: how long what is known of a revocation is taken without asking again. */
  revocationRefreshMs?: number;
  /** Limit of one question about a revocation, in ms. Default 10 000. */
  revocationTimeoutMs?: number;
  /** Limit of the handshake, in ms. Default 20 000. Passing it: `tls_failed`. */
  handshakeTimeoutMs?: number;
  /** Of the checks beside OpenSSL's, which has the machine's. Default `Date.now`. */
  now?: () => number;
  log?: Logger;
}

/**
 * The TLS profile of the trust space over a connected socket. The socket is handed over once the chain, the name and the revocation
 * are verified: whoever gets it may authenticate (ECO.1.1.5, ECO.1.1.6).
 *
 * @throws not_supported for a revocation check without `http`; config_invalid where an authority is not a certificate, or test and
 * production are mixed.
 */
export function createTlsVerifier(options: TlsVerifierOptions): TlsVerifier {
  const revocation = revocationOf(options);
  const authorities = readAuthorities(options.ca);
  const chains = new Chains(authorities, options.now ?? Date.now);
  const contexts = new SecureContexts({
    ca: authorities.pem,
    minVersion: options.minVersion ?? "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: cipherList(options.allowCbc),
    honorCipherOrder: true,
  });
  const suffixes = options.hostSuffixes?.map((suffix) =>
    (suffix.startsWith(".") ? suffix : `.${suffix}`).toLowerCase(),
  );
  return {
    async upgrade(socket, { host, certificate, signal }) {
      try {
        if (suffixes && !suffixes.some((suffix) => `.${host.toLowerCase()}`.endsWith(suffix))) {
          throw new MedimailError("tls_failed", `${host} is not under a domain allowed for servers`, {
            retryable: false,
            path: "operator.hostSuffixes",
            hint: "Allow its domain where it is indeed the operator's.",
          });
        }
        if (signal?.aborted)
          throw new MedimailError("aborted", "TLS was aborted by the caller", { cause: signal.reason });
        const secured = await handshake(socket, {
          host,
          contexts,
          certificate,
          isNamed: (fingerprint256) => chains.isNamed(fingerprint256, host),
          timeoutMs: options.handshakeTimeoutMs ?? 20_000,
          staple: revocation !== undefined,
          ...(signal ? { signal } : {}),
        });
        try {
          const chain = chains.verified(secured.peer, host);
          await revocation?.enforce(chain, host, {
            ...(secured.stapled ? { stapled: secured.stapled } : {}),
            ...(signal ? { signal } : {}),
          });
          const fault = secured.fault();
          if (fault) throw fault;
        } catch (error) {
          secured.socket.destroy();
          throw error;
        }
        return secured.socket;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    },
  };
}

function revocationOf(options: TlsVerifierOptions): RevocationChecker | undefined {
  if (options.revocation === "off") return undefined;
  if (!options.http)
    throw new MedimailError("not_supported", `tls.revocation "${options.revocation}" needs a way out by HTTP`, {
      path: "tls.revocation",
    });
  return new RevocationChecker({
    mode: options.revocation,
    http: options.http,
    ...(options.revocationFolder === undefined ? {} : { folder: options.revocationFolder }),
    ...(options.revocationRefreshMs === undefined ? {} : { refreshMs: options.revocationRefreshMs }),
    ...(options.revocationTimeoutMs === undefined ? {} : { timeoutMs: options.revocationTimeoutMs }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.log === undefined ? {} : { log: options.log }),
  });
}

/** What is known of servers: a pool of connections sees the same certificate a hundred times. OpenSSL checks it each time all the same. */
const MAX_KNOWN = 50;

class Chains {
  readonly #authorities: Authorities;
  readonly #now: () => number;
  readonly #known = new Map<string, Certificate[]>();
  /** Leaves of those, each with the host that it is for. */
  readonly #named = new Set<string>();

  constructor(authorities: Authorities, now: () => number) {
    this.#authorities = authorities;
    this.#now = now;
  }

  isNamed(fingerprint256: string, host: string): boolean {
    return this.#named.has(`${host}\n${fingerprint256}`);
  }

  /**
   * The chain of the server up to an authority that was configured. OpenSSL also trusts those that it finds in a client's PKCS#12
   * file: they say who we are, not who the server is.
   *
   * @throws certificate_invalid
   */
  verified(peer: DetailedPeerCertificate | undefined, host: string): Certificate[] {
    const [leaf, ...sent] = certificatesOf(peer);
    const key = leaf ? `${host}\n${[leaf, ...sent].map(({ fingerprint256 }) => fingerprint256).join("\n")}` : "";
    const known = this.#known.get(key);
    const now = this.#now();
    if (known?.every(({ notBefore, notAfter }) => now >= notBefore.getTime() && now <= notAfter.getTime()))
      return known;
    if (!leaf) throw new MedimailError("certificate_invalid", `${host} shows no certificate`, { hint: SERVER_HINT });
    const { checks, chain } = checkCertificate(new Certificate(leaf.raw), {
      anchors: this.#authorities.anchors,
      pool: [...sent.map(({ raw }) => new Certificate(raw)), ...this.#authorities.pool],
      at: new Date(now),
      host,
    });
    const fault = checkError(checks, host);
    if (fault) throw fault;
    if (this.#known.size >= MAX_KNOWN) {
      this.#known.clear();
      this.#named.clear();
    }
    this.#known.set(key, chain as Certificate[]);
    this.#named.add(`${host}\n${leaf.fingerprint256}`);
    return chain as Certificate[];
  }
}

function certificatesOf(peer: DetailedPeerCertificate | undefined): DetailedPeerCertificate[] {
  const found: DetailedPeerCertificate[] = [];
  let current = peer;
  while (
    current?.raw &&
    found.length < 10 &&
    !found.some(({ fingerprint256 }) => fingerprint256 === current?.fingerprint256)
  ) {
    found.push(current);
    current = current.issuerCertificate;
  }
  return found;
}
