import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { MedimailError } from "../../errors.js";

/** A loopback port and the sockets that came by it: `close` leaves none. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(onSocket: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      onSocket(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** On 127.0.0.1 only: a mock holds what tests send, and has no business on a network. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause) => {
        reject(
          new MedimailError("mock_failed", `The mock cannot listen on 127.0.0.1:${port}`, {
            cause,
            hint: "Use port 0 for a free one.",
          }),
        );
      });
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = this.#server.listening
      ? new Promise<void>((resolve) => this.#server.close(() => resolve()))
      : Promise.resolve();
    const gone = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([closed, ...gone]);
  }
}
