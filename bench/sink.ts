// An SMTP server that takes every mail and keeps none: the other end of every contender, in a process of its own.
// IPC: {tls?: {cert, key, ca}, roundTripMs?} once, answered by {port}; then "count", answered by {mails, bytes}.
import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

const END = Buffer.from("\r\n.\r\n");
const CRLF = Buffer.from("\r\n");
const counted = { mails: 0, bytes: 0 };

const REPLIES: Record<string, string> = {
  MAIL: "250 2.1.0 ok\r\n",
  RCPT: "250 2.1.5 ok\r\n",
  DATA: "354 go\r\n",
  RSET: "250 2.0.0 ok\r\n",
  NOOP: "250 2.0.0 ok\r\n",
};

function serve(first: Socket, secure: ((socket: Socket) => TLSSocket) | undefined, roundTripMs: number): void {
  let socket = first;
  let encrypted = false;
  let inData = false;
  let rest: Buffer | undefined;

  const onData = (received: Buffer): void => {
    let bytes = rest ? Buffer.concat([rest, received]) : received;
    rest = undefined;
    let answer = "";
    while (bytes.length > 0) {
      if (inData) {
        const end = bytes.indexOf(END);
        if (end < 0) {
          // The end may be cut between two chunks: its first four bytes are kept.
          const kept = Math.min(bytes.length, END.length - 1);
          counted.bytes += bytes.length - kept;
          rest = Buffer.from(bytes.subarray(bytes.length - kept));
          break;
        }
        counted.bytes += end + 2;
        counted.mails += 1;
        inData = false;
        answer += "250 2.0.0 queued\r\n";
        bytes = bytes.subarray(end + END.length);
        continue;
      }
      const end = bytes.indexOf(CRLF);
      if (end < 0) {
        rest = Buffer.from(bytes);
        break;
      }
      const verb = bytes.toString("latin1", 0, Math.min(4, end)).toUpperCase();
      bytes = bytes.subarray(end + 2);
      if (verb === "STAR" && secure) {
        socket.removeListener("data", onData);
        socket.write("220 2.0.0 go\r\n");
        socket = secure(socket);
        encrypted = true;
        attach();
        return;
      }
      if (verb === "QUIT") {
        socket.end(`${answer}221 2.0.0 bye\r\n`);
        return;
      }
      inData = verb === "DATA";
      answer += verb === "EHLO" || verb === "HELO" ? capabilities() : (REPLIES[verb] ?? "502 5.5.1 unknown\r\n");
    }
    if (answer === "") return;
    const to = socket;
    // A line as long as that: whoever waits for an answer waits for the way there and back.
    if (roundTripMs === 0) to.write(answer, "latin1");
    else setTimeout(() => to.destroyed || to.write(answer, "latin1"), roundTripMs);
  };
  const capabilities = (): string =>
    `250-sink.bench\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n${secure && !encrypted ? "250-STARTTLS\r\n" : ""}250 8BITMIME\r\n`;
  const attach = (): void => {
    socket.on("data", onData);
    socket.on("error", () => socket.destroy());
  };
  socket.setNoDelay(true);
  attach();
  socket.write("220 sink.bench ESMTP\r\n");
}

interface SinkStart {
  tls?: { cert: string; key: string; ca: string };
  /** Time from a command to its answer, where it is more than the loopback's. */
  roundTripMs?: number;
}

process.on("message", (message: SinkStart | "count") => {
  if (message === "count") {
    process.send?.({ ...counted });
    return;
  }
  const { tls, roundTripMs = 0 } = message;
  const secureContext = tls && createSecureContext(tls);
  const secure =
    secureContext &&
    ((socket: Socket) =>
      new TLSSocket(socket, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false }));
  const server = createServer((socket) => serve(socket, secure, roundTripMs));
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
  });
});
process.on("disconnect", () => process.exit(0));
