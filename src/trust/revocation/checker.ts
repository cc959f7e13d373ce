import { isMedimailError, MedimailError } from "../../errors.js";
import type { Http } from "../../http.js";
import type { Logger } from "../../log.js";
import type { Certificate } from "../certificates/certificate.js";
import { CrlSource } from "./crl-source.js";
import { MAX_OCSP_BYTES, type OcspAnswer, ocspRequest, readOcsp } from "./ocsp.js";
import { RevocationProblem } from "./problem.js";

export interface RevocationOptions {
  /** `strict`: what cannot be known is refused; `soft`: it passes, with a line in the log. A revoked certificate is refused by both. */
  mode: "strict" | "soft";
  /** Plain http: is allowed to it: lists and answers are signed. */
  http: Pick<Http, "fetch">;
  /** Where lists are kept over a restart (CONF.22). Default: in memory only. */
  folder?: string;
  /** How long what was had is taken without asking again, valid as it may be. In ms, default 1 hour. */
  refreshMs?: number;
  /** Limit of one question, in ms. Default 10 000. */
  timeoutMs?: number;
  now?: () => number;
  log?: Logger;
}

/** What is known of one certificate, and from where. */
export interface RevocationStatus {
  status: "good" | "revoked" | "unknown";
  by?: "kept-crl" | "stapled" | "ocsp" | "crl";
  /** Why the sources that were tried say nothing. */
  problems: string[];
}

export interface RevocationContext {
  /** The OCSP answer that the server gave in the handshake. */
  stapled?: Uint8Array;
  signal?: AbortSignal;
}

const HOUR_MS = 3_600_000;
/** `soft` waits for a source that does not answer once, then lets it alone for a while. */
const SOFT_PAUSE_MS = 60_000;

/** Revocation by OCSP and CRL (ECO.1.1.6, ECO.1.1.7 = SC.MSS/CONF.22). */
export class RevocationChecker {
  readonly #options: RevocationOptions;
  readonly #now: () => number;
  readonly #crls: CrlSource;
  readonly #answers = new Map<string, { answer: OcspAnswer; at: number; until: number }>();
  readonly #silent = new Map<string, number>();

  constructor(options: RevocationOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#crls = new CrlSource({
      http: options.http,
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      refreshMs: options.refreshMs ?? HOUR_MS,
      timeoutMs: options.timeoutMs ?? 10_000,
      now: this.#now,
      notKept: () => options.log?.log("warn", "revocation.crl-not-kept", {}),
    });
  }

  /**
   * Refuses the chain of a server where one of its certificates is revoked, and in `strict` where it cannot be known. The root vouches for itself.
   *
   * @throws certificate_revoked, revocation_unknown, aborted
   */
  async enforce(chain: readonly Certificate[], host: string, context: RevocationContext = {}): Promise<void> {
    const pairs = chain
      .slice(0, -1)
      .map((certificate, index) => [certificate, chain[index + 1] as Certificate] as const);
    const found = await Promise.all(
      pairs.map(async ([certificate, issuer], index) => {
        // A server staples an answer about itself only.
        const { stapled, ...rest } = context;
        const given = index === 0 && stapled ? { ...rest, stapled } : rest;
        return { certificate, ...(await this.status(certificate, issuer, given)) };
      }),
    );
    const revoked = found.find(({ status }) => status === "revoked");
    if (revoked)
      throw new MedimailError("certificate_revoked", `the certificate of ${host} is revoked (${revoked.by})`, {
        hint:
          revoked.certificate === chain[0]
            ? "Ask the operator."
            : "One of its authorities is revoked: ask the operator.",
      });
    const unknown = found.find(({ status }) => status === "unknown");
    if (!unknown) return;
    if (this.#options.mode === "soft") {
      this.#options.log?.log("warn", "revocation.unknown", { host });
      return;
    }
    throw new MedimailError(
      "revocation_unknown",
      `whether ${unknown.certificate === chain[0] ? "" : "an authority of "}the certificate of ${host} is revoked cannot be known: ${unknown.problems.join("; ")}`,
      { hint: "Let the connector reach the addresses of the authority (CRL, OCSP) by HTTP." },
    );
  }

  /** What is known of one certificate: by the list that is kept, the stapled answer, OCSP, then a new list. */
  async status(
    certificate: Certificate,
    issuer: Certificate,
    { stapled, signal }: RevocationContext = {},
  ): Promise<RevocationStatus> {
    if (this.#crls.isKnownRevoked(certificate, issuer)) return { status: "revoked", by: "kept-crl", problems: [] };
    const problems: string[] = [];
    const attempt = async (
      by: "stapled" | "ocsp" | "crl",
      work: () => RevocationStatus["status"] | Promise<RevocationStatus["status"]>,
    ): Promise<RevocationStatus | undefined> => {
      try {
        const status = await work();
        if (status !== "unknown") return { status, by, problems };
        problems.push("the OCSP responder does not know it");
      } catch (error) {
        if (isMedimailError(error) && error.code === "aborted") throw error;
        if (!(error instanceof RevocationProblem) && !isMedimailError(error)) throw error;
        problems.push(error.message);
      }
      return undefined;
    };
    const now = this.#now();
    const found =
      (stapled && (await attempt("stapled", () => readOcsp(stapled, certificate, issuer, { now }).status))) ??
      (certificate.ocspUrls.length > 0 && !this.#isSilent(certificate)
        ? await attempt("ocsp", () => this.#ask(certificate, issuer, signal))
        : undefined) ??
      (certificate.crlUrls.length > 0 && !this.#isSilent(certificate)
        ? await attempt("crl", () => this.#crls.status(certificate, issuer, signal))
        : undefined);
    if (found) return found;
    if (this.#options.mode === "soft" && !this.#isSilent(certificate)) this.#silent.set(certificate.fingerprint, now);
    if (problems.length === 0) problems.push("it names neither a revocation list nor a responder by HTTP");
    return { status: "unknown", problems };
  }

  async #ask(
    certificate: Certificate,
    issuer: Certificate,
    signal: AbortSignal | undefined,
  ): Promise<RevocationStatus["status"]> {
    const key = `${issuer.fingerprint} ${certificate.fingerprint}`;
    const known = this.#answers.get(key);
    // One that was had in the future is of before the clock was set back.
    if (known && known.at <= this.#now() && known.until > this.#now()) return known.answer.status;
    const { body, nonce } = ocspRequest(certificate, issuer);
    const response = await this.#options.http.fetch(certificate.ocspUrls[0] as string, {
      method: "POST",
      headers: { "content-type": "application/ocsp-request", accept: "application/ocsp-response" },
      body,
      timeoutMs: this.#options.timeoutMs ?? 10_000,
      maxBytes: MAX_OCSP_BYTES,
      ...(signal ? { signal } : {}),
    });
    if (response.status !== 200)
      throw new RevocationProblem(`the OCSP responder answers with status ${response.status}`);
    const now = this.#now();
    const answer = readOcsp(new Uint8Array(await response.arrayBuffer()), certificate, issuer, { now, nonce });
    const until = Math.min(answer.until ?? now, now + (this.#options.refreshMs ?? HOUR_MS));
    if (this.#answers.size > 1_000) this.#answers.clear();
    if (answer.status !== "unknown") this.#answers.set(key, { answer, at: now, until });
    return answer.status;
  }

  #isSilent({ fingerprint }: Certificate): boolean {
    const since = this.#silent.get(fingerprint);
    return this.#options.mode === "soft" && since !== undefined && Math.abs(this.#now() - since) < SOFT_PAUSE_MS;
  }
}
