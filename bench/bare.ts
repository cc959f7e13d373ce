import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Contender } from "./contender.js";
import { FROM, type ReadyMade, readyMade, TO } from "./mails.js";
import type { ContenderStart } from "./protocol.js";

const DOT = Buffer.from(".\r\n");

/** Sockets and nothing else: no queue, no parsing but the count of answers, no dots to double. What the sink can take. */
export function bareContender({ port, connections, tls }: ContenderStart): Contender {
  return async (count) => {
    const mails = await readyMade(count);
    const sockets = await Promise.all(Array.from({ length: connections }, () => open(port, tls)));
    return async () => {
      let bytes = 0;
      const queue = mails.values();
      const next = () => {
        const mail = queue.next().value;
        bytes += mail?.raw.length ?? 0;
        return mail;
      };
      await Promise.all(sockets.map((socket) => drain(socket, next)));
      return { bytes, close: async () => sockets.forEach((socket) => void socket.destroy()) };
    };
  };
}

async function open(port: number, tls: ContenderStart["tls"]): Promise<Socket> {
  let socket: Socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await answers(socket, 1);
  socket.write("EHLO bench.test\r\n");
  await answers(socket, 1);
  if (!tls) return socket;
  socket.write("STARTTLS\r\n");
  await answers(socket, 1);
  socket = connectTls({ socket, host: "127.0.0.1", ca: tls.ca, ...tls.client });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  socket.write("EHLO bench.test\r\n");
  await answers(socket, 1);
  return socket;
}

async function drain(socket: Socket, next: () => ReadyMade | undefined): Promise<void> {
  for (let mail = next(); mail; mail = next()) {
    socket.write(`MAIL FROM:<${FROM}>\r\nRCPT TO:<${TO}>\r\nDATA\r\n`);
    await answers(socket, 3);
    socket.cork();
    socket.write(mail.raw);
    socket.write(DOT);
    socket.uncork();
    await answers(socket, 1);
  }
}

/** Resolves when so many answers have come; only the sink's, which are a line each but for EHLO's. */
function answers(socket: Socket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    const onData = (chunk: Buffer) => {
      for (const line of chunk.toString("latin1").split("\r\n")) {
        if (/^[45]/.test(line)) reject(new Error(`the sink refused: ${line}`));
        if (/^[23]\d\d /.test(line)) left -= 1;
      }
      if (left > 0) return;
      socket.removeListener("data", onData);
      resolve();
    };
    socket.on("data", onData);
  });
}
