import { abortable } from "../../abortable.js";
import { isMedimailError } from "../../errors.js";
import type { Http } from "../../http.js";
import type { Certificate } from "../certificates/certificate.js";
import { assertCovers, assertNotOlder, assertOfNow, CRL_LIMITS, type Crl, readCrl } from "./crl.js";
import { CrlStore } from "./crl-store.js";
import { RevocationProblem } from "./problem.js";

export interface CrlSourceOptions {
  http: Pick<Http, "fetch">;
  /** Where lists are kept over a restart. */
  folder?: string;
  /** A list is asked for again so long after it was had, valid as it may be: what was revoked meanwhile is then seen. */
  refreshMs: number;
  timeoutMs: number;
  now: () => number;
  /** A list was had and could not be kept on disk. */
  notKept: () => void;
}

interface Kept {
  crl: Crl;
  /** When it was had. */
  at: number;
}

/** The revocation lists of authorities: the newest that could be had, and never an older one after a newer. */
export class CrlSource {
  readonly #options: CrlSourceOptions;
  readonly #store: CrlStore;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<Kept>>();

  constructor(options: CrlSourceOptions) {
    this.#options = options;
    this.#store = new CrlStore(options.folder);
  }

  /** Whether the list that is kept, still valid, names the certificate. Asks nothing. */
  isKnownRevoked(certificate: Certificate, issuer: Certificate): boolean {
    return certificate.crlUrls.some((url) => {
      const kept = this.#load(url, issuer);
      return kept !== undefined && covers(kept.crl, certificate, this.#options.now()) && isNamed(kept.crl, certificate);
    });
  }

  /** @throws RevocationProblem where no list says anything */
  async status(certificate: Certificate, issuer: Certificate, signal?: AbortSignal): Promise<"good" | "revoked"> {
    const problems: string[] = [];
    for (const url of certificate.crlUrls.slice(0, 4)) {
      try {
        const { crl } = await this.#current(url, certificate, issuer, signal);
        assertCovers(crl, certificate, this.#options.now());
        return isNamed(crl, certificate) ? "revoked" : "good";
      } catch (error) {
        if (isMedimailError(error) && error.code === "aborted") throw error;
        problems.push(reason(error));
      }
    }
    throw new RevocationProblem(problems.join("; ") || "it names no list by HTTP");
  }

  /** The kept list while it is young; else a new one; else the kept one as long as it is valid. */
  async #current(
    url: string,
    certificate: Certificate,
    issuer: Certificate,
    signal: AbortSignal | undefined,
  ): Promise<Kept> {
    const kept = this.#load(url, issuer);
    const now = this.#options.now();
    const isValid = kept !== undefined && covers(kept.crl, certificate, now);
    // Had in the future: the clock was set back since, and its age is not known.
    if (kept && isValid && Math.abs(now - kept.at) < this.#options.refreshMs) return kept;
    try {
      return await abortable(this.#ask(url, issuer, kept), signal, "asking for a revocation list");
    } catch (error) {
      if (!kept || !isValid || (isMedimailError(error) && error.code === "aborted")) throw error;
      return kept;
    }
  }

  #ask(url: string, issuer: Certificate, kept: Kept | undefined): Promise<Kept> {
    const key = keyOf(url, issuer);
    const known = this.#asking.get(key);
    if (known) return known;
    const { http, timeoutMs, now, notKept } = this.#options;
    const ask = async (): Promise<Kept> => {
      const response = await http.fetch(url, { timeoutMs, maxBytes: CRL_LIMITS.bytes });
      if (response.status !== 200) throw new RevocationProblem(`the list was answered with status ${response.status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const crl = readCrl(bytes, issuer);
      assertNotOlder(crl, kept?.crl);
      // One of the future, once kept, would make every list until then an older one.
      assertOfNow(crl, now());
      const next = { crl, at: now() };
      this.#kept.set(key, next);
      if (!this.#store.write(key, bytes)) notKept();
      return next;
    };
    const asked = ask().finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  #load(url: string, issuer: Certificate): Kept | undefined {
    const key = keyOf(url, issuer);
    const known = this.#kept.get(key);
    if (known) return known;
    const file = this.#store.read(key);
    if (!file) return undefined;
    try {
      const kept = { crl: readCrl(file.bytes, issuer), at: Math.min(file.at, this.#options.now()) };
      this.#kept.set(key, kept);
      return kept;
    } catch {
      return undefined;
    }
  }
}

function covers(crl: Crl, certificate: Certificate, now: number): boolean {
  try {
    assertCovers(crl, certificate, now);
    return true;
  } catch {
    return false;
  }
}

function isNamed(crl: Crl, { serial }: Certificate): boolean {
  return crl.revoked.has(serial);
}

function keyOf(url: string, issuer: Certificate): string {
  return `${issuer.fingerprint} ${url}`;
}

function reason(error: unknown): string {
  if (error instanceof RevocationProblem || isMedimailError(error)) return error.message;
  return "the list cannot be read";
}
