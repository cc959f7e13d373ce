import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, createReadStream, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { ServerLog } from "../../src/compliance/index.js";
import { importServerLogs } from "../../src/compliance/index.js";
import { createConnector } from "../../src/index.js";
import { QUICK, soon } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";
import { describeWithOperator, operatorConfig } from "../tools/operator.js";
import { failed, passed, verdicts } from "./logs.js";

const DOCTOR = "dr.essai@medecin.test.mssante.fr";

describeWithOperator("logs of a real Postfix and Dovecot", (settings) => {
  const folder = () => dirname(dirname(settings().ca));
  const mailboxes = () => [{ address: settings().clientCertificateMailbox, type: "APP" }];
  const log = (name: string) => readFileSync(join(folder(), "log", name), "utf8");

  function logs(rawlogs = false): ServerLog[] {
    const until = new Date();
    const files = ["postfix.log", "dovecot.log", "dovecot2.log"].map((name) => join(folder(), "log", name));
    const raw = rawlogs ? readdirSync(join(folder(), "raw")).map((name) => join(folder(), "raw", name)) : [];
    return [...files, ...raw].map((path) => ({ name: path, content: createReadStream(path), until }));
  }

  /** Our connector: a document with its delivery receipt, then the mailbox as a professional's software lists it. */
  async function work(seed: number): Promise<void> {
    const [quits, logouts] = [ended("postfix.log"), ended("dovecot.log")];
    {
      await using connector = createConnector(
        {
          ...operatorConfig(settings(), settings().clientCertificateMailbox, settings().imapCertificate.port),
          mailbox: { address: settings().clientCertificateMailbox, type: "APP" },
          auth: {
            method: "certificate",
            p12: settings().clientP12,
            passphrase: settings().clientP12Passphrase,
            sasl: { smtp: "none", imap: "external" },
          },
        },
        QUICK,
      );
      const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(seed) }], to: [DOCTOR] });
      expect((await submission.settled({ until: "delivered", signal: soon(40_000) })).ok).toBe(true);
      await using reader = createConnector(operatorConfig(settings(), DOCTOR), { ...QUICK, delivery: "manual" });
      expect(await reader.mailbox.list({ pageSize: 7 }).toArray({ limit: 100 })).not.toEqual([]);
      // Content of several pieces, and with lines that look like a rawlog's own.
      const text = `Chère consœur,\n${"1795888806.370864 1 NOOP\n".repeat(2_000)}Mme MOREL\n`;
      await reader.mailbox.drafts.save({ to: [DOCTOR], subject: "Avis pour Mme MOREL", text });
    }
    // What the servers say of the end comes a little later.
    await expect.poll(() => ended("postfix.log"), { timeout: 10_000 }).toBeGreaterThan(quits);
    await expect.poll(() => ended("dovecot.log"), { timeout: 10_000 }).toBeGreaterThan(logouts);
  }
  const ended = (name: string) =>
    log(name).match(/smtpd\S+ disconnect from|Info: Disconnected: Logged out/g)?.length ?? 0;

  /** A client that takes the server for a mail server without TLS, and is refused. */
  function speakInClear(): Promise<void> {
    const { host, port } = settings().smtpCertificate;
    return new Promise((resolve, reject) => {
      const socket = connect(port, host)
        .setEncoding("utf8")
        .once("error", reject)
        .once("close", () => resolve());
      const lines = ["EHLO clair", "MAIL FROM:<x@ch-test.mssante.fr>", "QUIT"];
      socket.on("data", (text: string) => {
        if (!/^\d{3} .*\r\n$/m.test(text)) return;
        const line = lines.shift();
        if (line !== undefined) socket.write(`${line}\r\n`);
      });
    });
  }

  it("as it stands: the certificate of the application's mailbox is shown, what was said is not", {
    timeout: 90_000,
  }, async () => {
    await work(31);
    const results = await verdicts(logs(), { mailboxes: mailboxes() });
    expect(passed(results)).toEqual(["APP-AUTH"]);
    expect(failed(results)).toEqual([]);
    const { observations, leftOut } = await importServerLogs(logs(), { clients: ["192.0.2.1"] });
    expect(observations).toEqual([]);
    expect(leftOut.otherClients).toBeGreaterThan(2);
  });

  it("with the settings of docs/server-logs.md: TLS, the dialogue, the commands of IMAP", {
    timeout: 120_000,
  }, async () => {
    logMore(folder());
    await work(32);
    const results = await verdicts(logs(true), { mailboxes: mailboxes() });
    expect(failed(results)).toEqual([]);
    expect(passed(results)).toEqual([
      "ECO.1.0.1",
      "ECO.1.1.1",
      "APP-AUTH",
      "ECO.2.3.1",
      "RFC-3207-3501",
      "RFC-3461-3464",
      "RFC-9051-3501",
    ]);
    const { observations, leftOut } = await importServerLogs(logs(true));
    expect(JSON.stringify(observations)).not.toMatch(/MOREL|BEGIN CERT|PK\\u0003/);
    const said = observations.filter((one) => one.kind === "line" && one.protocol === "imap" && one.from === "client");
    const append = said.findIndex((one) => one.kind === "line" && / APPEND .*\[\d+ bytes\]$/.test(one.line));
    expect(append).toBeGreaterThan(0);
    const [{ connection } = { connection: "" }] = said.slice(append, append + 1);
    const after = said.slice(append + 1).filter((one) => one.connection === connection);
    expect(after.map((one) => (one.kind === "line" ? one.line : ""))).toContainEqual(
      expect.stringMatching(/^\S+ LOGOUT$/),
    );
    expect(after.filter((one) => one.kind === "line" && !/^\S+ [A-Z]/.test(one.line) && one.line !== "DONE")).toEqual(
      [],
    );
    expect([leftOut.malformed, leftOut.tooLong]).toEqual([0, 0]);
  });

  it("shows who logs in by a password, taken and refused, and keeps neither", { timeout: 90_000 }, async () => {
    const before = ended("postfix.log");
    const smtp = { ...settings().smtpCertificate, port: settings().smtpCertificate.port - 1 };
    const submitted = async (password: string, until: () => Promise<unknown>) => {
      const config = operatorConfig({ ...settings(), plainPassword: password, smtpCertificate: smtp }, DOCTOR);
      await using connector = createConnector(config, QUICK);
      await connector.documents.submit({ documents: [{ cda: cdaOf(33) }], to: [DOCTOR], resend: true });
      await until();
    };
    await submitted(settings().plainPassword, () =>
      expect.poll(() => log("postfix.log"), { timeout: 20_000 }).toMatch(/sasl_method=PLAIN[\s\S]*queued as/),
    );
    await submitted("un-mauvais-mot", () =>
      expect.poll(() => log("postfix.log"), { timeout: 20_000 }).toContain("SASL PLAIN authentication failed"),
    );
    await expect.poll(() => ended("postfix.log"), { timeout: 10_000 }).toBeGreaterThan(before + 1);
    const { observations } = await importServerLogs(logs(true));
    const logins = observations.filter((one) => one.kind === "auth" && one.protocol === "smtp");
    expect(logins).toContainEqual(expect.objectContaining({ mechanism: "PLAIN", user: DOCTOR, ok: true, tls: true }));
    expect(logins).toContainEqual(expect.objectContaining({ mechanism: "PLAIN", ok: false, tls: true }));
    const text = JSON.stringify(observations);
    for (const password of [settings().plainPassword, "un-mauvais-mot"])
      for (const secret of [password, Buffer.from(`\0${DOCTOR}\0${password}`).toString("base64")])
        expect(text).not.toContain(secret);
    expect(text).toContain("AUTH PLAIN [credential]");
    expect(log("postfix.log")).toContain("AUTH PLAIN");
    expect(failed(await verdicts(logs(), { mailboxes: [{ address: DOCTOR, type: "PER" }] }))).toEqual(["ECO.1.2.1"]);
  });

  it("shows a password that came in clear to Dovecot, taken or refused", { timeout: 30_000 }, async () => {
    const { host, port } = settings().imap;
    // Dovecot lets a client of its own address log in without TLS, and no other.
    for (const [localAddress, told] of [
      ["127.0.0.2", "Plaintext authentication disabled"],
      ["127.0.0.1", "Login: user=<x@medecin.test.mssante.fr>"],
    ] as const) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ port, host, localAddress, family: 4 })
          .setEncoding("utf8")
          .once("error", reject)
          .once("close", () => resolve());
        const lines = ["1 LOGIN x@medecin.test.mssante.fr secret", "2 LOGOUT"];
        socket.on("data", () => {
          const line = lines.shift();
          if (line !== undefined) socket.write(`${line}\r\n`);
        });
      });
      await expect
        .poll(() => log("dovecot.log"), { timeout: 10_000 })
        .toMatch(new RegExp(`${told}[\\s\\S]*: Disconnected`));
      const results = await verdicts(logs(), { clients: [localAddress] });
      expect(results.get("ECO.1.0.2")?.verdict, told).toBe("fail");
    }
    expect(failed(await verdicts(logs(true)))).toEqual(["ECO.1.0.2", "ECO.1.1.1"]);
  });

  it("shows a client that speaks in clear", { timeout: 60_000 }, async () => {
    const before = ended("postfix.log");
    await speakInClear();
    await expect.poll(() => ended("postfix.log"), { timeout: 10_000 }).toBeGreaterThan(before);
    const results = await verdicts(logs(), {});
    expect(failed(results)).toEqual(["ECO.1.0.1", "ECO.1.0.2", "ECO.1.1.1"]);
    expect(results.get("ECO.1.0.1")?.evidence[0]?.what).toContain("MAIL");
  });
});

/** What docs/server-logs.md tells an operator to set. */
function logMore(folder: string): void {
  const postfix = ["-c", join(folder, "postfix")];
  execFileSync("postconf", [
    ...postfix,
    "-e",
    "smtpd_tls_loglevel=1",
    "debug_peer_list=127.0.0.1",
    "debug_peer_level=1",
  ]);
  execFileSync("postfix", [...postfix, "stop"], { stdio: "ignore" });
  execFileSync("postfix", [...postfix, "start"], { stdio: "ignore" });
  mkdirSync(join(folder, "raw"));
  chmodSync(join(folder, "raw"), 0o777);
  for (const name of ["dovecot.conf", "dovecot2.conf"]) {
    const path = join(folder, "dovecot", name);
    execFileSync("dovecot", ["-c", path, "stop"]);
    appendFileSync(
      path,
      `\nrawlog_dir = ${folder}/raw\nlogin_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %k session=<%{session}>\n`,
    );
    execFileSync("dovecot", ["-c", path], { stdio: "ignore" });
  }
}
