import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Random } from "../../src/seams/index.js";

export interface BadLineOptions {
  target: number;
  random: Random;
  /** How probable a break is at this piece of what one of the two says, 0 to 1. */
  breaks: (bytes: Buffer, from: "client" | "server") => number;
  /** After a break nobody gets through for up to this long, now and then, ms. Default 0. */
  closedMs?: number;
}

/** A line that breaks at random: before a piece is passed on, after it, or in its middle; now and then it is only late. */
export class BadLine {
  readonly #server = createServer((client) => this.#serve(client));
  readonly #sockets = new Set<Socket>();
  #closedUntil = 0;
  breaks = 0;
  /** No breaks any more. */
  calm = false;

  #target: number;

  constructor(private readonly options: BadLineOptions) {
    this.#target = options.target;
  }

  /** Leads elsewhere from now on; what is open ends. */
  to(port: number): void {
    this.#target = port;
    for (const socket of this.#sockets) socket.destroy();
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket): void {
    if (performance.now() < this.#closedUntil) {
      client.destroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on("data", (bytes) => this.#pass(bytes, "client", server, end));
    server.on("data", (bytes) => this.#pass(bytes, "server", client, end));
  }

  #pass(bytes: Buffer, from: "client" | "server", to: Socket, end: () => void): void {
    const { random, breaks, closedMs = 0 } = this.options;
    if (this.calm || random.fraction() > breaks(bytes, from)) {
      to.write(bytes);
      return;
    }
    this.breaks += 1;
    const how = random.fraction();
    if (how < 0.35) end();
    else if (how < 0.7) to.write(bytes, () => setTimeout(end, 30));
    else to.write(bytes.subarray(0, Math.floor(random.fraction() * bytes.length)), () => setTimeout(end, 5));
    if (closedMs === 0 || random.fraction() > 0.3) return;
    this.#closedUntil = performance.now() + random.fraction() * closedMs;
    for (const socket of this.#sockets) if (random.fraction() < 0.5) socket.destroy();
  }
}
