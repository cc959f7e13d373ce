import { X509Certificate } from "node:crypto";
import { MedimailError } from "../errors.js";
import { type Clock, systemClock } from "../seams/clock.js";
import type { ClientCertificate, CredentialSource, SaslStep } from "../seams/credentials.js";
import type { ClientCertificateInput } from "./client-certificate.js";
import { loadClientCertificate } from "./client-certificate.js";
import { secret } from "./password.js";

/** No public text says which SASL step follows the certificate of an APP mailbox (APP-AUTH): a setting, per protocol. */
export type SaslChoice = "none" | "external" | "plain";

export interface CertificateCredentialsOptions {
  /** PKCS#12 bytes; or `cert` and `key` as PEM. Asked again for each session, so that a renewed file is used without a restart. */
  p12?: () => Promise<Uint8Array>;
  cert?: () => Promise<string>;
  key?: () => Promise<string>;
  passphrase?: () => Promise<string>;
  /** `none` for IMAP means that the certificate cannot be followed by anything, which no IMAP server accepts. */
  sasl: { smtp: SaslChoice; imap: SaslChoice };
  /** The mailbox's address: required by `plain`, the authorization id of `external` where given. */
  username?: string;
  /** Told at most once a day, when a session is opened, from so many days before the certificate's end on. Default 30 days. */
  onExpiring?: (daysLeft: number) => void;
  warnDays?: number;
  clock?: Pick<Clock, "now">;
  /** For `plain`; the empty password where left out, as one operator is said to want. */
  password?: () => Promise<string>;
}

/**
 * Mutual TLS with the certificate of a legal entity (APP-AUTH), then the SASL step that the operator wants. The file is
 * opened by the first {@link CredentialSource.certificate}: call it at the start to learn early that it does not open.
 */
export function certificateCredentials(options: CertificateCredentialsOptions): CredentialSource {
  const { sasl, username } = options;
  if (!options.p12 && !(options.cert && options.key))
    throw new MedimailError("config_invalid", "a p12 file, or a certificate and its key, must be given", {
      path: "auth",
    });
  if ((sasl.smtp === "plain" || sasl.imap === "plain") && username === undefined) {
    throw new MedimailError("config_invalid", "SASL PLAIN needs the user name", { path: "auth.username" });
  }
  let opened: { files: Files; certificate: ClientCertificate; end: number } | undefined;
  let closed = false;
  let warnedAt = Number.NEGATIVE_INFINITY;

  function watchExpiry(end: number, now: number): void {
    const { onExpiring, warnDays = 30 } = options;
    if (!onExpiring || now - warnedAt < DAY_MS) return;
    const daysLeft = Math.floor((end - now) / DAY_MS);
    if (daysLeft >= warnDays) return;
    warnedAt = now;
    onExpiring(daysLeft);
  }

  async function read(): Promise<Files> {
    const { p12, cert, key } = options;
    return {
      ...(p12 ? { p12: await secret("the client certificate", p12) } : {}),
      ...(!p12 && cert ? { cert: await secret("the client certificate", cert) } : {}),
      ...(!p12 && key ? { key: await secret("the client certificate's key", key) } : {}),
    };
  }

  /** The passphrase is asked for where a file changed only: it may come from a command, which costs more than the session. */
  async function withPassphrase(files: Files): Promise<ClientCertificateInput> {
    const { passphrase } = options;
    return passphrase
      ? { ...files, passphrase: await secret("the client certificate's passphrase", passphrase) }
      : files;
  }

  return {
    async certificate() {
      if (closed) throw new MedimailError("closed", "the credentials are closed");
      const files = await read();
      // Opening takes milliseconds (key derivation): only a file that changed is opened again, and one that has ended, to say so.
      const now = (options.clock ?? systemClock).now();
      if (!opened || opened.end < now || !same(opened.files, files)) {
        const certificate = loadClientCertificate(await withPassphrase(files), now);
        opened = { files, certificate, end: Date.parse(new X509Certificate(certificate.cert).validTo) };
      }
      watchExpiry(opened.end, now);
      return opened.certificate;
    },
    async sasl(protocol): Promise<SaslStep> {
      if (closed) throw new MedimailError("closed", "the credentials are closed");
      switch (sasl[protocol]) {
        case "none":
          return { mechanism: "none" };
        case "external":
          return username === undefined
            ? { mechanism: "external" }
            : { mechanism: "external", authorizationId: username };
        case "plain":
          return {
            mechanism: "plain",
            username: username ?? "",
            password: options.password ? await secret("the password", options.password) : "",
          };
      }
    },
    // A certificate refused now is refused at the next try.
    refused: async () => false,
    async close() {
      closed = true;
      opened = undefined;
    },
  };
}

const DAY_MS = 86_400_000;

type Files = Omit<ClientCertificateInput, "passphrase">;

function same(a: Files, b: Files): boolean {
  const bytes = (value: Uint8Array | undefined): Buffer => Buffer.from(value ?? []);
  return a.cert === b.cert && a.key === b.key && bytes(a.p12).equals(bytes(b.p12));
}
