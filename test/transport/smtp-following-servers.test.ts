import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { certificateCredentials } from "../../src/auth/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import type { ClientCertificate, TlsVerifier } from "../../src/seams/index.js";
import { createTlsVerifier } from "../../src/trust/index.js";
import { describeWithOperator, operatorClient } from "../tools/operator.js";
import { mail, transportTo } from "./smtp-kit.js";

const MAILS = 60;

/** A verifier that counts the final dots written by its sessions, and those of them with an envelope behind. */
function counting(ca: string): { tls: TlsVerifier; counts: { dots: number; followed: number } } {
  const verifier = createTlsVerifier({ ca: [ca], revocation: "off" });
  const counts = { dots: 0, followed: 0 };
  const upgrade: TlsVerifier["upgrade"] = async (...all) => {
    const socket = await verifier.upgrade(...all);
    const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
    socket.write = ((...all: unknown[]) => {
      if (typeof all[0] === "string" && all[0].startsWith(".\r\n")) {
        counts.dots++;
        if (all[0].startsWith(".\r\nMAIL FROM:")) counts.followed++;
      }
      return write(...all);
    }) as typeof socket.write;
    return socket;
  };
  return { tls: { upgrade }, counts };
}

async function sendAll(
  server: { host: string; port: number; ca: string; from: string; to: string },
  certificate: ClientCertificate,
): Promise<{ dots: number; followed: number; answers: Set<number> }> {
  const { tls, counts } = counting(server.ca);
  const credentials = certificateCredentials({
    sasl: { smtp: "none", imap: "external" },
    p12: async () => certificate.pfx as Uint8Array,
    passphrase: async () => certificate.passphrase as string,
  });
  await using transport = transportTo(server.port, { host: server.host, tls, credentials, maxConnections: 2 });
  const results = await Promise.all(
    Array.from({ length: MAILS }, (_, n) =>
      transport.send(
        mail(`Subject: essai ${n}\r\nMessage-ID: <n${n}@test>\r\nFrom: <${server.from}>\r\n\r\n.bonjour\r\n`, {
          from: server.from,
          to: [server.to],
        }),
      ),
    ),
  );
  return { ...counts, answers: new Set(results.map(({ reply }) => reply)) };
}

const ids = (found: Iterable<string | undefined>) => [...found].map((id) => Number(/n(\d+)@/.exec(id ?? "")?.[1]));
const each = Array.from({ length: MAILS }, (_, n) => n);
const inOrder = (numbers: number[]) => numbers.sort((a, b) => a - b);

describe("the mock", () => {
  it("takes envelopes behind final dots, each mail once", async () => {
    const from = "labo@ch-exemple.mssante.fr";
    const to = "martin.dupont@medecin.mssante.fr";
    await using mock = await startMockMedimail();
    const { p12, passphrase } = await mock.certificate(from);
    const sent = await sendAll({ ...mock.smtp, ca: mock.ca, from, to }, { pfx: p12, passphrase });
    expect(sent).toMatchObject({ dots: MAILS, answers: new Set([250]) });
    // One session tries it; the two send the last mail of each without a follower.
    expect(sent.followed).toBeGreaterThan(MAILS / 2);
    expect(
      inOrder(
        ids(
          mock
            .mailbox(to)
            .messages()
            .map((message) => message.messageId),
        ),
      ),
    ).toEqual(each);
  });
});

describeWithOperator("a real Postfix, which forbids pipelining where RFC 2920 does", (settings) => {
  it("takes envelopes behind final dots, each mail once", { timeout: 120_000 }, async () => {
    const { smtpCertificate, clientCertificateMailbox: from, clientP12, clientP12Passphrase } = settings();
    const to = "dr.suite@medecin.test.mssante.fr";
    const main = join(dirname(settings().ca), "../postfix");
    const strict = ["smtpd_forbid_unauth_pipelining=yes", "smtpd_data_restrictions=reject_unauth_pipelining"];
    execFileSync("/usr/sbin/postconf", ["-c", main, "-e", ...strict]);
    const sent = await sendAll(
      { ...smtpCertificate, ca: readFileSync(settings().ca, "utf8"), from, to },
      { pfx: readFileSync(clientP12), passphrase: clientP12Passphrase },
    );
    expect(sent).toMatchObject({ dots: MAILS, answers: new Set([250]) });
    expect(sent.followed).toBeGreaterThan(MAILS / 2);
    const client = await operatorClient(settings(), to);
    try {
      const count = async () => {
        const status = await client.status("INBOX", { messages: true });
        return status ? status.messages : 0;
      };
      await expect.poll(count, { timeout: 60_000, interval: 200 }).toBe(MAILS);
      const lock = await client.getMailboxLock("INBOX");
      const found: (string | undefined)[] = [];
      for await (const message of client.fetch("1:*", { envelope: true })) found.push(message.envelope?.messageId);
      lock.release();
      expect(inOrder(ids(found))).toEqual(each);
    } finally {
      await client.logout();
    }
  });
});
