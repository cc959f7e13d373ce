import { hostname } from "node:os";
import {
  certificateCredentials,
  type ProSanteConnectSession,
  passwordCredentials,
  tokenCredentials,
} from "../auth/index.js";
import type { Config, Secret } from "../config/index.js";
import { isLoopback, isTestOperator } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { createHttp, type Http } from "../http.js";
import type { Logger } from "../log.js";
import type { CredentialSource, Dialer, MailTransport, TlsVerifier } from "../seams/index.js";
import { resolveSecret } from "../settings/index.js";
import { type ConnectionBudget, createImapMailbox, type ImapMailbox } from "../transport/imap/index.js";
import { createSmtpTransport } from "../transport/smtp/index.js";
import { createTlsVerifier } from "../trust/index.js";
import { keyReaders } from "./client-certificate.js";
import { authoritiesOf, dialerOf } from "./connection.js";
import { discoveryOf, type OperatorLookUp } from "./discovery.js";
import { assertListedOperator, type TrustSpace } from "./trust-space.js";

/** The operator, as the configuration names it: sessions open when first used. */
export interface Operator {
  transport: MailTransport;
  imap: ImapMailbox;
  /** What the circuit of its submission is called: the pinned host, or the name that is looked up. */
  smtpHost: { host: string; port: number };
  /** The operator files in Sent what it accepts. */
  filesSent: boolean;
  /**
   * Both hosts are of this machine, or named as a training platform (the mailbox's domain, where they are looked up): a test, where test identities
   * are at home.
   */
  isTest: boolean;
  /**
   * Reads the authorities, which whoever only looks at the outbox does not need. Asked before something is stored or sent.
   * @throws `config_invalid`, `file_not_found`, `file_unreadable`.
   */
  requireAuthorities(): void;
  /**
   * Opens the client certificate, where the mailbox has one, as each session will.
   * @throws `secret_unavailable` (a file, the passphrase), `certificate_invalid` (its dates, another key, damaged).
   */
  requireCertificate(): Promise<void>;
  close(): Promise<void>;
}

/** What sessions need that outlives them. */
export interface SessionParts {
  session: Pick<ProSanteConnectSession, "credentials"> | undefined;
  /** Asked where `trust.compareOperator` is set; whoever opened it closes it. */
  trustSpace?: TrustSpace | undefined;
  logger: Logger;
}

export interface OperatorOptions extends OperatorLookUp, SessionParts {
  maxConnections: number;
  /** Of a runtime that sets one. */
  imapBudget?: (host: string, port: number) => ConnectionBudget | undefined;
}

/** A training or test platform names itself so. */
const TRAINING = /(^|\.)(formation|test|bas)\./i;

/**
 * Builds the sessions of one mailbox. Authorities, certificates and tokens are read when a session needs them; hosts that are not pinned are looked
 * up then too.
 */
export function openOperator(config: Config, options: OperatorOptions): Operator {
  const named = config.operator === "discover" ? {} : config.operator;
  const domain = config.mailbox.address.slice(config.mailbox.address.lastIndexOf("@") + 1).toLowerCase();
  const discovery = named.smtp && named.imap ? undefined : discoveryOf(config, domain, options);
  const { dialer, tls, credentials, requireAuthorities, requireCertificate, close } = sessionSeams(config, options);
  const shared = { dialer, tls, credentials, logger: options.logger };
  const smtpHost = named.smtp ?? { host: `_submission._tcp.${domain}`, port: 0 };
  const transport = createSmtpTransport({
    ...shared,
    ...smtpHost,
    ...(discovery ? { endpoints: discovery.endpoints("smtp") } : {}),
    clientName: clientName(),
    maxConnections: options.maxConnections,
  });
  const imapHost = named.imap ?? { host: `_imap._tcp.${domain}`, port: 0 };
  const budget = options.imapBudget?.(imapHost.host, imapHost.port);
  const imap = createImapMailbox({
    ...shared,
    ...imapHost,
    ...(discovery ? { endpoints: discovery.endpoints("imap") } : {}),
    mailbox: config.mailbox.address,
    ...(budget ? { budget } : {}),
  });
  return {
    transport,
    imap,
    smtpHost,
    filesSent: named.filesSent ?? false,
    isTest:
      isTestOperator(config) ||
      [named.smtp?.host ?? domain, named.imap?.host ?? domain].every((name) => isLoopback(name) || TRAINING.test(name)),
    requireAuthorities,
    requireCertificate,
    async close() {
      await Promise.allSettled([transport.close(), imap.close()]);
      await close();
    },
  };
}

/** What every session of a configuration is opened with. Authorities, certificates and tokens are read when one is. */
export function sessionSeams(
  config: Config,
  { session, trustSpace, logger }: SessionParts,
): {
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  requireAuthorities(): void;
  requireCertificate(): Promise<void>;
  /** Of the credentials too. */
  close(): Promise<void>;
} {
  const dialer = dialerOf(config);
  let asking: Http | undefined;
  const http = () => {
    // Lists and OCSP answers are signed: they alone may come without TLS.
    asking ??= createHttp({ dialer, plain: true });
    return asking;
  };
  const verifier = lazyVerifier(config, http, logger);
  const credentials = credentialsOf(config, session, logger);
  const space = config.trust.compareOperator ? trustSpace : undefined;
  const domain = config.mailbox.address.slice(config.mailbox.address.lastIndexOf("@") + 1);
  return {
    dialer,
    tls: {
      async upgrade(socket, to) {
        const secured = await verifier().upgrade(socket, to);
        if (space) await assertListedOperator(space, secured, { host: to.host, domain, signal: to.signal });
        return secured;
      },
    },
    credentials,
    requireAuthorities: () => void verifier(),
    requireCertificate: async () => void (await credentials.certificate()),
    async close() {
      await credentials.close();
      await asking?.close();
    },
  };
}

function lazyVerifier(config: Config, http: () => Http, log: Logger): () => TlsVerifier {
  let verifier: TlsVerifier | undefined;
  return () => {
    verifier ??= createTlsVerifier({
      ca: authoritiesOf(config.tls),
      revocation: config.tls.revocation,
      revocationFolder: config.tls.revocationFolder,
      http: { fetch: async (url, request) => http().fetch(url, request) },
      log,
    });
    return verifier;
  };
}

/** What EHLO says: the machine's name where it is one that a server may look at, else the address literal of nobody. */
export function clientName(): string {
  const name = hostname();
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name) ? name : "[127.0.0.1]";
}

function credentialsOf(
  config: Config,
  session: Pick<ProSanteConnectSession, "credentials"> | undefined,
  logger: Logger,
): CredentialSource {
  const { auth, mailbox } = config;
  const ask = (secret: Secret, what: string) => () => resolveSecret(secret, { what });
  switch (auth.method) {
    case "certificate":
      return certificateCredentials({
        sasl: auth.sasl,
        username: auth.username ?? mailbox.address,
        onExpiring: (daysLeft) =>
          logger.log("warn", "client_certificate_expires", { mailbox: mailbox.address, count: daysLeft }),
        ...keyReaders(auth),
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
      return session ? session.credentials(auth.username ?? mailbox.address) : nobodyLoggedIn();
  }
}

/** The outbox may be looked at, and filled: nothing leaves before a professional logs in. */
function nobodyLoggedIn(): CredentialSource {
  const nobody = async (): Promise<never> => {
    throw new MedimailError("login_required", "no professional is logged in with Pro Santé Connect", {
      path: "auth.method",
      hint: "Log in with createProSanteConnect, and give the session to createConnector.",
    });
  };
  return { certificate: async () => undefined, sasl: nobody, refused: async () => false, close: async () => {} };
}
