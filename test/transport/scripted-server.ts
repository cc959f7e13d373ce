import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import type { TlsOptions } from "node:tls";
import { createSecureContext, TLSSocket } from "node:tls";

/** One client of a {@link scriptedServer}, as its script sees it. */
export class Peer {
  /** All lines received, for assertions. */
  readonly lines: string[] = [];
  #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  #listen(): void {
    this.#socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    const ended = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    this.#socket.on("error", ended);
    this.#socket.on("close", ended);
    this.#socket.on("end", ended);
  }

  get tls(): TLSSocket | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket : undefined;
  }

  /** Replies and other lines sent so far. */
  sent = 0;

  send(...lines: string[]): void {
    this.sent += lines.length;
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  raw(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  drop(): void {
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.end();
  }

  /** Everything up to and with `mark`; rejects where the client is gone first. */
  async until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if (at >= 0) {
        const found = this.#buffer.subarray(0, at + mark.length);
        this.#buffer = this.#buffer.subarray(at + mark.length);
        return found;
      }
      if (this.#ended) throw new ClientGone();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async line(): Promise<string> {
    const line = (await this.until("\r\n")).toString("utf8").slice(0, -2);
    this.lines.push(line);
    return line;
  }

  /** Reads a line that must begin so, whatever its case. */
  async expect(start: string): Promise<string> {
    const line = await this.line();
    if (!line.toUpperCase().startsWith(start.toUpperCase())) throw new Error(`script expected ${start}, got ${line}`);
    return line;
  }

  /** Resolves when the client is gone. */
  async gone(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What the client has sent and nobody read yet. */
  get pending(): string {
    return this.#buffer.toString("utf8");
  }

  get available(): number {
    return this.#buffer.length;
  }

  /** Waits for more bytes. */
  async more(): Promise<void> {
    if (this.#ended) throw new ClientGone();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  peek(): Buffer {
    return this.#buffer;
  }

  /** All bytes received and not read. */
  take(): Buffer {
    const taken = this.#buffer;
    this.#buffer = Buffer.alloc(0);
    return taken;
  }

  async startTls(options: TlsOptions): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners("data");
    const { requestCert = false, ...context } = options;
    const secured = new TLSSocket(plain, {
      isServer: true,
      secureContext: createSecureContext(context),
      requestCert,
      rejectUnauthorized: false,
    });
    this.#socket = secured;
    this.#buffer = Buffer.alloc(0);
    this.#listen();
    await new Promise<void>((resolve, reject) => {
      secured.once("secure", resolve);
      secured.once("error", reject);
      secured.once("close", () => reject(new ClientGone()));
    });
  }
}

export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

export interface ScriptedServer extends AsyncDisposable {
  port: number;
  /** Clients in order of arrival. */
  peers: Peer[];
  /** What scripts threw, except that the client was gone. */
  errors: unknown[];
}

/** A server on loopback that does what `script` says with each client: the `index`-th of them. */
export async function scriptedServer(script: (peer: Peer, index: number) => Promise<void>): Promise<ScriptedServer> {
  const peers: Peer[] = [];
  const errors: unknown[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const peer = new Peer(socket);
    peers.push(peer);
    script(peer, peers.length - 1).catch((error: unknown) => {
      if (!(error instanceof ClientGone)) errors.push(error);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    errors,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
