import type { Socket } from "node:net";
import type { MockContext } from "../context.js";
import { LineConnection } from "../wire/connection.js";
import { Listener } from "../wire/listener.js";
import { SmtpSession } from "./session.js";

/** The submission server: one session for each connection. */
export class SmtpServer {
  readonly listener: Listener;
  readonly #context: MockContext;
  #count = 0;

  constructor(context: MockContext) {
    this.#context = context;
    this.listener = new Listener((socket) => void this.#serve(socket));
  }

  async #serve(socket: Socket): Promise<void> {
    const { observer, limits } = this.#context;
    const connection = new LineConnection(socket, {
      id: `smtp-${++this.#count}`,
      protocol: "smtp",
      observe: observer.observe,
      idleMs: limits.idleMs,
    });
    const port = this.listener.port;
    observer.observe({ connection: connection.id, kind: "tcp", protocol: "smtp", what: "open", port });
    const session = new SmtpSession(this.#context, connection);
    try {
      await session.run(this.listener.size > limits.sessions);
    } catch (error) {
      this.#context.failed(error);
      connection.cut();
    } finally {
      observer.observe({ connection: connection.id, kind: "tcp", protocol: "smtp", what: "close", port });
    }
  }
}
