import { ImapFlow } from "imapflow";
import type { MockMedimail } from "../../src/mock/index.js";
import { DOCTOR } from "../sending/kit.js";

/** A session of the doctor's that is not ours, as a webmail has. */
export async function otherClient(mock: MockMedimail): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: "localhost",
    port: mock.imap.port,
    secure: false,
    doSTARTTLS: true,
    logger: false,
    disableAutoIdle: true,
    auth: { user: DOCTOR, accessToken: mock.token(DOCTOR) },
    tls: { ca: mock.ca },
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}
