import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import type { LogFields, Logger, LogLevel } from "../../src/log.js";
import { MllpDecoder, type MllpServerOptions, mllpBlock, startMllpServer } from "../../src/transport/mllp/index.js";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (content: Uint8Array): string => new TextDecoder().decode(content);
export const block = (content: string): Uint8Array => mllpBlock(bytes(content));

export interface Line {
  level: LogLevel;
  event: string;
  fields: LogFields;
}

/** A logger that keeps what it is told. */
export function kept(): { logger: Logger; lines: Line[]; codes: (event: string) => (string | undefined)[] } {
  const lines: Line[] = [];
  return {
    lines,
    logger: { log: (level, event, fields) => void lines.push({ level, event, fields }) },
    codes: (event) => lines.filter((line) => line.event === event).map(({ fields }) => fields.code),
  };
}

/** A server that answers each message with `ack MESSAGE`, with its log. */
export async function started(options: Partial<MllpServerOptions> = {}) {
  const log = kept();
  const server = await startMllpServer({
    onMessage: async (content) => bytes(`ack ${text(content)}`),
    logger: log.logger,
    ...options,
  });
  return { server, log, port: server.port, [Symbol.asyncDispose]: () => server.close() };
}

/** A bare client, that writes what a test wants and reads answers. */
export class Sender {
  readonly socket: Socket;
  readonly answers: string[] = [];
  closed = false;
  /** The server has said that it says no more. */
  ended = false;
  #wake: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new MllpDecoder((content) => this.answers.push(text(content)));
    const woken = (): void => {
      for (const wake of this.#wake.splice(0)) wake();
    };
    socket.on("data", (chunk) => {
      decoder.push(chunk);
      woken();
    });
    socket.on("error", () => {});
    socket.on("end", () => {
      this.ended = true;
      woken();
    });
    socket.on("close", () => {
      this.closed = true;
      woken();
    });
  }

  static async to(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<Sender> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Sender(socket);
  }

  static async over(options: ConnectionOptions): Promise<Sender> {
    const socket = tlsConnect({ host: "127.0.0.1", servername: "eai.test", ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
    });
    return new Sender(socket);
  }

  /** Resolves when `holds` does, looked at whenever something comes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.closed) throw new Error("the connection is closed");
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async answered(count: number): Promise<string[]> {
    await this.until(() => this.answers.length >= count);
    return this.answers;
  }

  async gone(): Promise<void> {
    await this.until(() => true);
    while (!this.closed) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }
}

/** Resolves when `holds` does; rejects after 5 s. */
export async function eventually(holds: () => boolean): Promise<void> {
  for (let end = performance.now() + 5_000; !holds(); ) {
    if (performance.now() > end) throw new Error("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A promise that a test opens. */
export function gate<T = void>(): { wait: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const wait = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}
