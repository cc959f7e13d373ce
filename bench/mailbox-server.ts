// The Dovecot of (d): the one of ../shared/mail-servers, with mailboxes filled by writing their files.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow } from "imapflow";

export interface BenchServer extends Disposable {
  folder: string;
  ca: string;
  port: number;
  pass: string;
  /** Fills an INBOX. */
  fill(user: string, mails: Iterable<Buffer>): void;
  client(user: string): Promise<ImapFlow>;
  config(user: string, port: number, more?: Record<string, unknown>): Record<string, unknown>;
}

export function startServer(shared: string): BenchServer {
  const folder = mkdtempSync(join(tmpdir(), "medimail-bench-imap-"));
  const base = String(30_000 + (process.pid % 50) * 600);
  const settings = JSON.parse(
    execFileSync(join(shared, "mail-servers/start"), [folder, base], { encoding: "utf8" }),
  ) as { ca: string; imap: { port: number }; smtpCertificate: { host: string; port: number }; plainPassword: string };
  const { ca, imap, smtpCertificate, plainPassword: pass } = settings;
  return {
    folder,
    ca,
    port: imap.port,
    pass,
    fill(user, mails) {
      const box = join(folder, "mail", user);
      for (const name of ["cur", "new", "tmp"]) mkdirSync(join(box, name), { recursive: true });
      let serial = 1_700_000_000;
      for (const mail of mails) {
        serial += 1;
        writeFileSync(join(box, "cur", `${serial}.M1P1.bench,S=${mail.length}:2,S`), mail);
      }
      execFileSync("chown", ["-R", "vmail:", box]);
    },
    async client(user) {
      const client = new ImapFlow({
        host: "localhost",
        port: imap.port,
        secure: false,
        doSTARTTLS: true,
        logger: false,
        tls: { ca: readFileSync(ca) },
        auth: { user, pass, loginMethod: "AUTH=PLAIN" },
        disableAutoIdle: true,
      });
      await client.connect();
      return client;
    },
    config: (user, port, more = {}) => ({
      mailbox: { address: user, type: "PER" },
      operator: { imap: { host: "localhost", port }, smtp: smtpCertificate },
      tls: { ca: [ca], revocation: "off" },
      trust: { whiteList: "off" },
      auth: { method: "password", username: user, password: pass },
      software: { name: "Bench", version: "1.0", nil: "BENCH001" },
      sender: { label: "Bench" },
      outbox: { store: "memory" },
      ...more,
    }),
    [Symbol.dispose]() {
      execFileSync(join(shared, "mail-servers/stop"), [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A mail as a laboratory sends it: a text, an archive, a PDF. */
export function mailOf(index: number, attachment: Buffer): Buffer {
  const encoded = attachment.toString("base64").replace(/.{76}/g, "$&\r\n");
  const part = (type: string, name: string) =>
    `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`;
  return Buffer.from(
    [
      `From: =?utf-8?Q?Laboratoire_N=C2=B0${index % 40}?= <labo${index % 40}@ch-test.mssante.fr>`,
      "To: Dr Essai <dr.essai@medecin.test.mssante.fr>",
      `Subject: =?utf-8?Q?XDM/1.0/DDM+_Compte_rendu_n=C2=B0_${index}?=`,
      `Date: ${new Date(1_700_000_000_000 + index * 60_000).toUTCString().replace("GMT", "+0000")}`,
      `Message-ID: <bench-${index}@ch-test.mssante.fr>`,
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour,\r\nun document est joint.\r\n",
    ].join("\r\n") +
      part("application/zip", "IHE_XDM.ZIP") +
      part("application/pdf", `CR_${index}.pdf`) +
      "--b--\r\n",
  );
}
