import { isMedimailError, type MedimailError } from "../errors.js";
import type { ClientCertificate, CredentialSource, Dialer, TlsVerifier } from "../seams/index.js";
import { isAboutOurCertificate, isAnotherService, stepOfRefusal } from "./advice.js";
import { ownCertificate, peerCertificate } from "./certificate.js";
import type { StepRecord } from "./record.js";
import type { CertificateSeen, Seen, StepName } from "./types.js";

/** Expiry is told so many days before. */
const SOON_DAYS = 30;

const SENT_AWAY: ReadonlySet<string> = new Set(["smtp_temporary", "smtp_permanent", "imap_failed", "connection_lost"]);

export interface Watchable {
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  /** The setting `tls.revocation`. */
  revocation: string;
  viaProxy: boolean;
  now: () => number;
}

/**
 * The seams of a session, each telling the record what goes through it: what is diagnosed is the very session that the connector opens, by the same
 * code and in the same order.
 */
export class Watched {
  readonly dialer: Dialer;
  readonly tls: TlsVerifier;
  readonly credentials: CredentialSource;
  mechanism: string | undefined;
  own: CertificateSeen | undefined;
  #reached: StepName = "connected";
  #since = performance.now();
  #ownFault: unknown;
  #upgrading = false;
  #asked = false;
  #refusal: MedimailError | undefined;
  readonly #record: StepRecord;

  constructor(parts: Watchable, record: StepRecord) {
    this.#record = record;
    const { now } = parts;
    this.dialer = {
      connect: async (host, port, options) => {
        this.#begin("connected");
        try {
          const socket = await parts.dialer.connect(host, port, options);
          const { remoteAddress } = socket;
          record.ok(
            "connected",
            {
              hosts: [`${host}:${port}`],
              ...(parts.viaProxy
                ? { viaProxy: true }
                : remoteAddress === undefined
                  ? {}
                  : { addresses: [remoteAddress] }),
            },
            this.elapsed(),
          );
          this.#begin("tls");
          return socket;
        } catch (error) {
          // Which of the two it was that did not answer, the proxy or who is behind it, only the proxy's own log tells.
          const late = parts.viaProxy && isMedimailError(error) && error.code === "timeout";
          const seen = { hosts: [`${host}:${port}`] };
          record.failed("connected", error, this.elapsed(), seen, late ? "check_proxy" : undefined);
          throw error;
        }
      },
    };
    this.tls = {
      upgrade: async (socket, options) => {
        this.#upgrading = true;
        try {
          const secured = await parts.tls.upgrade(socket, options);
          const certificate = peerCertificate(secured, now());
          record.ok("tls", { version: secured.getProtocol() ?? "", cipher: secured.getCipher().name }, this.elapsed());
          const expires = certificate !== undefined && certificate.daysLeft < SOON_DAYS;
          record.ok(
            "chain",
            certificate ? { certificate } : {},
            undefined,
            expires ? "server_certificate_expiry" : undefined,
          );
          const { revocation } = parts;
          record.ok("revocation", { revocation }, undefined, revocation === "off" ? "revocation_off" : undefined);
          this.#begin("authenticated");
          return secured;
        } catch (error) {
          if (isMedimailError(error)) this.#refusal = error;
          throw error;
        }
      },
    };
    this.credentials = {
      // A certificate of ours that cannot be used says nothing about the server: TLS is tried without, and the fault comes in its own step.
      certificate: async (): Promise<ClientCertificate | undefined> => {
        try {
          const certificate = await parts.credentials.certificate();
          if (certificate) this.own = ownCertificate(certificate, now());
          return certificate;
        } catch (error) {
          this.#ownFault = error;
          return undefined;
        }
      },
      sasl: async (protocol, options) => {
        this.#asked = true;
        if (this.#ownFault) throw this.#ownFault;
        const step = await parts.credentials.sasl(protocol, options);
        this.mechanism = step.mechanism;
        return step;
      },
      refused: (protocol, step) => parts.credentials.refused(protocol, step),
      close: async () => {},
    };
  }

  /** The step in hand. A server that took the connection and has not said a word of its protocol is not past `connected`. */
  get reached(): StepName {
    return this.#reached === "tls" && !this.#upgrading ? "connected" : this.#reached;
  }

  /** In ms, since the step in hand began. */
  elapsed(): number {
    return performance.now() - this.#since;
  }

  /** Our certificate expires soon. */
  get ownExpires(): boolean {
    return this.own !== undefined && this.own.daysLeft < SOON_DAYS;
  }

  /** The caller gave up, or his time is over, in the middle of a step. */
  stopped(error: MedimailError): void {
    const silent = this.#reached === "tls" && this.reached === "connected" && isAnotherService(error);
    this.#record.failed(this.reached, error, this.elapsed(), {}, silent ? "check_service" : undefined);
  }

  /** Puts the failure of the session where it belongs; true where the server's certificate is what was refused. */
  failed(error: unknown): boolean {
    const record = this.#record;
    if (this.#reached === "connected") return false;
    const refusal = this.#reached === "tls" ? this.#refusal : undefined;
    let step: StepName = refusal ? stepOfRefusal(refusal) : this.#reached;
    const spoke = isMedimailError(error) && error.code.startsWith("starttls_");
    if (step === "tls" && !spoke) step = this.reached;
    const ownFault = this.#ownFault !== undefined && (step === "tls" || step === "authenticated");
    if (ownFault || (isMedimailError(error) && isAboutOurCertificate(error))) step = "authenticated";
    // The certificate was looked at: the handshake had come that far. Of what came after, nothing is known.
    if (this.#reached === "tls" && (step === "chain" || step === "revocation")) record.ok("tls", {});
    if (this.#reached === "tls" && step === "revocation") record.ok("chain", {});
    const seen: Seen =
      step === "authenticated"
        ? {
            ...(this.mechanism ? { mechanism: this.mechanism } : {}),
            ...(this.own ? { clientCertificate: this.own } : {}),
          }
        : {};
    // TLS done, and sent away before anything was asked of us: servers that want a certificate of their own choice do so (Postfix by a 421).
    const sentAway = step === "authenticated" && !this.#asked && isMedimailError(error) && SENT_AWAY.has(error.code);
    const advice = sentAway
      ? "own_certificate_refused"
      : step === "connected" && isAnotherService(error)
        ? "check_service"
        : undefined;
    record.failed(step, ownFault ? this.#ownFault : error, this.elapsed(), seen, advice);
    return step === "chain" || step === "revocation";
  }

  #begin(step: StepName): void {
    this.#reached = step;
    if (step === "connected") this.#upgrading = false;
    this.#since = performance.now();
  }
}
