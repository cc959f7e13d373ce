import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
 * fails instead.
 *
 * @param place a number of the suite's own under 100: two that run at once must not meet on a port.
 */
export function describeWithOperator(
  name: string,
  place: number,
  body: (settings: () => OperatorSettings) => void,
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
      // Beside those of test/sending/real-operator.test.ts (20 000 to 39 999), below the ports that Linux gives out by itself.
      const base = 10_000 + place * 100;
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
    });
  });
}
