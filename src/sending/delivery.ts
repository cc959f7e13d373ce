import { errorCodeOf } from "../errors.js";
import type { ClaimedMail, MailSettlement, TransportResult } from "../seams/index.js";
import { elapsedOf, transportFailure } from "../seams/index.js";
import { backoffMs } from "./backoff.js";
import { ClockWatch } from "./clock-watch.js";
import { DEFAULT_DELIVERY, type DeliveryDeps, type DeliverySettings } from "./delivery-settings.js";
import { Gate } from "./gate.js";
import { SettlementNotes } from "./notes.js";
import { type OutcomeContext, settleAnswer, settleFailure, settleRecovered, settleRelease } from "./outcome.js";
import { outgoing, senderOf, takenAnswer } from "./outgoing.js";

/** A flow is swift while its mails are small and their answers come within these: bytes, ms. */
const SWIFT = { size: 256 * 1024, ms: 500 };
/** So often mails are looked for that a clock which was set back has put off by far: those of another process too. */
const LATE_LOOK_MS = 60_000;
/** More than any wait that is ours to give, beside the longest back-off. */
const LATE_SLACK_MS = 2 * 60_000;
/** How long a claim waits for other writes to share its commit with, while others are at hand. */
const CLAIM_WAIT_MS = 3;

/** A mail that was claimed; `prepared`: its hand-over too. */
interface Taken {
  mail: ClaimedMail;
  prepared: boolean;
}

/**
 * The worker: takes what is due, hands it over, writes down what came of it. Any number may run on one outbox, in one
 * process or several; a mail is in the hands of one. A fault of the operator stays in here: submitting goes on (ECO.1.2.3).
 */
export class DeliveryWorker {
  readonly #settings: DeliverySettings;
  readonly #gate: Gate;
  readonly #notes: SettlementNotes;
  /** Mails claimed whose outcome is not yet written down. */
  readonly #inHand = new Set<Promise<void>>();
  /** Those of them that wait for the operator. */
  #sending = 0;
  /** Claimed ahead, in a swift flow: some mails share the commit of their claim, and the next is at hand. */
  readonly #ahead: Taken[] = [];
  #swift = false;
  #wake: (() => void) | undefined;
  #woken = false;
  #lastRecovery = Number.NEGATIVE_INFINITY;
  #lastLateLook = Number.NEGATIVE_INFINITY;
  readonly #watch: ClockWatch;
  #paused = false;

  constructor(
    private readonly deps: DeliveryDeps,
    settings: Partial<DeliverySettings> = {},
  ) {
    this.#settings = { ...DEFAULT_DELIVERY, ...settings };
    this.#gate = new Gate(this.#settings.maxInDoubt);
    const { store, clock, log, worker } = deps;
    this.#watch = new ClockWatch(clock);
    this.#notes = new SettlementNotes({ store, clock, log, worker: worker.id });
  }

  /** A submission was stored, or a mail came free: look at once. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Starts no new mail until {@link resume}; those in hand are finished. */
  pause(): void {
    this.#paused = true;
    this.wake();
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  /** Works until the signal; then finishes the mails in hand and gives back the others. */
  async run(options: { signal: AbortSignal; submission?: string }): Promise<void> {
    const { signal } = options;
    const { clock, store, worker, log } = this.deps;
    const onAbort = () => this.wake();
    signal.addEventListener("abort", onAbort, { once: true });
    await this.#register(signal);
    const beat = setInterval(() => {
      store
        .heartbeat(worker, clock.now())
        .catch((error) => log.log("warn", "delivery.heartbeat", { code: errorCodeOf(error), worker: worker.id }));
    }, 1_000);
    beat.unref();
    try {
      while (!signal.aborted) await this.#turn(options);
      // What the store does not take back now goes back with the worker.
      await this.#giveBack().catch(() => this.#ahead.splice(0));
      await Promise.all(this.#inHand);
    } finally {
      clearInterval(beat);
      signal.removeEventListener("abort", onAbort);
      await store.removeWorker(worker.id).catch(() => {});
    }
  }

  /** Takes nothing before others can know it as alive or dead; a store that cannot be written is waited for, as it is later. */
  async #register(signal: AbortSignal): Promise<void> {
    const { clock, store, worker, log } = this.deps;
    while (!signal.aborted) {
      try {
        await store.heartbeat(worker, clock.now());
        return;
      } catch (error) {
        const code = errorCodeOf(error);
        log.log("error", "delivery.store", { code, worker: worker.id });
        if (code === "closed") throw error;
        this.#woken = false;
        await this.#sleep(this.#settings.pollMs);
      }
    }
  }

  async #turn({ submission }: { submission?: string }): Promise<void> {
    const { clock, store, worker, circuit, tenant, mailbox, log } = this.deps;
    this.#woken = false;
    let claimed: ClaimedMail[] = [];
    try {
      await this.#recover();
      await this.#hasten();
      if (this.#paused || circuit.permits() < this.#ahead.length) await this.#giveBack();
      this.#startAhead();
      const limit = this.#wanted();
      if (limit > 0) {
        const prepare = this.#swift;
        claimed = await store.claim({
          worker: worker.id,
          now: clock.now(),
          limit,
          tenant,
          mailbox,
          prepare,
          waitMs: prepare && this.#ahead.length > 0 ? CLAIM_WAIT_MS : 0,
          ...(submission === undefined ? {} : { submission }),
        });
        this.#ahead.push(...claimed.map((mail) => ({ mail, prepared: prepare })));
        this.#startAhead();
      }
    } catch (error) {
      // The store did not answer (a full disk, a lock held too long): nothing is lost, look again later.
      log.log("error", "delivery.store", { code: errorCodeOf(error), worker: worker.id });
      await this.#sleep(this.#settings.pollMs);
      return;
    }
    if (claimed.length === 0 || this.#wanted() <= 0) await this.#sleep(await this.#pause(submission));
  }

  /** How many more mails may be started. A store that does not write the answers down holds the worker up. */
  #free(): number {
    const { concurrency } = this.#settings;
    // In a swift flow as many more wait for a session: their envelopes go with the final dots of those before.
    const atOnce = this.#swift ? 2 * concurrency : concurrency;
    const room = Math.min(atOnce - this.#sending, 3 * concurrency - this.#inHand.size);
    return this.#paused ? 0 : Math.min(room, this.deps.circuit.permits());
  }

  /** How many to claim now. */
  #wanted(): number {
    const { concurrency } = this.#settings;
    const ahead = this.#ahead.length;
    if (!this.#swift || this.#paused || this.deps.circuit.state !== "closed") return this.#free() - ahead;
    return ahead <= concurrency ? 2 * concurrency - ahead : 0;
  }

  #startAhead(): void {
    while (this.#ahead.length > 0 && this.#free() > 0) this.#start(this.#ahead.shift() as Taken);
  }

  async #giveBack(): Promise<void> {
    const { clock, store, worker } = this.deps;
    const taken = this.#ahead.splice(0);
    if (taken.length === 0) return;
    try {
      await store.settle(taken.map(({ mail }) => settleRelease(mail, worker.id, clock.now())));
    } catch (error) {
      this.#ahead.unshift(...taken);
      throw error;
    }
  }

  /** How long to sleep when nothing may start now. A mail that comes free wakes the worker before. */
  async #pause(submission: string | undefined): Promise<number> {
    const { clock, store, circuit, tenant, mailbox } = this.deps;
    const most = this.#settings.pollMs;
    if (this.#ahead.length > 0 || (this.#free() <= 0 && circuit.permits() > 0)) return most;
    if (circuit.permits() === 0) return Math.min(most, Math.max(1, circuit.retryAt - clock.now()));
    const due = await store
      .nextDue({ tenant, mailbox, ...(submission === undefined ? {} : { submission }) })
      .catch(() => undefined);
    return due === undefined ? most : Math.min(most, Math.max(1, due - clock.now()));
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  async #recover(): Promise<void> {
    const { clock, store, worker, isDead, log } = this.deps;
    const elapsed = elapsedOf(clock);
    if (elapsed - this.#lastRecovery < 1_000) return;
    this.#lastRecovery = elapsed;
    const now = clock.now();
    const inDoubt = await store.recover({ worker: worker.id, now, isDead });
    if (inDoubt.length === 0) return;
    log.log("warn", "delivery.recovered", { count: inDoubt.length, worker: worker.id });
    // They are in this worker's hands: nobody else looks at them again while it lives.
    await Promise.all(
      inDoubt.map((mail) => this.#notes.add(settleRecovered(mail, this.#context(mail, now)), undefined, true)),
    );
    this.deps.changed();
  }

  /** A clock that was set back would have mails wait for the time that it has lost: their next try is due, though it come too soon. */
  async #hasten(): Promise<void> {
    const { clock, store, log, worker, tenant, mailbox } = this.deps;
    const wasSetBack = this.#watch.wasSetBack();
    const elapsed = elapsedOf(clock);
    if (!wasSetBack && elapsed - this.#lastLateLook < LATE_LOOK_MS) return;
    this.#lastLateLook = elapsed;
    const now = clock.now();
    const beyond = wasSetBack ? now : now + this.#settings.backoff.maxMs + LATE_SLACK_MS;
    const count = await store.hasten({ tenant, mailbox, now, beyond });
    if (count > 0) log.log("warn", "delivery.hastened", { count, worker: worker.id });
  }

  #start({ mail, prepared }: Taken): void {
    this.deps.circuit.started();
    this.#sending += 1;
    let sending = true;
    const answered = () => {
      if (sending) this.#sending -= 1;
      sending = false;
      this.#startAhead();
      if (this.#wanted() > 0) this.wake();
    };
    const work = this.#deliver(mail, prepared, answered).finally(() => {
      this.#inHand.delete(work);
      answered();
    });
    this.#inHand.add(work);
  }

  async #deliver(mail: ClaimedMail, prepared: boolean, answered: () => void): Promise<void> {
    const { store, clock, circuit, log, worker } = this.deps;
    let entered = false;
    const leave = () => {
      if (entered) this.#gate.leave();
      entered = false;
    };
    let settlement: MailSettlement;
    const since = performance.now();
    try {
      const result: TransportResult = await this.deps.transport.send(outgoing(mail, this.deps.mailbox), {
        timeoutMs: this.#settings.sendTimeoutMs,
        beforeFinalDot: async () => {
          if (!prepared) await store.prepareHandover(worker.id, [mail.mailId]);
          await this.#gate.enter();
          entered = true;
          await this.#notes.carry((answers) => store.markHandover(worker.id, [mail.mailId], answers));
        },
      });
      circuit.succeeded();
      this.#swift = mail.size <= SWIFT.size && performance.now() - since <= SWIFT.ms;
      settlement = settleAnswer(mail, result, this.#context(mail, clock.now()));
    } catch (error) {
      this.#swift = false;
      const failure = transportFailure(error);
      if (failure?.systemic) circuit.failed(failure.verdict === "permanent");
      else circuit.neutral();
      settlement = settleFailure(mail, error, this.#context(mail, clock.now()));
      log.log("warn", "delivery.failed", {
        code: errorCodeOf(error),
        submission: mail.submission,
        messageId: mail.messageId,
        attempt: mail.attempts + 1,
        ...(failure ? { stage: failure.stage } : {}),
        ...(failure?.reply === undefined ? {} : { reply: failure.reply }),
      });
    }
    // The answer is with the notes before the gate opens: the mark of the next mail carries it.
    const last = this.#sending <= 1 && this.#ahead.length === 0;
    const answer = takenAnswer(settlement);
    const noted = this.#notes.add(settlement, answer, last);
    // Of what is no acceptance its note alone tells: until then it is in doubt if the process is killed.
    if (answer !== undefined) leave();
    answered();
    await noted;
    leave();
    this.deps.changed();
  }

  #context(mail: ClaimedMail, now: number): OutcomeContext {
    const { random, worker } = this.deps;
    const { backoff } = this.#settings;
    return {
      worker: worker.id,
      now,
      retryAt: () => now + backoffMs(mail.attempts + 1, backoff, random),
      // What the clock leapt over was no time to try the mail in.
      maxAgeMs: this.#settings.maxAgeMs + this.#watch.skippedSince(mail.createdAt),
      trace: (entry) => this.deps.trace(entry, mail.info.actor, now),
      from: senderOf(mail, this.deps.mailbox),
    };
  }
}
