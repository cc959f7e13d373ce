import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureFolder } from "../folders.js";
import type { MailboxType, MockSasl } from "./options.js";
import type { Pki } from "./pki/pki.js";
import type { MockMailbox } from "./store/mailbox.js";
import type { MockStore } from "./store/store.js";
import { saslOf } from "./store/store.js";

/** What `medimail mock` prints first (CLI.md); parts that are not built yet are left out. */
export interface MockReady {
  event: "ready";
  smtp: { host: string; port: number };
  imap: { host: string; port: number };
  /** Its name server (UDP), which knows SRV and A of its domains. */
  dns: { host: string; port: number };
  /** Its HTTP server; `autoconfig` is where the documents of its domains are, `{domain}` in it. */
  http: { url: string; autoconfig: string };
  /** PEM file of the authority. */
  ca: string;
  /** Where the mock's Pro Santé Connect is. */
  psc?: { issuer: string };
  /** Its Annuaire Santé (FHIR v2), and the key that it takes. */
  directory?: { url: string; key: string };
  /** The white list of domains, by HTTP on loopback. */
  whiteList: { url: string };
  /** The control API; the token stands nowhere else. */
  control?: { url: string; token: string };
  mailboxes: MockReadyMailbox[];
  /** A configuration file for each address; works as is with every command. */
  configs: Record<string, string>;
  /** The same with `"operator": "discover"`, asking the mock's name server. */
  discoverConfigs: Record<string, string>;
}

export interface MockReadyMailbox {
  address: string;
  type: MailboxType;
  auth:
    | {
        method: "certificate";
        p12: string;
        passphrase: string;
        pem: string;
        key: string;
        sasl: { smtp: MockSasl; imap: MockSasl };
        username?: string;
        password?: string;
      }
    | { method: "xoauth2"; username: string; token: string }
    | { method: "password"; username: string; password: string };
}

export interface ReadyInput {
  dir: string;
  store: MockStore;
  pki: Pki;
  hostname: string;
  smtpPort: number;
  imapPort: number;
  dns: { host: string; port: number };
  http: { url: string; autoconfig: string };
  whiteList: { url: string };
  filesSent: boolean;
  pscIssuer?: string;
  directory?: { url: string; key: string };
}

const KEY_FILE = "directory-key.txt";

/** Writes the authority, the certificates, the tokens and a configuration for each mailbox. */
export async function writeReady(input: ReadyInput): Promise<MockReady> {
  const { dir, store, pki, hostname } = input;
  ensureFolder(dir);
  const ca = join(dir, "ca.pem");
  await writeFile(ca, pki.ca);
  const owned = store.mailboxes.filter((mailbox) => mailbox.auth !== undefined);
  if (input.directory) await secret(join(dir, KEY_FILE), input.directory.key);
  const written = await Promise.all(owned.map((mailbox) => writeMailbox(mailbox, input)));
  return {
    event: "ready",
    smtp: { host: hostname, port: input.smtpPort },
    imap: { host: hostname, port: input.imapPort },
    dns: { host: input.dns.host, port: input.dns.port },
    http: input.http,
    ca,
    ...(input.pscIssuer === undefined ? {} : { psc: { issuer: input.pscIssuer } }),
    ...(input.directory === undefined ? {} : { directory: input.directory }),
    whiteList: input.whiteList,
    mailboxes: written.map((w) => w.ready),
    configs: Object.fromEntries(written.map((w) => [w.ready.address, w.config])),
    discoverConfigs: Object.fromEntries(written.map((w) => [w.ready.address, w.discoverConfig])),
  };
}

/** The token file of a mailbox, rewritten when a new token is issued. */
export async function writeToken(dir: string, address: string, token: string): Promise<string> {
  const path = join(dir, `token-${fileName(address)}.txt`);
  await secret(path, token);
  return path;
}

async function writeMailbox(
  mailbox: MockMailbox,
  input: ReadyInput,
): Promise<{ ready: MockReadyMailbox; config: string; discoverConfig: string }> {
  const { dir, hostname } = input;
  const name = fileName(mailbox.address);
  const { ready, auth } = await writeAuth(mailbox, name, input);
  const config = join(dir, `config-${name}.json`);
  const content = {
    mailbox: { address: mailbox.address, type: mailbox.type },
    operator: {
      imap: { host: hostname, port: input.imapPort },
      smtp: { host: hostname, port: input.smtpPort },
      hostSuffixes: [hostname, ".mssante.fr"],
      filesSent: input.filesSent,
    },
    tls: { ca: ["ca.pem"], revocation: "off" },
    // Of no effect on named hosts: whoever changes `operator` to "discover" finds the mock.
    network: {
      dns: [`${input.dns.host}:${input.dns.port}`],
      allowedAddresses: ["127.0.0.1"],
      autoconfig: input.http.autoconfig,
    },
    trust: { whiteList: "off", whiteListUrl: input.whiteList.url },
    ...(input.directory ? { directory: { fhir: { url: input.directory.url, key: { file: KEY_FILE } } } } : {}),
    auth,
    software: { name: "Demo LPS", version: "1.0", nil: "DEMO000001" },
    sender: { label: mailbox.label },
    outbox: { store: "sqlite", path: `outbox-${name}.db` },
  };
  // It may hold the passphrase of the test certificate.
  await secret(config, `${JSON.stringify(content, undefined, 2)}\n`);
  const discoverConfig = join(dir, `discover-${name}.json`);
  const operator = input.filesSent ? { discover: true, filesSent: true } : "discover";
  await secret(discoverConfig, `${JSON.stringify({ ...content, operator }, undefined, 2)}\n`);
  return {
    ready: { address: mailbox.address, type: mailbox.type as MailboxType, auth: ready },
    config,
    discoverConfig,
  };
}

async function writeAuth(
  mailbox: MockMailbox,
  name: string,
  { dir, pki, store }: ReadyInput,
): Promise<{ ready: MockReadyMailbox["auth"]; auth: object }> {
  const { address, auth } = mailbox;
  if (auth?.method === "password") {
    const shared = { username: address, password: auth.password };
    return { ready: { method: "password", ...shared }, auth: { method: "password", ...shared } };
  }
  if (auth?.method !== "certificate") {
    const token = store.token(address) ?? "";
    await writeToken(dir, address, token);
    return {
      ready: { method: "xoauth2", username: address, token },
      auth: { method: "token", token: { file: `token-${name}.txt` } },
    };
  }
  const client = await pki.client(address);
  const paths = { p12: join(dir, `${name}.p12`), pem: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
  await Promise.all([
    secret(paths.p12, client.p12),
    writeFile(paths.pem, client.certificate),
    secret(paths.key, client.key),
  ]);
  const sasl = { smtp: saslOf(auth, "smtp"), imap: saslOf(auth, "imap") };
  const plain =
    sasl.smtp === "plain" || sasl.imap === "plain" ? { username: address, password: auth.password ?? "" } : {};
  return {
    ready: { method: "certificate", ...paths, passphrase: client.passphrase, sasl, ...plain },
    auth: { method: "certificate", p12: `${name}.p12`, passphrase: client.passphrase, sasl, ...plain },
  };
}

async function secret(path: string, content: string | Buffer): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  // The mode of writeFile counts for a new file only.
  await chmod(path, 0o600);
}

function fileName(address: string): string {
  return address.replace(/[^A-Za-z0-9.-]/g, "_");
}
