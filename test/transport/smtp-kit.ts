import { createDialer } from "../../src/net/index.js";
import type { CredentialSource, OutgoingMail, SaslStep } from "../../src/seams/index.js";
import type { SmtpTransport, SmtpTransportOptions } from "../../src/transport/smtp/index.js";
import { createSmtpTransport } from "../../src/transport/smtp/index.js";
import { createTlsVerifier } from "../../src/trust/index.js";
import { testAuthority } from "../tools/certificates.js";
import type { Peer } from "./scripted-server.js";

export const authority = testAuthority();
export const serverCertificate = authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] });

export function credentials(
  steps: SaslStep | SaslStep[] = { mechanism: "none" },
  renewable = false,
): CredentialSource & { refusals: number } {
  const list = Array.isArray(steps) ? [...steps] : [steps];
  return {
    refusals: 0,
    certificate: async () => undefined,
    sasl: async () => (list.length > 1 ? (list.shift() as SaslStep) : (list[0] as SaslStep)),
    async refused() {
      this.refusals++;
      return renewable;
    },
    close: async () => {},
  };
}

export function transportTo(
  port: number,
  options: Partial<SmtpTransportOptions> = {},
): SmtpTransport & AsyncDisposable {
  const transport = createSmtpTransport({
    host: "localhost",
    port,
    dialer: createDialer(),
    tls: createTlsVerifier({ ca: [authority.cert], revocation: "off" }),
    credentials: credentials(),
    clientName: "lps.test",
    closeGraceMs: 200,
    ...options,
  });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() });
}

/** Without TLS, for what the dialogue alone shows. */
export function plainTransportTo(
  port: number,
  options: Partial<SmtpTransportOptions> = {},
): SmtpTransport & AsyncDisposable {
  return transportTo(port, { insecurePlaintext: true, ...options });
}

export function mail(
  content: string | Uint8Array[] = "Subject: essai\r\n\r\nbonjour\r\n",
  more: Partial<OutgoingMail> = {},
): OutgoingMail {
  const chunks = typeof content === "string" ? [Buffer.from(content)] : content;
  return {
    from: "labo@ch-test.mssante.fr",
    to: ["a@medecin.test.mssante.fr"],
    content: chunks,
    size: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    ...more,
  };
}

export const ALL = ["PIPELINING", "SIZE 1000000", "DSN", "8BITMIME", "SMTPUTF8"];

export async function greet(peer: Peer, capabilities: readonly string[] = ALL): Promise<void> {
  peer.send("220 mx.test ESMTP");
  await peer.expect("EHLO");
  ehloAnswer(peer, capabilities);
}

export function ehloAnswer(peer: Peer, capabilities: readonly string[]): void {
  const lines = ["mx.test", ...capabilities];
  peer.send(...lines.map((line, index) => `250${index === lines.length - 1 ? " " : "-"}${line}`));
}

/** Greeting, STARTTLS and the second EHLO, with the certificate that the tests' verifier trusts. */
export async function greetTls(peer: Peer, capabilities: readonly string[] = ALL): Promise<void> {
  await greet(peer, ["STARTTLS", ...capabilities]);
  await peer.expect("STARTTLS");
  peer.send("220 2.0.0 go");
  await peer.startTls(serverCertificate);
  await peer.expect("EHLO");
  ehloAnswer(peer, capabilities);
}

/** Takes one mail whole and gives back its content, dots undone. */
export async function takeMail(peer: Peer, answer = "250 2.0.0 queued"): Promise<string> {
  await peer.expect("MAIL");
  peer.send("250 2.1.0 ok");
  for (;;) {
    const line = await peer.line();
    if (line === "DATA") break;
    peer.send("250 2.1.5 ok");
  }
  peer.send("354 go");
  const content = await readContent(peer);
  peer.send(answer);
  return content;
}

export async function readContent(peer: Peer): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = (await peer.until("\r\n")).toString("latin1");
    if (line === ".\r\n") return lines.join("");
    lines.push(line.startsWith(".") ? line.slice(1) : line);
  }
}
