import type { Socket } from "node:net";
import type { MockContext } from "../context.js";
import { LineConnection } from "../wire/connection.js";
import { Listener } from "../wire/listener.js";
import { ImapDialogue } from "./dialogue.js";
import { ImapSession } from "./session.js";

/** The IMAP server: one session for each connection. */
export class ImapServer {
  readonly listener: Listener;
  readonly #context: MockContext;
  readonly #sessions = new Set<ImapSession>();
  #count = 0;

  constructor(context: MockContext) {
    this.#context = context;
    this.listener = new Listener((socket) => void this.#serve(socket));
  }

  async #serve(socket: Socket): Promise<void> {
    const { observer, limits } = this.#context;
    const connection = new LineConnection(socket, {
      id: `imap-${++this.#count}`,
      protocol: "imap",
      observe: observer.observe,
      idleMs: limits.idleMs,
    });
    const port = this.listener.port;
    observer.observe({ connection: connection.id, kind: "tcp", protocol: "imap", what: "open", port });
    const session = new ImapSession(this.#context, connection);
    this.#sessions.add(session);
    try {
      await new ImapDialogue(session).run(this.listener.size > limits.sessions);
    } catch (error) {
      this.#context.failed(error);
      connection.cut();
    } finally {
      session.close();
      this.#sessions.delete(session);
      observer.observe({ connection: connection.id, kind: "tcp", protocol: "imap", what: "close", port });
    }
  }
  /** Ends the sessions of a mailbox, or all: cut, or with a BYE; how many. */
  disconnect(address: string | undefined, bye: string | undefined): number {
    const ended = [...this.#sessions].filter(({ user }) => address === undefined || user?.address === address);
    for (const session of ended) session.disconnect(bye);
    return ended.length;
  }
}
