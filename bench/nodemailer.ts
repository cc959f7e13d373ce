import nodemailer from "nodemailer";
import type { Contender } from "./contender.js";
import { FROM, readyMade, TO } from "./mails.js";
import type { ContenderStart } from "./protocol.js";

/** nodemailer's pool, its settings those of ours: connections, mails a connection (100, the default of both), the DSN of ours; mails ready made, nothing durable. */
export function nodemailerContender({ port, connections, tls }: ContenderStart): Contender {
  return async (count) => {
    const mails = await readyMade(count);
    const transport = nodemailer.createTransport({
      pool: true,
      host: "127.0.0.1",
      port,
      secure: false,
      maxConnections: connections,
      maxMessages: 100,
      ...(tls
        ? {
            requireTLS: true,
            tls: { ca: tls.ca, cert: tls.client.cert, key: tls.client.key, minVersion: "TLSv1.2" as const },
          }
        : { ignoreTLS: true }),
    });
    return async () => {
      let bytes = 0;
      await Promise.all(
        mails.map(({ messageId, raw }) => {
          bytes += raw.length;
          return transport.sendMail({
            envelope: { from: FROM, to: [TO] },
            raw,
            dsn: {
              id: messageId.slice(0, messageId.lastIndexOf("@")),
              return: "headers",
              notify: ["success", "failure", "delay"],
              recipient: TO,
            },
          });
        }),
      );
      return { bytes, close: async () => transport.close() };
    };
  };
}
