import type { Config } from "../config/index.js";
import type { ConnectorOptions } from "../connector-types.js";
import { defined } from "../defined.js";
import { type Logger, safeLogger } from "../log.js";
import { createRuntime, type Runtime } from "../runtime.js";
import {
  type Clock,
  type InboxStore,
  type OutboxStore,
  type Random,
  systemClock,
  systemRandom,
  type TraceEntry,
} from "../seams/index.js";
import { Bell, DeliveryWorker, EventReader, type SenderProfile, type TraceDraft } from "../sending/index.js";
import { currentWorker, isWorkerDead } from "../storage/index.js";
import { traceOf } from "../traces/index.js";
import { type KeySource, keySource } from "./content-keys.js";
import { type Operator, openOperator } from "./operator.js";
import { ServiceWatch } from "./service-watch.js";
import { openStore } from "./store.js";
import { StoreFaults } from "./store-faults.js";
import { type TrustSpace, trustSpaceOf } from "./trust-space.js";

/** What a connector is made of before anything is open. */
export interface Frame {
  config: Config;
  options: ConnectorOptions;
  clock: Clock;
  random: Random;
  log: Logger;
  runtime: Runtime;
  /** The white list: recipients are checked against it, and the operator where the configuration wants it. */
  trustSpace: TrustSpace | undefined;
  /** Of what is kept at rest. */
  keys: KeySource;
  tenant: string;
  mailbox: string;
  trace: (entry: TraceDraft, actor: string | undefined, now: number) => TraceEntry;
}

/** What is open once the connector is ready. */
export interface Core {
  store: OutboxStore;
  inbox: InboxStore;
  operator: Operator;
  reader: EventReader;
  /** Rung with each change of the outbox by this process: a mail may have been accepted whose copy is to be filed. */
  copies: Bell;
  worker: DeliveryWorker;
  /** Of the worker's writes. */
  storeFaults: StoreFaults;
  /** How the service goes. */
  watch: ServiceWatch;
}

export function frameOf(config: Config, options: ConnectorOptions): Frame {
  const clock = options.clock ?? systemClock;
  const tenant = options.tenant ?? "default";
  const mailbox = config.mailbox.address;
  const log = safeLogger(options.logger, options.logLevel);
  const software = `${config.software.name} ${config.software.version}`;
  return {
    config,
    options,
    clock,
    random: options.random ?? systemRandom,
    log,
    runtime: options.runtime ?? createRuntime({ clock }),
    trustSpace: trustSpaceOf(config, { log, now: () => clock.now() }),
    keys: keySource(config, options),
    tenant,
    mailbox,
    // Written out: four members put onto a spread object take Node 20 3 µs, these take none, and each mail has a trace.
    trace: ({ action, request, answer, ok }, actor = software, now) =>
      traceOf({ action, request, answer, ok, tenant, mailbox, actor, at: now }),
  };
}

/** Opens the store; sessions open when there is something to send or to read. */
export async function openCore({
  config,
  options,
  clock,
  random,
  log,
  runtime,
  trustSpace,
  keys,
  tenant,
  mailbox,
  trace,
}: Frame): Promise<Core> {
  const store = await openStore(config, keys);
  try {
    const operator = openOperator(config, {
      logger: log,
      maxConnections: options.settings?.concurrency ?? 5,
      cache: runtime.discovered,
      ...(options.discoveryLives ? { lives: options.discoveryLives } : {}),
      clock,
      random,
      session: options.session,
      trustSpace,
      // A runtime of a caller's own making may have none.
      imapBudget: (host, port) => runtime.imapBudget?.(host, port),
    });
    const copies = new Bell();
    const reader = new EventReader(store, options.eventPollMs, () => copies.ring());
    const storeFaults = new StoreFaults();
    const watch = new ServiceWatch(() => clock.now());
    const worker = new DeliveryWorker(
      {
        store: storeFaults.watch(store),
        transport: watch.over(operator.transport),
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
    return { store, inbox: store.inbox, operator, reader, worker, storeFaults, watch, copies };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What composing a mail needs of the configuration. */
export function senderProfile(
  { config, options, clock, random, tenant, mailbox }: Frame,
  { operator }: Core,
): SenderProfile {
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
