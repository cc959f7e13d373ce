import { checkOptions, parseConfig } from "./config/index.js";
import type { Connector, ConnectorOptions, DeliveryRun } from "./connector-types.js";
import { errorCodeOf, MedimailError, type Problem } from "./errors.js";
import { firstAborted } from "./first-aborted.js";
import type { SubmissionRow } from "./seams/index.js";
import {
  Bell,
  checkSubmission,
  contentHash,
  type DocumentSubmission,
  documentBytes,
  heldTail,
  IntakeGate,
  prepare,
  type Submission,
  SubmissionHandle,
  submitInPieces,
} from "./sending/index.js";
import {
  type Core,
  checkTrustSpace,
  copiesDocuments,
  finishing,
  frameOf,
  healthOf,
  inboxOf,
  keepDelivering,
  mailboxCache,
  mailboxOf,
  openCore,
  outboxCommands,
  Preparation,
  type PreparedSubmission,
  readReceipts,
  recipientsOf,
  runDelivery,
  senderProfile,
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
  const intake = new IntakeGate();
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

  function handle(
    { store, reader, operator }: Core,
    row: SubmissionRow,
    created: boolean,
    problems: Problem[],
  ): Submission {
    return new SubmissionHandle(row, created, problems, {
      store,
      reader,
      unknownIsFinal: options.unknownPolicy !== "resend" && !operator.filesSent,
      cancel: (id) => connector.outbox.cancel(id),
      eager: (by) => waiters.add(by),
    });
  }

  async function enqueue(
    core: Core,
    prepared: PreparedSubmission,
    { tx, waitMs = 0, signal }: { tx?: unknown; waitMs?: number; signal?: AbortSignal } = {},
  ): Promise<Submission> {
    // Here pass documents, mails, answers and receipts: none is stored for an address outside the trust space.
    if (trustSpace) prepared.problems.push(...(await checkTrustSpace(trustSpace, prepared.submission.mails, signal)));
    stopIfAborted(signal);
    const stored = prepared.tail
      ? await submitInPieces(core.store, prepared.submission, prepared.tail)
      : await core.store.submit(prepared.submission, tx === undefined ? { waitMs } : { tx });
    core.worker.wake();
    core.reader.notify();
    return handle(core, stored.submission, stored.created, prepared.problems);
  }

  async function submit(
    submission: DocumentSubmission,
    { signal, tx }: { signal?: AbortSignal; tx?: unknown } = {},
  ): Promise<Submission> {
    const core = await open();
    checkSubmission(submission);
    const bytes = documentBytes(submission);
    await intake.enter(bytes);
    let ready = false;
    try {
      stopIfAborted(signal);
      if (submission.idempotencyKey !== undefined) {
        const first = await core.store.findByKey(tenant, mailbox, submission.idempotencyKey);
        if (first && first.contentHash === contentHash(submission)) return handle(core, first, false, []);
      }
      const profile = senderProfile(frame, core);
      const known = await recipients.address(submission, profile, signal);
      const prepared = await preparation.prepare(known.submission, profile);
      prepared.problems.push(...known.problems);
      // The key stands for what the caller gave: what a directory says of it may change.
      if (known.submission.to !== submission.to) prepared.submission.contentHash = contentHash(submission);
      ready = tx === undefined;
      const waitMs = ready ? intake.ready() : 0;
      if (copiesDocuments(frame, core)) prepared.submission.info.sentCopy = true;
      return await enqueue(core, prepared, { tx, waitMs, ...(signal ? { signal } : {}) });
    } finally {
      intake.leave(bytes, ready);
    }
  }

  function hold(paused: boolean): void {
    const held = ({ worker, watch }: Core) => {
      if (paused) worker.pause();
      else worker.resume();
      watch.changed.ring();
    };
    opening?.then(held).catch(() => {});
  }

  const inbox = inboxOf(frame, open, (options) => finishing(frame, () => connector.mailbox, options));
  const connector: Connector = {
    async ready({ sessions = true } = {}) {
      const { operator } = await open();
      if (!sessions) return;
      operator.requireAuthorities();
      await operator.requireCertificate();
    },
    documents: {
      submit,
      async compose(submission) {
        const core = await open();
        checkSubmission(submission);
        const profile = senderProfile(frame, core);
        const known = await recipients.address(submission, profile);
        const { submission: made, composed, problems } = await prepare(known.submission, profile);
        problems.push(...known.problems);
        if (trustSpace) problems.push(...(await checkTrustSpace(trustSpace, made.mails)));
        return {
          subject: composed.subject,
          problems,
          mails: composed.mails.map((mail) => ({
            messageId: mail.messageId,
            recipients: mail.recipients.map((recipient) => recipient.address),
            content: [mail.head, composed.bodies[mail.body] as Uint8Array, ...(heldTail(composed) ?? [])],
            size: mail.size,
          })),
        };
      },
    },
    recipients: recipients.door,
    mailbox: mailboxOf(frame, open, enqueue, cache),
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

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new MedimailError("aborted", "The submission was aborted before it was stored.", { cause: signal.reason });
}
