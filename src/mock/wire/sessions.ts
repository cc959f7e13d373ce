import type { Socket } from "node:net";
import type { MockContext } from "../context.js";
import { LineConnection } from "./connection.js";
import { Listener } from "./listener.js";

/**
 * A port with a session for each connection: numbered, told in the observations when it opens and when it closes. A session that fails is cut.
 *
 * @param play the session, to its end; `isFull` where there are more connections than the mock takes
 */
export function sessionListener(
  { observer, limits, failed }: MockContext,
  protocol: "smtp" | "imap",
  play: (connection: LineConnection, isFull: boolean) => Promise<void>,
): Listener {
  let count = 0;
  const serve = async (socket: Socket): Promise<void> => {
    count += 1;
    const connection = new LineConnection(socket, {
      id: `${protocol}-${count}`,
      protocol,
      observe: observer.observe,
      idleMs: limits.idleMs,
    });
    const { port } = listener;
    observer.observe({ connection: connection.id, kind: "tcp", protocol, what: "open", port });
    try {
      await play(connection, listener.size > limits.sessions);
    } catch (error) {
      failed(error);
      connection.cut();
    } finally {
      observer.observe({ connection: connection.id, kind: "tcp", protocol, what: "close", port });
    }
  };
  const listener = new Listener((socket) => void serve(socket));
  return listener;
}
