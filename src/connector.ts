import { checkOptions, parseConfig } from "./config/index.js";
import type { Connector, ConnectorOptions, DeliveryRun } from "./connector-types.js";
import { errorCodeOf, MedimailError } from "./errors.js";
import { firstAborted } from "./first-aborted.js";
import { Bell } from "./sending/index.js";
import {
  type Core,
  finishing,
  frameOf,
  healthOf,
  hl7Of,
  inboxOf,
  keepDelivering,
  mailboxCache,
  mailboxOf,
  openCore,
  outboxCommands,
  Preparation,
  readReceipts,
  recipientsOf,
  runDelivery,
  submissionsOf,
  tracesOf,
  Waiters,
} from "./wiring/index.js";

/** How long a mail may still come to its content once the delivery stops; then it is given up, to be tried again later. */
const STOP_GRACE_MS = 2_000;

/**
 * Connects a business software to its MSSanté mailbox. Synchronous: the configuration is checked here, the store opens with
 * the first call (or `ready()`), sessions when there is something to send.
 *
 * @param config what the configuration file of the command holds (docs/configuration.md); paths relative to the current folder.
 * @throws `config_invalid`, `not_supported`; `invalid_argument` for an option that is not one, or a value that it cannot have.
 *
 * @example
 * await using connector = createConnector(config);
 * const submission = await connector.documents.submit({ documents: [{ cda, pdf }], to: ["dr.martin@exemple.mssante.fr"], patient: true });
 * const { ok } = await submission.settled({ until: "accepted", signal: AbortSignal.timeout(60_000) });
 */
export function createConnector(config: unknown, options: ConnectorOptions = {}): Connector {
  const parsed = parseConfig(config);
  checkOptions(options);
  const frame = frameOf(parsed, options);
  const { log, tenant, mailbox, trustSpace } = frame;
  const cache = mailboxCache(frame);
  const recipients = recipientsOf(frame, trustSpace?.list);
  const stop = new AbortController();
  // A clock or a chance given by the caller cannot go into a thread.
  const ownTime = options.clock !== undefined || options.random !== undefined;
  const preparation = new Preparation(ownTime ? 0 : (options.preparationThreads ?? "auto"));
  const running = new Set<Promise<void>>();
  const waiters = new Waiters();
  const opened = new Bell();
  let opening: Promise<Core> | undefined;
  let closing: Promise<void> | undefined;

  function open(): Promise<Core> {
    if (closing) return Promise.reject(new MedimailError("closed", "The connector is closed."));
    if (!opening) {
      opening = openCore(frame);
      // A store that could not be opened (a full disk) may open at the next call.
      opening.catch(() => {
        opening = undefined;
      });
      opening.then(() => opened.ring()).catch(() => {});
    }
    return opening;
  }

  async function deliver(core: Core, run: DeliveryRun) {
    let grace: NodeJS.Timeout | undefined;
    const onStop = () => {
      grace = setTimeout(() => core.operator.transport.giveUp(), STOP_GRACE_MS);
    };
    run.signal.addEventListener("abort", onStop, { once: true });
    if (run.signal.aborted) onStop();
    try {
      await runDelivery(frame, core, { ...run, waiters });
    } finally {
      clearTimeout(grace);
      run.signal.removeEventListener("abort", onStop);
    }
  }

  function track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error) => log.log("error", "delivery.stopped", { code: errorCodeOf(error) }))
      .finally(() => running.delete(tracked));
    running.add(tracked);
  }

  function hold(paused: boolean): void {
    const held = ({ worker, watch }: Core) => {
      if (paused) worker.pause();
      else worker.resume();
      watch.changed.ring();
    };
    opening?.then(held).catch(() => {});
  }

  const submissions = submissionsOf(frame, {
    open,
    recipients,
    preparation,
    waiters,
    cancel: (id, by) => connector.outbox.cancel(id, by),
  });
  const hl7 = hl7Of(frame, open, submissions.submit, stop.signal);
  const inbox = inboxOf(frame, open, (options) => finishing(frame, () => connector.mailbox, options));
  const connector: Connector = {
    async ready({ sessions = true } = {}) {
      const { operator } = await open();
      if (!sessions) return;
      operator.requireAuthorities();
      await operator.requireCertificate();
    },
    documents: { submit: submissions.submit, compose: submissions.compose },
    recipients: recipients.door,
    mailbox: mailboxOf(frame, open, submissions.enqueue, cache),
    inbox: {
      ...inbox,
      integrate(handler, options) {
        const { signal, release } = firstAborted(options.signal, stop.signal);
        const work = inbox.integrate(handler, { ...options, signal }).finally(release);
        // `close()` waits for the document in hand.
        track(work.catch(() => {}));
        return work;
      },
    },
    outbox: outboxCommands(frame, open, () => connector.mailbox),
    delivery: {
      async run({ signal, ...run }) {
        const core = await open();
        const either = firstAborted(signal, stop.signal);
        await deliver(core, { ...run, signal: either.signal }).finally(either.release);
      },
      pause: () => hold(true),
      resume: () => hold(false),
    },
    health: healthOf(frame, open),
    hl7: {
      serve(options) {
        const work = hl7.serve(options);
        // `close()` waits for the message in hand.
        track(work.catch(() => {}));
        return work;
      },
    },
    receipts: { poll: async ({ signal } = {}) => readReceipts(frame, await open(), signal) },
    traces: tracesOf(frame, open),
    async *events({ after, submission, signal } = {}) {
      const { reader } = await open();
      const from = after ?? (await reader.lastSeq());
      yield* reader.read({
        after: from,
        tenant,
        mailbox,
        ...(submission === undefined ? {} : { submission }),
        ...(signal ? { signal } : {}),
      });
    },
    on(event, listener) {
      const ended = new AbortController();
      const { signal, release } = firstAborted(ended.signal, stop.signal);
      const listen = async () => {
        for await (const happened of connector.events({ signal })) {
          if (event !== "*" && happened.event !== event) continue;
          const failed = () => log.log("error", "listener.failed", { submission: happened.submission });
          try {
            const answer: unknown = listener(happened);
            // An async listener fails later: a rejection that nobody handles would end the process.
            if (answer instanceof Promise) answer.catch(failed);
          } catch {
            failed();
          }
        }
      };
      track(listen().finally(release));
      return () => ended.abort();
    },
    close() {
      closing ??= (async () => {
        stop.abort();
        const core = await opening?.catch(() => undefined);
        await Promise.allSettled([...running]);
        await preparation.close();
        await cache?.close();
        await recipients.close();
        core?.reader.close();
        await core?.operator.close();
        await trustSpace?.close();
        await core?.store.close();
      })();
      return closing;
    },
    [Symbol.asyncDispose]: () => connector.close(),
  };
  if (options.delivery !== "manual")
    queueMicrotask(() => {
      const { signal } = stop;
      track(keepDelivering(frame, { open, deliver: (core) => deliver(core, { signal }), opened, signal }));
    });
  return connector;
}
