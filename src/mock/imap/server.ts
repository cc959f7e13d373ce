import type { MockContext } from "../context.js";
import type { Listener } from "../wire/listener.js";
import { sessionListener } from "../wire/sessions.js";
import { ImapDialogue } from "./dialogue.js";
import { ImapSession } from "./session.js";

/** The IMAP server: one session for each connection. */
export class ImapServer {
  readonly listener: Listener;
  readonly #sessions = new Set<ImapSession>();

  constructor(context: MockContext) {
    this.listener = sessionListener(context, "imap", async (connection, isFull) => {
      const session = new ImapSession(context, connection);
      this.#sessions.add(session);
      try {
        await new ImapDialogue(session).run(isFull);
      } finally {
        session.close();
        this.#sessions.delete(session);
      }
    });
  }

  /** Ends the sessions of a mailbox, or all: cut, or with a BYE; how many. */
  disconnect(address: string | undefined, bye: string | undefined): number {
    const ended = [...this.#sessions].filter(({ user }) => address === undefined || user?.address === address);
    for (const session of ended) session.disconnect(bye);
    return ended.length;
  }
}
