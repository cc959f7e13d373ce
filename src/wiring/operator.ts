import { hostname } from "node:os";
import { certificateCredentials, passwordCredentials, tokenCredentials } from "../auth/index.js";
import type { Config, Secret } from "../config/index.js";
import { isLoopback } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { createHttp, type Http } from "../http.js";
import type { Logger } from "../log.js";
import { createDialer } from "../net/index.js";
import type { CredentialSource, MailTransport, TlsVerifier } from "../seams/index.js";
import { readNamedFile, resolveSecret } from "../settings/index.js";
import { createImapMailbox, type ImapMailbox } from "../transport/imap/index.js";
import { createSmtpTransport } from "../transport/smtp/index.js";
import { createTlsVerifier } from "../trust/index.js";
import { proxyOf } from "./proxy.js";

/** The operator, as the configuration names it: sessions open when first used. */
export interface Operator {
  transport: MailTransport;
  imap: ImapMailbox;
  smtpHost: { host: string; port: number };
  /** The operator files in Sent what it accepts. */
  filesSent: boolean;
  /** Both hosts are of this machine, or named as a training platform: a test, where test identities are at home. */
  isTest: boolean;
  /**
   * Reads the authorities, which whoever only looks at the outbox does not need. Asked before something is stored or sent.
   * @throws `config_invalid`, `file_not_found`, `file_unreadable`.
   */
  requireAuthorities(): void;
  close(): Promise<void>;
}

type PinnedOperator = Exclude<Config["operator"], "discover">;

export interface OperatorOptions {
  logger: Logger;
  maxConnections: number;
}

/** Builds the sessions of one mailbox. Authorities, certificates and tokens are read when a session needs them. */
export function openOperator(config: Config, options: OperatorOptions): Operator {
  if (config.operator === "discover")
    throw new MedimailError("not_supported", "Discovery is not served yet; name the hosts.", { path: "operator" });
  const pinned: PinnedOperator = config.operator;
  const dialer = createDialer(proxyOf(config));
  let asking: Http | undefined;
  const http = () => {
    // Lists and OCSP answers are signed: they alone may come without TLS.
    asking ??= createHttp({ dialer, plain: true });
    return asking;
  };
  const verifier = lazyVerifier(config, http, options.logger);
  const tls: TlsVerifier = { upgrade: async (socket, to) => verifier().upgrade(socket, to) };
  const credentials = credentialsOf(config);
  const shared = { dialer, tls, credentials, logger: options.logger };
  const transport = createSmtpTransport({
    ...shared,
    ...pinned.smtp,
    clientName: clientName(),
    maxConnections: options.maxConnections,
  });
  const imap = createImapMailbox({ ...shared, ...pinned.imap, mailbox: config.mailbox.address });
  return {
    transport,
    imap,
    smtpHost: pinned.smtp,
    filesSent: pinned.filesSent ?? false,
    isTest: [pinned.smtp.host, pinned.imap.host].every(
      (host) => isLoopback(host) || /(^|\.)(formation|test|bas)\./i.test(host),
    ),
    requireAuthorities: () => void verifier(),
    async close() {
      await Promise.allSettled([transport.close(), imap.close()]);
      await credentials.close();
      await asking?.close();
    },
  };
}

function lazyVerifier(config: Config, http: () => Http, log: Logger): () => TlsVerifier {
  let verifier: TlsVerifier | undefined;
  return () => {
    verifier ??= createTlsVerifier({
      ca: (config.tls.ca ?? []).map((path) => readNamedFile(path, "tls.ca", { path: "tls.ca" })),
      revocation: config.tls.revocation,
      revocationFolder: config.tls.revocationFolder,
      http: { fetch: async (url, request) => http().fetch(url, request) },
      log,
    });
    return verifier;
  };
}

/** What EHLO says: the machine's name where it is one that a server may look at, else the address literal of nobody. */
function clientName(): string {
  const name = hostname();
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name) ? name : "[127.0.0.1]";
}

function credentialsOf(config: Config): CredentialSource {
  const { auth, mailbox } = config;
  const ask = (secret: Secret, what: string) => () => resolveSecret(secret, { what });
  const file = (path: string, what: string) => async () => readNamedFile(path, what, { path: what });
  switch (auth.method) {
    case "certificate":
      return certificateCredentials({
        sasl: auth.sasl,
        username: auth.username ?? mailbox.address,
        ...(auth.p12 === undefined ? {} : { p12: file(auth.p12, "auth.p12") }),
        ...(auth.cert === undefined
          ? {}
          : { cert: async () => (await file(auth.cert as string, "auth.cert")()).toString("utf8") }),
        ...(auth.key === undefined
          ? {}
          : { key: async () => (await file(auth.key as string, "auth.key")()).toString("utf8") }),
        ...(auth.passphrase === undefined ? {} : { passphrase: ask(auth.passphrase, "auth.passphrase") }),
        ...(auth.password === undefined ? {} : { password: ask(auth.password, "auth.password") }),
      });
    case "token":
      return tokenCredentials({
        username: auth.username ?? mailbox.address,
        token: ask(auth.token, "auth.token"),
        ...(auth.initialResponse === undefined ? {} : { initialResponse: auth.initialResponse }),
      });
    case "password":
      return passwordCredentials({ username: auth.username, password: ask(auth.password, "auth.password") });
    case "pro-sante-connect":
      throw new MedimailError(
        "not_supported",
        "auth.method pro-sante-connect is not served yet; give an access token from outside.",
        { path: "auth.method" },
      );
  }
}
