import type { Socket } from "node:net";
import { SocksClient } from "socks";
import { MedimailError } from "../errors.js";

/**
 * Asks a SOCKS5 proxy for a tunnel (RFC 1928, RFC 1929) over a connected socket; the name is resolved by the proxy.
 *
 * @throws proxy_failed
 */
export async function socksConnect(
  socket: Socket,
  host: string,
  port: number,
  credentials: { username: string; password: string } | undefined,
): Promise<Socket> {
  const early: Buffer[] = [];
  const collect = (chunk: Buffer): void => {
    early.push(chunk);
  };
  try {
    const { remoteHost } = await SocksClient.createConnection({
      command: "connect",
      destination: { host, port },
      // Connected already: host and port here are only what the library demands to be filled in.
      existing_socket: socket,
      proxy: {
        host: "127.0.0.1",
        port: 1080,
        type: 5,
        ...(credentials ? { userId: credentials.username, password: credentials.password } : {}),
      },
      // Ours is shorter and covers the whole; 24 h is "never" here.
      timeout: 86_400_000,
    });
    // The library takes an address of a kind that it does not know for one of no length: what follows would be read as the server's first words.
    if (!remoteHost) throw new Error("an address of an unknown type");
  } catch (error) {
    socket.destroy();
    // The library hangs its options, password included, on its errors: only the text is taken.
    const text = error instanceof Error ? error.message : "unknown reason";
    const refused = /authentication failed|no accepted authentication/i.test(text);
    throw new MedimailError(
      "proxy_failed",
      `the SOCKS proxy did not open the tunnel (${text})`,
      refused ? { retryable: false } : {},
    );
  }
  // The library re-emits what came with the proxy's last answer, then resumes the socket, in a later turn: bytes that
  // nobody listens to by then would be lost.
  socket.on("data", collect);
  await new Promise((resolve) => setImmediate(resolve));
  socket.pause();
  socket.removeListener("data", collect);
  if (early.length > 0) socket.unshift(Buffer.concat(early));
  return socket;
}
