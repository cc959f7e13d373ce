import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, it } from "vitest";
import { describeWithShared } from "./shared.js";

/** What `../shared/mail-servers/start` prints. */
export interface OperatorSettings {
  ca: string;
  clientP12: string;
  clientP12Passphrase: string;
  clientCertificateMailbox: string;
  imap: { host: string; port: number };
  imapCertificate: { host: string; port: number };
  smtpCertificate: { host: string; port: number };
  plainPassword: string;
}

const PACKAGES = ["/usr/sbin/dovecot", "/usr/sbin/postfix", "/usr/lib/dovecot/lmtp"];
const missing = PACKAGES.filter((path) => !existsSync(path));
const usable = process.platform === "linux" && process.getuid?.() === 0 && missing.length === 0;

/**
 * A suite that needs Dovecot and Postfix (root, Debian packages, `../shared`). Skipped without them with a printed reason; in CI it
 * fails instead. Each has servers of its own.
 *
 * @param body is given the folder `../shared` beside what the servers say of themselves
 */
export function describeWithOperator(
  name: string,
  body: (settings: () => OperatorSettings, shared: string) => void,
): void {
  if (!usable && !process.env["CI"]) {
    console.info(`skipped: ${name} (needs root and the Debian packages dovecot-imapd dovecot-lmtpd postfix)`);
    describe.skip(name, () => void it.skip("needs Dovecot and Postfix", () => {}));
    return;
  }
  describeWithShared(name, (shared) => {
    const folder = mkdtempSync(join(tmpdir(), "medimail-operator-"));
    let settings: OperatorSettings | undefined;
    beforeAll(() => {
      if (missing.length > 0) throw new Error(`in CI these must be installed: ${missing.join(", ")}`);
      // Suites that run at once are processes of their own. Below the ports that Linux gives out by itself.
      const base = 10_000 + (process.pid % 200) * 100;
      const printed = execFileSync(join(shared, "mail-servers/start"), [folder, String(base)], { encoding: "utf8" });
      settings = JSON.parse(printed);
    });
    afterAll(() => {
      execFileSync(join(shared, "mail-servers/stop"), [folder]);
      rmSync(folder, { recursive: true, force: true });
    });
    body(() => {
      if (!settings) throw new Error("the operator is not started yet");
      return settings;
    }, shared);
  });
}

/** A configuration of ours for a mailbox; any address of the servers' domains exists. */
export function operatorConfig(
  { ca, imap, smtpCertificate, plainPassword }: OperatorSettings,
  address: string,
  imapPort = imap.port,
): Record<string, unknown> {
  return {
    mailbox: { address, type: "PER" },
    operator: { imap: { ...imap, port: imapPort }, smtp: smtpCertificate },
    tls: { ca: [ca], revocation: "off" },
    trust: { whiteList: "off" },
    auth: { method: "password", username: address, password: plainPassword },
    software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
    sender: { label: "Dr ESSAI" },
    outbox: { store: "memory" },
  };
}

/** Another client of a mailbox, as a webmail is. */
export async function operatorClient({ ca, imap, plainPassword }: OperatorSettings, user: string): Promise<ImapFlow> {
  const client = new ImapFlow({
    ...imap,
    secure: false,
    doSTARTTLS: true,
    logger: false,
    disableAutoIdle: true,
    auth: { user, pass: plainPassword, loginMethod: "AUTH=PLAIN" },
    tls: { ca: readFileSync(ca, "utf8") },
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}
