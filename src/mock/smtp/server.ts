import type { MockContext } from "../context.js";
import type { Listener } from "../wire/listener.js";
import { sessionListener } from "../wire/sessions.js";
import { SmtpSession } from "./session.js";

/** The submission server: one session for each connection. */
export class SmtpServer {
  readonly listener: Listener;

  constructor(context: MockContext) {
    this.listener = sessionListener(context, "smtp", (connection, isFull) =>
      new SmtpSession(context, connection).run(isFull),
    );
  }
}
