// (e) Memory of a watched mailbox: 200 of them in one process, of 100 and of 2,000 mails, on the mock (which is in this process).
import { startMockMedimail } from "../src/mock/index.js";
import { Peer } from "./protocol.js";
import { fixed, printTable, printTitle } from "./tools.js";
import type { WatchingPeak } from "./watching-job.js";

const MAILBOXES = 200;

printTitle(`(e) ${MAILBOXES} watched mailboxes in one process`);
const rows: string[][] = [];
for (const mails of [100, 2_000]) {
  const addresses = Array.from({ length: MAILBOXES }, (_, index) => `dr.essai${index}@medecin.mssante.fr`);
  await using mock = await startMockMedimail({
    mailboxes: addresses.map((address) => ({ address, type: "PER" })),
    keepObservations: 10,
  });
  const raw = Buffer.from("From: <labo@ch-exemple.mssante.fr>\r\nSubject: essai\r\n\r\nBonjour\r\n");
  for (const address of addresses) {
    const mailbox = mock.mailbox(address);
    for (let made = 0; made < mails; made += 1) mailbox.deliver(raw);
    // Gaps, as in a mailbox that somebody tidies.
    const folder = mailbox.folder("INBOX");
    folder?.remove(folder.messages.filter(({ uid }) => uid % 7 === 0));
  }
  const configs = await Promise.all(
    addresses.map(async (address) => ({ ...(await mock.config(address)), outbox: { store: "memory" } })),
  );
  const peer = new Peer("watching-job", ["--expose-gc"]);
  const { rss, heap, ms } = await peer.ask<WatchingPeak>({ configs });
  await peer.stop();
  const each = (values: number[]) => fixed(((values[1] ?? 0) - (values[0] ?? 0)) / (MAILBOXES - 1) / 1024, 0);
  rows.push([
    String(mails),
    each(rss),
    each(heap),
    fixed((rss[1] ?? 0) / 1_048_576, 0),
    fixed(ms / (MAILBOXES - 1), 0),
  ]);
}
printTable(
  ["mails of each", "RSS, KB a mailbox", "heap and external, KB", "RSS of all, MB", "ms to listen, each"],
  rows,
);
