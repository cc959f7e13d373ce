import { assertSupported, type Config, parseConfig } from "./config/index.js";
import type { Connector, ConnectorOptions } from "./connector-types.js";
import { defined } from "./defined.js";
import { isMedimailError, MedimailError, type Problem } from "./errors.js";
import { safeLogger } from "./log.js";
import { createRuntime } from "./runtime.js";
import { type OutboxStore, type RecipientChange, type SubmissionRow, systemClock, systemRandom, type TraceEntry } from "./seams/index.js";
import {
  type Chore,
  contentHash,
  DeliveryWorker,
  type DocumentSubmission,
  EventReader,
  Gate,
  pollReceipts,
  prepare,
  runService,
  type SenderProfile,
  settleDoubts,
  type Submission,
  SubmissionHandle,
} from "./sending/index.js";
import { currentWorker, isWorkerDead } from "./storage/index.js";
import { localTime } from "./traces/index.js";
import { type Operator, openOperator, openStore, receiptSource } from "./wiring/index.js";

const DAY = 24 * 3_600_000;
/** Submissions read, packed and composed at once: the back-pressure of `submit`, since each holds its documents in memory meanwhile. */
const PREPARED_AT_ONCE = 4;

/** What is open once the connector is ready. */
interface Open {
  store: OutboxStore;
  operator: Operator;
  reader: EventReader;
  worker: DeliveryWorker;
}

/**
 * Connects a business software to its MSSanté mailbox. Synchronous: the configuration is checked here, the store opens with
 * the first call (or `ready()`), sessions when there is something to send.
 *
 * @param config what the configuration file of the command holds (docs/configuration.md); paths relative to the current folder.
 * @throws `config_invalid`, `not_supported`.
 *
 * @example
 * await using connector = createConnector(config);
 * const submission = await connector.documents.submit({ documents: [{ cda, pdf }], to: ["dr.martin@exemple.mssante.fr"], patient: true });
 * const { ok } = await submission.settled({ until: "accepted", signal: AbortSignal.timeout(60_000) });
 */
export function createConnector(config: unknown, options: ConnectorOptions = {}): Connector {
  const parsed = parseConfig(config);
  assertSupported(parsed);
  return build(parsed, options);
}

function build(config: Config, options: ConnectorOptions): Connector {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const log = safeLogger(options.logger, options.logLevel);
  const runtime = options.runtime ?? createRuntime({ clock });
  const tenant = options.tenant ?? "default";
  const mailbox = config.mailbox.address;
  const stop = new AbortController();
  const preparing = new Gate(PREPARED_AT_ONCE);
  const running = new Set<Promise<void>>();
  let eager = 0;
  let opening: Promise<Open> | undefined;
  let closing: Promise<void> | undefined;

  const trace = (entry: { action: string; request: string; answer: string; ok: boolean }, actor: string | undefined, now: number): TraceEntry => ({
    ...entry,
    at: localTime(new Date(now)),
    tenant,
    mailbox,
    actor: actor ?? `${config.software.name} ${config.software.version}`,
  });

  async function openAll(): Promise<Open> {
    const store = await openStore(config, options.encryptionKey);
    try {
      const operator = openOperator(config, { logger: log, maxConnections: options.settings?.concurrency ?? 5 });
      const reader = new EventReader(store, options.eventPollMs);
      const worker = new DeliveryWorker(
        {
          store,
          transport: operator.transport,
          circuit: runtime.circuit(operator.smtpHost.host, operator.smtpHost.port),
          worker: currentWorker(),
          isDead: (other) => isWorkerDead(other, clock.now()),
          clock,
          random,
          log,
          tenant,
          mailbox,
          trace,
          changed: () => reader.notify(),
        },
        options.settings,
      );
      return { store, operator, reader, worker };
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  function open(): Promise<Open> {
    if (closing) return Promise.reject(new MedimailError("closed", "The connector is closed."));
    if (!opening) {
      opening = openAll();
      // A store that could not be opened (a full disk) may open at the next call.
      opening.catch(() => {
        opening = undefined;
      });
      if (options.delivery !== "manual") {
        opening.then((all) => track(service(all, { signal: stop.signal }))).catch(() => {});
      }
    }
    return opening;
  }

  function track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error) => log.log("error", "delivery.stopped", { code: isMedimailError(error) ? error.code : "internal" }))
      .finally(() => running.delete(tracked));
    running.add(tracked);
  }

  function poll({ store, operator, reader }: Open, signal?: AbortSignal) {
    return pollReceipts(
      { store, source: receiptSource(operator.imap), clock, log, tenant, mailbox, changed: () => reader.notify() },
      signal ? { signal } : {},
    );
  }

  function service(all: Open, { signal, submission, receipts = true }: { signal: AbortSignal; submission?: string; receipts?: boolean }): Promise<void> {
    const { store, operator, reader, worker } = all;
    const receiptPollMs = options.receiptPollMs ?? 30_000;
    const chores: Chore[] = [];
    if (receipts) {
      chores.push({ name: "receipts", atStart: true, everyMs: () => (eager > 0 ? Math.min(1_000, receiptPollMs) : receiptPollMs), run: (during) => poll(all, during) });
    }
    const policy = options.unknownPolicy ?? "hold";
    if (operator.filesSent || policy === "resend") {
      chores.push({
        name: "doubts",
        atStart: true,
        everyMs: () => 2_000,
        run: (during) =>
          settleDoubts({
            store,
            clock,
            log,
            tenant,
            mailbox,
            policy,
            sentGraceMs: options.sentGraceMs ?? 15_000,
            trace,
            changed: () => {
              reader.notify();
              worker.wake();
            },
            ...(operator.filesSent ? { sentSearch: async (id: string) => (await operator.imap.searchMessageId("sent", id, { signal: during })).found } : {}),
          }),
      });
    }
    chores.push({ name: "retention", atStart: true, everyMs: () => 3_600_000, run: () => erase(store) });
    return runService({ worker, chores, clock, log }, { signal, ...(submission === undefined ? {} : { submission }) });
  }

  async function erase(store: OutboxStore): Promise<void> {
    const keep = options.contentRetentionMs ?? 7 * DAY;
    if (keep !== "never") await store.eraseContent(clock.now() - keep, clock.now());
    await store.eraseTraces(localTime(new Date(clock.now() - (options.traceRetentionDays ?? 183) * DAY)));
  }

  function profile({ operator }: Open): SenderProfile {
    return defined({
      tenant,
      mailbox,
      software: defined(config.software),
      sender: defined(config.sender),
      clock,
      random,
      allowTestIdentities: options.allowTestIdentities ?? operator.isTest,
      maxSize: operator.transport.maxSize() || undefined,
      footer: options.footer,
      banner: options.banner,
    });
  }

  function handle({ store, reader, operator }: Open, row: SubmissionRow, created: boolean, problems: Problem[]): Submission {
    const unknownIsFinal = (options.unknownPolicy ?? "hold") === "hold" && !operator.filesSent;
    return new SubmissionHandle(row, created, problems, {
      store,
      reader,
      unknownIsFinal,
      cancel: (id) => connector.outbox.cancel(id),
      eager: (by) => {
        eager += by;
      },
    });
  }

  async function submit(submission: DocumentSubmission, { signal, tx }: { signal?: AbortSignal; tx?: unknown } = {}): Promise<Submission> {
    const all = await open();
    await preparing.enter();
    try {
      if (signal?.aborted) throw new MedimailError("aborted", "The submission was aborted before it was stored.", { cause: signal.reason });
      if (submission.idempotencyKey !== undefined) {
        const first = await all.store.findByKey(tenant, mailbox, submission.idempotencyKey);
        if (first && first.contentHash === contentHash(submission)) return handle(all, first, false, []);
      }
      const prepared = await prepare(submission, profile(all));
      if (signal?.aborted) throw new MedimailError("aborted", "The submission was aborted before it was stored.", { cause: signal.reason });
      const stored = await all.store.submit(prepared.submission, tx === undefined ? {} : { tx });
      all.worker.wake();
      all.reader.notify();
      return handle(all, stored.submission, stored.created, prepared.problems);
    } finally {
      preparing.leave();
    }
  }

  async function rowOf(id: string): Promise<SubmissionRow> {
    const row = await (await open()).store.get(id);
    if (!row) throw new MedimailError("submission_not_found", "No submission of this id is in the outbox.");
    return row;
  }

  async function changed(work: (all: Open) => Promise<SubmissionRow>): Promise<SubmissionRow> {
    const all = await open();
    const row = await work(all);
    all.worker.wake();
    all.reader.notify();
    return row;
  }

  const connector: Connector = {
    ready: async () => void (await open()),
    documents: {
      submit,
      async compose(submission) {
        const { composed, problems } = await prepare(submission, profile(await open()));
        return {
          subject: composed.subject,
          problems,
          mails: composed.mails.map((mail) => ({
            messageId: mail.messageId,
            recipients: mail.recipients.map((recipient) => recipient.address),
            content: [mail.head, composed.bodies[mail.body] as Uint8Array],
            size: mail.size,
          })),
        };
      },
    },
    outbox: {
      list: async (query = {}) => (await open()).store.list({ tenant, mailbox, ...query }),
      get: rowOf,
      stats: async () => (await open()).store.stats({ tenant, mailbox, now: clock.now() }),
      async retry(id, { resend = false, actor } = {}) {
        const row = await rowOf(id);
        const states = new Set(row.recipients.map((recipient) => recipient.state));
        if (!resend && states.has("unknown") && !states.has("failed")) {
          throw new MedimailError("submission_state", "The operator may have taken this mail: sending it again may deliver it twice.", {
            hint: "Ask the recipient or the operator first; then `retry` with `resend` (`outbox retry ID --resend`).",
          });
        }
        if (!states.has("failed") && !states.has("unknown")) {
          throw new MedimailError("submission_state", "No recipient of this submission failed: there is nothing to send again.");
        }
        return changed(({ store }) =>
          store.requeue(id, resend ? ["failed", "unknown"] : ["failed"], clock.now(), [
            trace({ action: "resend", request: `retry ${id}${resend ? " resend" : ""}`, answer: "queued again", ok: true }, actor ?? row.info.actor, clock.now()),
          ]),
        );
      },
      cancel: (id, { actor } = {}) =>
        changed(({ store }) => store.cancel(id, clock.now(), [trace({ action: "cancel", request: `cancel ${id}`, answer: "withdrawn where it had not left", ok: true }, actor, clock.now())])),
      async resolve(id, outcome, { actor } = {}) {
        const unknown = (await rowOf(id)).recipients.filter((recipient) => recipient.state === "unknown");
        if (unknown.length === 0) throw new MedimailError("submission_state", "No recipient of this submission is `unknown`.");
        const at = clock.now();
        const changes: RecipientChange[] = unknown.map((recipient) => ({ id: recipient.id, state: outcome, ...(outcome === "accepted" ? { error: null } : {}) }));
        return changed(({ store }) =>
          store.resolve(
            id,
            changes,
            unknown.map((recipient) => ({ submission: id, recipientId: recipient.id, messageId: recipient.messageId, event: outcome, at })),
            [trace({ action: "resolve", request: `resolve ${id}`, answer: outcome, ok: true }, actor, at)],
          ),
        );
      },
      pause: async (id) => (await open()).store.setPaused(id, true),
      async resume(id) {
        const all = await open();
        await all.store.setPaused(id, false);
        all.worker.wake();
      },
      receipts: async (query = {}) => (await open()).store.receipts({ tenant, mailbox, ...query }),
    },
    delivery: {
      async run(run) {
        const all = await open();
        const signal = AbortSignal.any([run.signal, stop.signal]);
        await service(all, { ...run, signal });
      },
      pause: () => void opening?.then(({ worker }) => worker.pause()),
      resume: () => void opening?.then(({ worker }) => worker.resume()),
    },
    receipts: { poll: async ({ signal } = {}) => poll(await open(), signal) },
    traces: {
      async *list({ limit, ...query } = {}) {
        const { store } = await open();
        let after: number | undefined;
        let left = limit ?? Number.POSITIVE_INFINITY;
        while (left > 0) {
          const page = await store.traces({ tenant, mailbox, ...query, limit: Math.min(500, left), ...(after === undefined ? {} : { after }) });
          if (page.length === 0) return;
          yield* page;
          left -= page.length;
          after = page.at(-1)?.seq;
        }
      },
    },
    async *events({ after, submission, signal } = {}) {
      const { reader } = await open();
      const from = after ?? (await reader.lastSeq());
      yield* reader.read({ after: from, tenant, mailbox, ...(submission === undefined ? {} : { submission }), ...(signal ? { signal } : {}) });
    },
    on(event, listener) {
      const ended = new AbortController();
      const signal = AbortSignal.any([ended.signal, stop.signal]);
      const listen = async () => {
        for await (const happened of connector.events({ signal })) {
          if (event !== "*" && happened.event !== event) continue;
          try {
            listener(happened);
          } catch {
            log.log("error", "listener.failed", { submission: happened.submission });
          }
        }
      };
      track(listen());
      return () => ended.abort();
    },
    close() {
      closing ??= (async () => {
        stop.abort();
        const all = await opening?.catch(() => undefined);
        await Promise.allSettled([...running]);
        if (!all) return;
        all.reader.close();
        await all.operator.close();
        await all.store.close();
      })();
      return closing;
    },
    [Symbol.asyncDispose]: () => connector.close(),
  };
  if (options.delivery !== "manual") queueMicrotask(() => void open().catch(() => {}));
  return connector;
}
