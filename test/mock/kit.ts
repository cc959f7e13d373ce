import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connect as tlsConnect } from "node:tls";
import type { MockMedimail, MockMedimailOptions } from "../../src/mock/index.js";
import { startMockMedimail } from "../../src/mock/index.js";

export const LABO = "labo@ch-exemple.mssante.fr";
export const SECRETARIAT = "secretariat.cardiologie@ch-exemple.mssante.fr";
export const DUPONT = "martin.dupont@medecin.mssante.fr";
export const MOREL = "claire.morel@medecin.mssante.fr";
/** A fictional INS: its key is 97 - (1800175123456 mod 97). */
export const PATIENT = `1800175123456${String(97 - (1800175123456 % 97)).padStart(2, "0")}@patient.mssante.fr`;

/** Starts a mock that must end without a problem of its own. */
export async function started(options: MockMedimailOptions = {}): Promise<MockMedimail> {
  return startMockMedimail(options);
}

export function mail(
  id: string,
  options: { from?: string; to?: string; body?: string; headers?: string[] } = {},
): string {
  const { from = LABO, to = DUPONT, body = "Bonjour", headers = [] } = options;
  return [
    `From: "Laboratoire" <${from}>`,
    `To: <${to}>`,
    "Subject: Essai",
    "Date: Mon, 05 Jan 2026 10:00:00 +0100",
    `Message-ID: <${id}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    ...headers,
    "",
    body,
    "",
  ].join("\r\n");
}

/** A client made of a bare socket: it says exactly what a test wants. */
export class RawClient {
  #socket: Socket | TLSSocket;
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#attach(socket);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new RawClient(socket);
  }

  #attach(socket: Socket): void {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  send(data: string | Buffer): void {
    this.#socket.write(data);
  }

  /** Next line; undefined at the end of the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf("\r\n");
      if (at >= 0) {
        const line = this.#buffer.toString("utf8", 0, at);
        this.#buffer = this.#buffer.subarray(at + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async bytes(count: number): Promise<string> {
    while (this.#buffer.length < count && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const out = this.#buffer.toString("latin1", 0, count);
    this.#buffer = this.#buffer.subarray(count);
    return out;
  }

  /** An SMTP reply, its lines joined; "closed" at the end. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return lines.length > 0 ? lines.join("\n") : "closed";
      lines.push(line);
      if (line[3] !== "-") return lines.join("\n");
    }
  }

  async smtp(command: string): Promise<string> {
    this.send(`${command}\r\n`);
    return this.reply();
  }

  /** An IMAP command with its answer, literals put between the lines as they are. */
  async imap(command: string, tag = "A1"): Promise<string> {
    this.send(`${tag} ${command}\r\n`);
    return this.imapAnswer(tag);
  }

  async imapAnswer(tag = "A1"): Promise<string> {
    let out = "";
    for (;;) {
      const line = await this.line();
      if (line === undefined) return `${out}closed`;
      out += `${line}\n`;
      const literal = /\{(\d+)\}$/.exec(line);
      if (literal) out += `${await this.bytes(Number(literal[1]))}`;
      else if (line.startsWith(`${tag} `) || line.startsWith("+")) return out;
    }
  }

  /** What is received before the handshake and not read is counted by the caller: {@link pendingText}. */
  get pendingText(): string {
    return this.#buffer.toString("latin1");
  }

  async secure(options: ConnectionOptions): Promise<TLSSocket> {
    const plain = this.#socket;
    plain.removeAllListeners("data");
    this.#buffer = Buffer.alloc(0);
    const socket = tlsConnect({ socket: plain, servername: "localhost", ...options });
    await once(socket, "secureConnect");
    this.#socket = socket;
    this.#attach(socket);
    return socket;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.end();
  }
}

/** Connected, greeted, under TLS, greeted again. */
export async function smtpClient(mock: MockMedimail, certificateOf?: string): Promise<RawClient> {
  const client = await RawClient.connect(mock.smtp.port);
  await client.reply();
  await client.smtp("EHLO test.example");
  await client.smtp("STARTTLS");
  await client.secure({ ca: mock.ca, ...(await pem(mock, certificateOf)) });
  await client.smtp("EHLO test.example");
  return client;
}

/** Connected, under TLS, and authenticated where an address is given. */
export async function imapClient(mock: MockMedimail, address?: string): Promise<RawClient> {
  const client = await RawClient.connect(mock.imap.port);
  await client.line();
  await client.imap("STARTTLS");
  const certificate = address === LABO ? LABO : undefined;
  await client.secure({ ca: mock.ca, ...(await pem(mock, certificate)) });
  if (address === LABO) await client.imap("AUTHENTICATE EXTERNAL =");
  else if (address) await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(address, mock.token(address))}`);
  return client;
}

async function pem(mock: MockMedimail, address: string | undefined): Promise<{ cert?: string; key?: string }> {
  if (address === undefined) return {};
  const { certificate, key } = await mock.certificate(address);
  return { cert: certificate, key };
}

export function xoauth2(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString("base64");
}

/** Hands over one mail by the laboratory's certificate; the answer to the final dot. */
export async function submit(
  client: RawClient,
  id: string,
  options: { to?: string; mail?: string; rcpt?: string; data?: string; headers?: string[] } = {},
): Promise<string> {
  const { to = DUPONT, mail: parameters = "", rcpt = "", headers = [] } = options;
  const sender = await client.smtp(`MAIL FROM:<${LABO}>${parameters}`);
  if (!sender.startsWith("250")) return sender;
  const recipient = await client.smtp(`RCPT TO:<${to}>${rcpt}`);
  if (!recipient.startsWith("250")) return recipient;
  const go = await client.smtp("DATA");
  if (!go.startsWith("354")) return go;
  client.send(`${options.data ?? mail(id, { to, headers })}.\r\n`);
  return client.reply();
}
