// What begins and ends all the time: connectors that are created and closed, mailboxes that are opened and closed, in all their ways.
import { rmSync } from "node:fs";
import { createConnector } from "medimail-connector";
import { act, calm, chance, failed, logger, patience, pick, sleep, tell } from "./kit.mjs";
import { document } from "./sending.mjs";

async function using(connector, work) {
  try {
    await work?.(connector);
  } finally {
    await connector.close();
  }
}
const reading = { logger, delivery: "manual" };

const ways = {
  /** Created, closed at once. */
  nothing: (config) => using(createConnector(config, { logger })),
  ready: (config) => using(createConnector(config, { logger }), (connector) => connector.ready()),
  list: (config, signal) =>
    using(createConnector(config, reading), ({ mailbox }) => mailbox.list({ signal }).toArray({ limit: 10 })),
  /** Closed amid a list, a watch and a look for receipts. */
  async amid(config, signal) {
    const connector = createConnector(config, { logger });
    const watch = async () => {
      for await (const _ of connector.mailbox.watch(["inbox"], { signal })) break;
    };
    const works = [
      connector.mailbox.list({ signal }).toArray({ limit: 10 }),
      watch(),
      connector.receipts.poll({ signal }),
    ];
    const ended = Promise.allSettled(works);
    await sleep(Math.random() * 300);
    await connector.close();
    await ended;
  },
  watched: (config) =>
    using(createConnector(config, reading), async ({ mailbox }) => {
      const { signal, release } = patience(Math.floor(Math.random() * 500));
      for await (const _ of mailbox.watch(["inbox", "Sent"], { signal })) break;
      release();
    }),
};

/** Until the calm. How often each way was gone. */
export async function churn({ configs, memory, everyMs, counts }) {
  while (!calm.now) {
    const way = pick(Object.keys(ways));
    counts[way] = (counts[way] ?? 0) + 1;
    const config = { ...pick(configs), outbox: memory };
    await act(`churn ${way}`, (signal) => ways[way](config, signal), { impatient: 0.2 });
    await sleep(everyMs * (0.5 + Math.random()));
  }
}

/** A connector with a file of its own sends one mail, and goes. */
export async function shortLives({ config, to, folder, counts }) {
  for (let number = 0; !calm.now; number++) {
    const path = `${folder}/short-${number}.db`;
    counts.short = (counts.short ?? 0) + 1;
    const connector = createConnector({ ...config, outbox: { path } }, { logger });
    const submission = await act("short submit", (signal) =>
      connector.documents.submit({ documents: [document()], to: [to] }, { signal }),
    );
    if (submission) {
      const { signal, release } = patience(60_000);
      const settled = await submission.settled({ signal }).catch((error) => void failed("short settled", error));
      release();
      tell({ note: "submitted", tenant: "short", id: submission.id, mails: submission.messageIds });
      const status = await submission.status();
      tell({
        note: "state",
        tenant: "short",
        id: submission.id,
        recipients: status.recipients.map(({ address, state, messageId }) => ({
          address,
          state: settled ? state : "given-up",
          messageId,
        })),
      });
    }
    await connector.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    if (chance(0.5)) await sleep(500);
  }
}
