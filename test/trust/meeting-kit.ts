import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { isMedimailError } from "../../src/errors.js";
import { createHttp } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";
import type { ClientCertificate, CredentialSource } from "../../src/seams/index.js";
import { createImapMailbox } from "../../src/transport/imap/index.js";
import { createSmtpTransport } from "../../src/transport/smtp/index.js";
import { createTlsVerifier, type TlsVerifierOptions } from "../../src/trust/index.js";
import { HOST } from "./pki-kit.js";

export interface ServerSpec {
  tls?: TlsOptions;
  /** Its OCSP answer about itself. */
  staple?: Buffer;
  /** Does not offer STARTTLS. */
  withoutStartTls?: boolean;
  /** Sent at once behind the answer to STARTTLS. */
  injected?: string;
  /** In place of a handshake. */
  insteadOfTls?: string | "silence" | "close";
}

export interface Meeting {
  /** `ok`, or the code of the error. */
  outcome: string;
  message: string;
  /** Lines that the server has got, before and in TLS. */
  wire: string[];
}

const TOKEN = "canary-token-of-the-mailbox";

/** What must never come before all is verified. */
export const FORBIDDEN = /AUTH|LOGIN|MAIL FROM|RCPT|DATA|MAIL|SELECT|EXAMINE|canary/i;

/** A client of ours meets a server by one of the two protocols: what became of it, and all that the server got. */
export async function meet(
  protocol: "smtp" | "imap",
  spec: ServerSpec,
  options: Partial<TlsVerifierOptions> & { certificate?: ClientCertificate },
): Promise<Meeting> {
  const wire: string[] = [];
  const sockets = new Set<Socket>();
  const tls = createTlsServer(spec.tls ?? {});
  tls.on("OCSPRequest", (_cert, _issuer, callback) => callback(null, spec.staple ?? Buffer.alloc(0)));
  tls.on("tlsClientError", () => {});
  tls.on("secureConnection", (socket: TLSSocket) => talk(socket, protocol, spec, wire, undefined));
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.write(protocol === "smtp" ? "220 mx ESMTP\r\n" : "* OK ready\r\n");
    talk(socket, protocol, spec, wire, (plain) => tls.emit("connection", plain));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const dialer = createDialer();
  const http = createHttp({ dialer, plain: true });
  const { certificate, ...verifier } = options;
  const credentials: CredentialSource = {
    certificate: async () => certificate,
    sasl: async () => ({ mechanism: "xoauth2", username: "labo@ch.mssante.fr", token: TOKEN, initialResponse: true }),
    refused: async () => false,
    close: async () => {},
  };
  const shared = {
    host: HOST,
    port,
    // The name is of nobody: every host is here.
    dialer: { ...dialer, connect: (_host: string, to: number) => dialer.connect("127.0.0.1", to) } as typeof dialer,
    tls: createTlsVerifier({
      ca: [],
      revocation: "strict",
      http,
      revocationTimeoutMs: 10_000,
      handshakeTimeoutMs: 15_000,
      ...verifier,
    }),
    credentials,
  };
  try {
    await (protocol === "smtp" ? send(shared) : look(shared));
    return { outcome: "ok", message: "", wire };
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return { outcome: error.code, message: error.message, wire };
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await http.close();
  }
}

type Shared = Parameters<typeof createImapMailbox>[0] extends infer T ? Omit<T, "mailbox"> : never;

async function send(shared: Shared): Promise<void> {
  const transport = createSmtpTransport({ ...shared, clientName: "lps.test", closeGraceMs: 50 });
  try {
    const content = [Buffer.from("Subject: canary\r\n\r\ncanary\r\n")];
    await transport.send({
      from: "labo@ch.mssante.fr",
      to: ["a@b.mssante.fr"],
      content,
      size: content[0]?.length ?? 0,
    });
  } finally {
    await transport.close();
  }
}

async function look(shared: Shared): Promise<void> {
  const mailbox = createImapMailbox({ ...shared, mailbox: "labo@ch.mssante.fr", backoff: { minMs: 1, maxMs: 2 } });
  try {
    await mailbox.folders();
  } finally {
    await mailbox.close();
  }
}

/** A small server of either protocol that takes everything. */
function talk(
  socket: Socket,
  protocol: "smtp" | "imap",
  spec: ServerSpec,
  wire: string[],
  upgrade: ((plain: Socket) => void) | undefined,
): void {
  let buffer = "";
  let inData = false;
  const say = (...lines: string[]) => void socket.write(lines.map((line) => `${line}\r\n`).join(""));
  socket.on("error", () => {});
  const onData = (chunk: Buffer) => {
    buffer += chunk.toString("latin1");
    for (let at = buffer.indexOf("\r\n"); at >= 0; at = buffer.indexOf("\r\n")) {
      const line = buffer.slice(0, at);
      buffer = buffer.slice(at + 2);
      wire.push(line);
      if (inData) {
        if (line === ".") {
          inData = false;
          say("250 queued");
        }
        continue;
      }
      const [first = "", second = ""] = line.split(" ");
      const verb = (protocol === "smtp" ? first : second).toUpperCase();
      if (verb === "STARTTLS" && upgrade) {
        socket.off("data", onData);
        socket.write(`${protocol === "smtp" ? "220 go" : `${first} OK go`}\r\n${spec.injected ?? ""}`);
        if (spec.insteadOfTls === "close") socket.destroy();
        else if (spec.insteadOfTls === "silence") socket.resume();
        // Later than the answer, or it would be text behind STARTTLS.
        else if (spec.insteadOfTls !== undefined) setTimeout(() => socket.write(spec.insteadOfTls as string), 50);
        else upgrade(socket);
        return;
      }
      const offers = upgrade && !spec.withoutStartTls;
      if (protocol === "imap") imap(say, first, verb, line, offers === true, upgrade === undefined);
      else if (verb === "EHLO") say("250-mx", offers ? "250 STARTTLS" : upgrade ? "250 8BITMIME" : "250 AUTH XOAUTH2");
      else if (verb === "AUTH") say("235 ok");
      else if (verb === "DATA") {
        inData = true;
        say("354 go");
      } else if (verb === "QUIT") say("221 bye");
      else say("250 ok");
    }
  };
  socket.on("data", onData);
}

function imap(
  say: (...lines: string[]) => void,
  tag: string,
  verb: string,
  line: string,
  offers: boolean,
  secure: boolean,
): void {
  if (verb === "CAPABILITY")
    say(`* CAPABILITY IMAP4rev1${offers ? " STARTTLS LOGINDISABLED" : ""}${secure ? " SASL-IR AUTH=XOAUTH2" : ""}`);
  if (verb === "LIST" && !line.endsWith('""')) say('* LIST () "/" INBOX');
  if (verb === "LIST" && line.endsWith('""')) say('* LIST (\\Noselect) "/" ""');
  if (verb === "LOGOUT") say("* BYE bye");
  say(`${tag} OK done`);
}
