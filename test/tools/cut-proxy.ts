import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A line between a client and a server that a test can cut, freeze and slow down; it sees bytes, not what they say. */
export class CutProxy implements AsyncDisposable {
  readonly #target: number;
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #delayMs: number;
  #server: Server | undefined;
  readonly #frozen = new Set<[Socket, Socket]>();
  port = 0;
  /** Connections so far. */
  count = 0;

  constructor(target: number, { delayMs = 0 }: { delayMs?: number } = {}) {
    this.#target = target;
    this.#delayMs = delayMs;
  }

  async start(): Promise<this> {
    const server = createServer({ noDelay: true }, (client) => this.#serve(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  #serve(client: Socket): void {
    this.count += 1;
    const server = connect(this.#target, "127.0.0.1");
    server.setNoDelay(true);
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("error", () => {});
      from.on("data", (bytes) => {
        if (this.#frozen.has(pair)) return;
        if (this.#delayMs === 0) to.write(bytes);
        else setTimeout(() => to.destroyed || to.write(bytes), this.#delayMs);
      });
      from.on("close", () => {
        this.#pairs.delete(pair);
        // A frozen line does not tell its end either.
        if (!this.#frozen.has(pair)) setTimeout(() => to.destroy(), this.#delayMs);
      });
    }
  }

  /** Connections open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Every connection breaks. */
  cut(): void {
    for (const [client, server] of [...this.#pairs]) {
      client.destroy();
      server.destroy();
    }
  }

  /** On the connections open now nothing passes any more, and nobody is told: half-open lines. New ones pass. */
  freeze(): void {
    for (const pair of this.#pairs) this.#frozen.add(pair);
  }

  /** The server is down: connections break, new ones are refused. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.cut();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
