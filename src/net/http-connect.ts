import type { Socket } from "node:net";
import { MedimailError } from "../errors.js";

/** The answer of a proxy is a status line and a few headers; more than this is not an answer. */
const MAX_ANSWER = 16 * 1024;

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6) over a connected socket. What the server behind it sent along with
 * the proxy's answer (an SMTP greeting may come that early) is put back on the socket.
 *
 * @throws proxy_failed
 */
export function httpConnect(
  socket: Socket,
  host: string,
  port: number,
  credentials: string | undefined,
): Promise<Socket> {
  const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const done = (error?: MedimailError): void => {
      socket.pause();
      socket.removeListener("data", onData);
      socket.removeListener("close", onClose);
      if (!error) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    };
    const onClose = (): void =>
      done(new MedimailError("proxy_failed", "the proxy closed the connection without an answer"));
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0 && received.length <= MAX_ANSWER) return;
      if (end < 0 || end > MAX_ANSWER) {
        done(new MedimailError("proxy_failed", "the proxy's answer is too long to be one"));
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(
        received.toString("latin1", 0, Math.min(end + 2, 64)),
      )?.[1];
      if (status === undefined) done(new MedimailError("proxy_failed", "the proxy does not answer in HTTP"));
      else if (status === "407") {
        done(
          new MedimailError("proxy_failed", "the proxy asks for other credentials (407)", {
            retryable: false,
            hint: "Set the proxy's user name and password.",
          }),
        );
      } else if (!status.startsWith("2"))
        done(new MedimailError("proxy_failed", `the proxy refused the tunnel (${status})`));
      else {
        const early = received.subarray(end + 4);
        done();
        if (early.length > 0) socket.unshift(early);
      }
    };
    socket.on("data", onData);
    socket.once("close", onClose);
    const authorization =
      credentials === undefined
        ? ""
        : `Proxy-Authorization: Basic ${Buffer.from(credentials, "utf8").toString("base64")}\r\n`;
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  });
}
