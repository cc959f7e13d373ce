import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow } from "imapflow";
import { describe, it } from "vitest";
import { describeWithShared } from "../tools/shared.js";

export interface DovecotSettings {
  ca: string;
  imap: { host: string; port: number };
  smtpCertificate: { host: string; port: number };
  plainPassword: string;
}

const PACKAGES = ["/usr/sbin/dovecot", "/usr/sbin/postfix", "/usr/lib/dovecot/lmtp"];
const missing = PACKAGES.filter((path) => !existsSync(path));
const usable = process.platform === "linux" && process.getuid?.() === 0 && missing.length === 0;

/** A suite on a real Dovecot; skipped with a printed reason where there is none, never in CI. */
export const describeOnDovecot: (name: string, body: (shared: string) => void) => void =
  usable || process.env["CI"]
    ? describeWithShared
    : (name) => {
        console.info(`skipped: ${name} (needs root and the Debian packages dovecot-imapd dovecot-lmtpd postfix)`);
        describe.skip(name, () => void it.skip("needs Dovecot", () => {}));
      };

/** The servers of shared/mail-servers, in a folder of their own. */
export class Dovecot {
  readonly #shared: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "medimail-dovecot-"));
  settings!: DovecotSettings;

  constructor(shared: string) {
    this.#shared = shared;
  }

  start(offset: number): void {
    if (missing.length > 0) throw new Error(`in CI these must be installed: ${missing.join(", ")}`);
    const base = 40_000 + offset + (process.pid % 20) * 1_000;
    this.settings = JSON.parse(
      execFileSync(join(this.#shared, "mail-servers/start"), [this.#folder, String(base)], { encoding: "utf8" }),
    );
  }

  stop(): void {
    execFileSync(join(this.#shared, "mail-servers/stop"), [this.#folder]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A configuration of ours for a mailbox; any address of the servers' domains exists. */
  config(address: string, imapPort = this.settings.imap.port): Record<string, unknown> {
    return {
      mailbox: { address, type: "PER" },
      operator: { imap: { ...this.settings.imap, port: imapPort }, smtp: this.settings.smtpCertificate },
      tls: { ca: [this.settings.ca], revocation: "off" },
      trust: { whiteList: "off" },
      auth: { method: "password", username: address, password: this.settings.plainPassword },
      software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
      sender: { label: "Laboratoire - CH TEST" },
      outbox: { store: "memory" },
    };
  }

  /** Another client of the same mailbox. */
  async other(user: string): Promise<ImapFlow> {
    const client = new ImapFlow({
      host: this.settings.imap.host,
      port: this.settings.imap.port,
      secure: false,
      doSTARTTLS: true,
      logger: false,
      tls: { ca: readFileSync(this.settings.ca) },
      auth: { user, pass: this.settings.plainPassword, loginMethod: "AUTH=PLAIN" },
      disableAutoIdle: true,
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }
}
