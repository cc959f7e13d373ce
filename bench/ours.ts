import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnector } from "../src/connector.js";
import { silentLogger } from "../src/log.js";
import { createDialer } from "../src/net/index.js";
import { createRuntime } from "../src/runtime.js";
import { systemClock, systemRandom } from "../src/seams/index.js";
import {
  type AddressedSubmission,
  DeliveryWorker,
  documentBytes,
  EventReader,
  IntakeGate,
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
  submit(submission: AddressedSubmission): Promise<unknown>;
  events(after: number, signal: AbortSignal): AsyncIterable<SubmissionEvent>;
}

/**
 * The connector over an SQLite file of its own (WAL, synchronous FULL), kept over the rounds as a software keeps it: each round submits documents
 * and waits for every "accepted".
 */
export function oursContender(start: ContenderStart): Contender {
  const path = join(start.folder, `ours-${process.pid}.db`);
  let opened: Promise<Sender> | undefined;
  let seen = 0;
  return async (count) => {
    const documents = freshDocuments(count);
    opened ??= start.tls ? withTls(start, path) : withoutTls(start, path);
    const sender = await opened;
    return async () => {
      const ended = new AbortController();
      const accepted = allAccepted(sender.events(seen, ended.signal), count);
      // All at once, as nodemailer's pool is given them.
      await Promise.all(documents.map((cda) => sender.submit({ documents: [{ cda }], to: [TO] })));
      seen = await accepted;
      ended.abort();
      return { bytes: 0 };
    };
  };
}

/** Gives back the cursor after the last of them. */
async function allAccepted(events: AsyncIterable<SubmissionEvent>, count: number): Promise<number> {
  let accepted = 0;
  for await (const { event, error, seq } of events) {
    if (event === "queued") continue;
    if (event !== "accepted")
      throw new Error(`an unforeseen event: ${event} ${error?.code ?? ""} ${error?.message ?? ""}`);
    accepted += 1;
    if (accepted === count) return seq;
  }
  throw new Error("the events ended before the last mail was accepted");
}

async function withTls(
  { port, connections, folder, maxInDoubt, threads, postgres, tls }: ContenderStart,
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
      outbox: postgres === undefined ? { store: "sqlite", path } : { store: "postgres", url: postgres },
    },
    {
      delivery: "manual",
      ...(threads === undefined ? {} : { preparationThreads: threads }),
      settings: {
        concurrency: connections,
        ...(maxInDoubt === undefined ? {} : { maxInDoubt }),
      },
    },
  );
  await connector.ready();
  void connector.delivery.run({ signal: new AbortController().signal, receipts: false });
  return {
    submit: (submission) => connector.documents.submit(submission),
    events: (after, signal) => connector.events({ after, signal }),
  };
}

/** The same pieces as `createConnector` puts together, over the transport without TLS, which no configuration reaches. */
async function withoutTls({ port, connections, maxInDoubt, threads }: ContenderStart, path: string): Promise<Sender> {
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
  const intake = new IntakeGate();
  const preparation = new Preparation(threads ?? "auto");
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
  void worker.run({ signal: new AbortController().signal });
  return {
    async submit(submission) {
      const bytes = documentBytes(submission);
      await intake.enter(bytes);
      try {
        const { submission: prepared } = await preparation.prepare(submission, PROFILE);
        await store.submit(prepared, { waitMs: intake.ready() });
      } finally {
        intake.leave(bytes);
      }
      worker.wake();
      reader.notify();
    },
    events: (after, signal) => reader.read({ after, tenant, mailbox, signal }),
  };
}
