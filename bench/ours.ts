import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnector } from "../src/connector.js";
import { silentLogger } from "../src/log.js";
import { createDialer } from "../src/net/index.js";
import { createRuntime } from "../src/runtime.js";
import { systemClock, systemRandom } from "../src/seams/index.js";
import {
  DeliveryWorker,
  type DocumentSubmission,
  EventReader,
  Gate,
  type SubmissionEvent,
} from "../src/sending/index.js";
import { currentWorker, isWorkerDead, openSqliteOutbox } from "../src/storage/index.js";
import { traceOf } from "../src/traces/index.js";
import { createSmtpTransport } from "../src/transport/smtp/index.js";
import { Preparation } from "../src/wiring/index.js";
import type { Contender } from "./contender.js";
import { FROM, freshDocuments, PROFILE, TO } from "./mails.js";
import type { ContenderStart } from "./protocol.js";

/** What a round needs of either composition. */
interface Sender {
  submit(submission: DocumentSubmission): Promise<unknown>;
  events(signal: AbortSignal): AsyncIterable<SubmissionEvent>;
  close(): Promise<void>;
}

/** Submissions that the caller has under way at once. */
const SUBMITTING = 16;

/** The connector over a new SQLite file (WAL, synchronous FULL): each round submits documents and waits for every "accepted". */
export function oursContender(start: ContenderStart): Contender {
  let round = 0;
  return async (count) => {
    round += 1;
    const path = join(start.folder, `ours-${process.pid}-${round}.db`);
    const documents = freshDocuments(count);
    const sender = start.tls ? await withTls(start, path) : await withoutTls(start, path);
    return async () => {
      const ended = new AbortController();
      const accepted = allAccepted(sender.events(ended.signal), count);
      const queue = documents.values();
      await Promise.all(
        Array.from({ length: SUBMITTING }, async () => {
          for (const cda of queue) await sender.submit({ documents: [{ cda }], to: [TO] });
        }),
      );
      await accepted;
      ended.abort();
      return {
        bytes: 0,
        async close() {
          await sender.close();
          for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
        },
      };
    };
  };
}

async function allAccepted(events: AsyncIterable<SubmissionEvent>, count: number): Promise<void> {
  let accepted = 0;
  for await (const { event, error } of events) {
    if (event === "queued") continue;
    if (event !== "accepted")
      throw new Error(`an unforeseen event: ${event} ${error?.code ?? ""} ${error?.message ?? ""}`);
    accepted += 1;
    if (accepted === count) return;
  }
}

async function withTls(
  { port, connections, folder, maxInDoubt, threads = 0, tls }: ContenderStart,
  path: string,
): Promise<Sender> {
  const file = (name: string, text = "") => {
    const at = join(folder, name);
    writeFileSync(at, text, { mode: 0o600 });
    return at;
  };
  const connector = createConnector(
    {
      mailbox: { address: FROM, type: "APP" },
      operator: { smtp: { host: "127.0.0.1", port }, imap: { host: "127.0.0.1", port } },
      tls: { ca: [file("ca.pem", tls?.ca)], revocation: "off" },
      trust: { whiteList: "off" },
      auth: {
        method: "certificate",
        cert: file("client.pem", tls?.client.cert),
        key: file("client.key", tls?.client.key),
      },
      software: PROFILE.software,
      sender: PROFILE.sender,
      outbox: { store: "sqlite", path },
    },
    {
      delivery: "manual",
      settings: {
        concurrency: connections,
        preparationThreads: threads,
        ...(maxInDoubt === undefined ? {} : { maxInDoubt }),
      },
    },
  );
  await connector.ready();
  const stop = new AbortController();
  const working = connector.delivery.run({ signal: stop.signal, receipts: false });
  return {
    submit: (submission) => connector.documents.submit(submission),
    events: (signal) => connector.events({ after: 0, signal }),
    async close() {
      stop.abort();
      await working;
      await connector.close();
    },
  };
}

/** The same pieces as `createConnector` puts together, over the transport without TLS, which no configuration reaches. */
async function withoutTls(
  { port, connections, maxInDoubt, threads = 0 }: ContenderStart,
  path: string,
): Promise<Sender> {
  const store = await openSqliteOutbox({ path });
  const transport = createSmtpTransport({
    host: "127.0.0.1",
    port,
    dialer: createDialer(),
    tls: { upgrade: () => Promise.reject(new Error("no TLS here")) },
    credentials: {
      certificate: async () => undefined,
      sasl: async () => ({ mechanism: "none" }),
      refused: async () => false,
      close: async () => {},
    },
    clientName: "bench.test",
    maxConnections: connections,
    insecurePlaintext: true,
  });
  const reader = new EventReader(store);
  const preparing = new Gate(4);
  const preparation = new Preparation(threads);
  const { tenant, mailbox, software } = PROFILE;
  const worker = new DeliveryWorker(
    {
      store,
      transport,
      circuit: createRuntime().circuit("127.0.0.1", port),
      worker: currentWorker(),
      isDead: (other) => isWorkerDead(other, Date.now()),
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
      tenant,
      mailbox,
      trace: (entry, actor, now) =>
        traceOf({
          ...entry,
          tenant,
          mailbox,
          actor: actor ?? `${software.name} ${software.version}`,
          at: new Date(now),
        }),
      changed: () => reader.notify(),
    },
    { concurrency: connections, ...(maxInDoubt === undefined ? {} : { maxInDoubt }) },
  );
  const stop = new AbortController();
  const working = worker.run({ signal: stop.signal });
  return {
    async submit(submission) {
      await preparing.enter();
      try {
        const { submission: prepared } = await preparation.prepare(submission, PROFILE);
        await store.submit(prepared);
      } finally {
        preparing.leave();
      }
      worker.wake();
      reader.notify();
    },
    events: (signal) => reader.read({ after: 0, tenant, mailbox, signal }),
    async close() {
      stop.abort();
      await working;
      await preparation.close();
      reader.close();
      await transport.close();
      await store.close();
    },
  };
}
