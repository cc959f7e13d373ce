import { elapsedOf } from "../seams/index.js";
import {
  type Chore,
  type PollResult,
  pollReceipts,
  retentionTime,
  runService,
  settleDoubts,
} from "../sending/index.js";
import { localTime } from "../traces/index.js";
import type { Core, Frame } from "./core.js";
import { receiptSource } from "./receipt-source.js";
import { fileCopies } from "./sent-copies.js";
import type { StoreFaultListener } from "./store-faults.js";
import type { Waiters } from "./waiters.js";

/** Between two rounds of copies, while there is something to do. */
const SENT_COPY_MS = 1_000;
/** Where nothing changes: what another process accepted and died, and what could not be filed. */
const IDLE_COPY_MS = 30_000;
const LAST_COPY_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
/** So often the service notes that it lives; a change of how it goes sooner, but not more often than each second. */
const NOTE_MS = 60_000;
const NOTE_REST_MS = 1_000;
/** Somebody waits for a receipt: it is looked for at least so often. */
const EAGER_POLL_MS = 1_000;

export interface ServiceOptions {
  signal: AbortSignal;
  submission?: string;
  /** Default true. */
  receipts?: boolean;
  onStoreFault?: StoreFaultListener;
  /** For receipts. */
  waiters: Waiters;
}

/** Delivery with its chores, as the options want them. Throws at once where no server could be trusted. */
export async function runDelivery(
  frame: Frame,
  core: Core,
  { signal, submission, receipts = true, waiters, onStoreFault }: ServiceOptions,
): Promise<void> {
  core.operator.requireAuthorities();
  const { options, clock, log } = frame;
  const pollMs = options.receiptPollMs ?? 30_000;
  const erasing = eraser(frame, core);
  const chores: Chore[] = [{ name: "retention", atStart: true, everyMs: () => 3_600_000, run: erasing }];
  if (receipts) {
    const restMs = Math.min(EAGER_POLL_MS, pollMs);
    chores.push({
      name: "receipts",
      atStart: true,
      everyMs: () => (waiters.any ? restMs : pollMs),
      // Who begins to wait is not held up by a pause that was begun before.
      wake: { bell: waiters.begun, restMs },
      run: (during) => core.watch.looking(readReceipts(frame, core, during), during),
    });
  }
  // Who delivers one submission and ends is nobody's service.
  if (submission === undefined)
    chores.push({
      name: "supervision",
      atStart: true,
      everyMs: () => NOTE_MS,
      wake: { bell: core.watch.changed, restMs: NOTE_REST_MS },
      run: () => core.watch.write(core.store, frame, core.worker.isPaused),
    });
  chores.push({
    name: "sent-copies",
    atStart: true,
    everyMs: () => IDLE_COPY_MS,
    wake: { bell: core.copies, restMs: Math.min(SENT_COPY_MS, options.settings?.pollMs ?? SENT_COPY_MS) },
    run: (during) => fileCopies(frame, core, during),
  });
  if (core.operator.filesSent || options.unknownPolicy === "resend") {
    const missed = new Map<string, number>();
    const run = (during: AbortSignal) => doubts(frame, core, missed, during);
    chores.push({ name: "doubts", atStart: true, everyMs: () => 2_000, run });
  }
  const unlisten = onStoreFault ? core.storeFaults.listen(onStoreFault) : undefined;
  try {
    const service = runService(
      { worker: core.worker, chores, clock, log },
      { signal, ...(submission === undefined ? {} : { submission }) },
    );
    await (submission === undefined ? core.watch.while(service) : service);
  } finally {
    unlisten?.();
  }
  // A command delivers one submission and ends: its copy would else wait for the next run.
  if (submission !== undefined) await fileCopies(frame, core, AbortSignal.timeout(LAST_COPY_MS)).catch(() => {});
}

export function readReceipts(
  { clock, log, tenant, mailbox }: Frame,
  { store, operator, reader }: Core,
  signal?: AbortSignal,
): Promise<PollResult> {
  return pollReceipts(
    { store, source: receiptSource(operator.imap), clock, log, tenant, mailbox, changed: () => reader.notify() },
    signal ? { signal } : {},
  );
}

function doubts(
  frame: Frame,
  { store, operator, reader, worker }: Core,
  missed: Map<string, number>,
  signal: AbortSignal,
): Promise<number> {
  const { options, clock, log, tenant, mailbox, trace } = frame;
  return settleDoubts({
    store,
    clock,
    log,
    tenant,
    mailbox,
    trace,
    policy: options.unknownPolicy ?? "hold",
    sentGraceMs: options.sentGraceMs ?? 15_000,
    missed,
    changed: () => {
      reader.notify();
      worker.wake();
    },
    ...(operator.filesSent
      ? { sentSearch: async (id: string) => (await operator.imap.searchMessageId("sent", id, { signal })).found }
      : {}),
  });
}

/** Of the whole outbox, as the retention is. */
const RETENTION_NOTE = ["", "", "retention"] as const;

function eraser({ options, clock }: Frame, { store }: Core): () => Promise<void> {
  let lookedAt: number | undefined;
  return async () => {
    const elapsed = elapsedOf(clock);
    const passed = lookedAt === undefined ? undefined : elapsed - lookedAt;
    const { now, note } = retentionTime(await store.cursor(...RETENTION_NOTE), clock.now(), passed);
    if (note !== undefined) await store.setCursor(...RETENTION_NOTE, note);
    lookedAt = elapsed;
    const keep = options.contentRetentionMs ?? 7 * DAY_MS;
    // What processes that died have left goes in any case; nothing has ended before 1970.
    await store.eraseContent(keep === "never" ? 0 : now - keep, clock.now());
    await store.eraseTraces(localTime(new Date(now - (options.traceRetentionDays ?? 183) * DAY_MS)));
  };
}
