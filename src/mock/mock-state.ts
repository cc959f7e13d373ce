import { MedimailError } from "../errors.js";
import type { Observation } from "../seams/observations.js";
import type { MockClock } from "./clock.js";
import type { ScenarioDesk } from "./control/scenarios.js";
import type { DsnAction } from "./delivery.js";
import { FaultSentence, momentOf } from "./fault-sentence.js";
import type { Faults } from "./faults.js";
import type { ObservationBody, WaitOptions } from "./observer.js";
import type { AnswerOptions, RefuseOptions } from "./recipients.js";
import { MockSnapshot } from "./snapshot.js";
import type { MockMailbox } from "./store/mailbox.js";
import type { MockMessage } from "./store/message.js";
import type { AcceptedMail, WaitForMail } from "./submission.js";
import { fits } from "./submission.js";
import { matches, type ObservationFilter, waitUntil } from "./waits.js";
import type { IncomingOptions, World } from "./world.js";

/** What a mock holds, and what can be done with it without a server: the part of {@link MockMedimail} that is mails, faults, time and waiting. */
export class MockState {
  /** Who leads scenarios through the mock, for its control API and its page. */
  scenarios: ScenarioDesk | undefined;
  /** @internal */
  protected readonly world: World;
  readonly #start: MockSnapshot;

  /** @internal */
  constructor(world: World) {
    this.world = world;
    this.#start = this.snapshot();
  }

  /** The faults in place: `mock.faults.add({ name: "refuse", at: "rcpt", times: 2 })`. */
  get faults(): Faults {
    return this.world.faults;
  }

  /** Its time: `mock.clock.advance(120_000)` ends tokens and brings receipts that were to come later. */
  get clock(): MockClock {
    return this.world.clock;
  }

  /** The observations kept, oldest first. */
  get observations(): readonly Observation[] {
    return this.world.observer.journal.entries;
  }

  /**
   * The observations kept whose rank is above, each with its rank, which is counted from 1 and never goes back: to read on from where one was.
   *
   * @param limit how many at most
   */
  observationsSince(rank: number, limit?: number): { entries: { rank: number; entry: Observation }[]; next: number } {
    return this.world.observer.journal.since(rank, limit);
  }

  /** The rank of the newest observation; 0 before the first. */
  get lastRank(): number {
    return this.world.observer.journal.last;
  }

  /** Told of each observation from now on; the function given back ends it. */
  onObservation(listener: (observation: Observation, rank: number) => void): () => void {
    return this.world.observer.journal.listen(listener);
  }

  /** The mails accepted, oldest first. */
  get mails(): readonly AcceptedMail[] {
    return this.world.mails.entries;
  }

  /** Every mailbox, in the order they were added; patients' once they were written to. */
  get mailboxes(): readonly MockMailbox[] {
    return this.world.store.mailboxes;
  }

  /** A mailbox, a patient's included (`<INS>@patient.mssante.fr`). Throws `invalid_argument` where there is none. */
  mailbox(address: string): MockMailbox {
    return this.world.mailbox(address);
  }

  /** Writes an observation of the caller's among those of the servers, at the mock's time: a scenario that begins, a client that is started. */
  observe(observation: ObservationBody): void {
    this.world.observer.observe(observation);
  }

  /**
   * A mail comes into a mailbox from elsewhere, and is observed as `delivered`. Throws `invalid_argument` where there is no such mailbox.
   */
  deliver(address: string, raw: Uint8Array, options: IncomingOptions = {}): MockMessage {
    return this.world.deliver(address, raw, options);
  }

  /** The tokens that are accepted for a mailbox now, the newest last; `until` where their life has an end. */
  tokens(address: string): { token: string; until?: Date }[] {
    return this.world.store.tokens(address);
  }

  /** The newest token accepted for a mailbox. Throws `invalid_argument` where there is none. */
  token(address: string): string {
    const token = this.world.store.token(address);
    if (token === undefined)
      throw new MedimailError("invalid_argument", "No token is accepted for this mailbox", { path: "address" });
    return token;
  }

  /** A fault in words: `mock.after("RCPT").reply(451).times(2)`, `mock.after("IMAP SELECT").drop()`. */
  after(command: string): FaultSentence {
    return new FaultSentence(this.faults, momentOf(command));
  }

  /** The first mail, past or to come, that fits. Throws `timeout`. */
  waitForMail(wanted: WaitForMail = {}): Promise<AcceptedMail> {
    return this.world.mails.wait((mail) => fits(mail, wanted), "mail that fits", wanted);
  }

  /** The first observation, past or to come, that fits: `mock.waitFor({ kind: "auth", ok: false })`, or a function. Throws `timeout`. */
  waitFor(
    wanted: ObservationFilter | ((observation: Observation) => boolean),
    options?: WaitOptions,
  ): Promise<Observation> {
    const test = typeof wanted === "function" ? wanted : (seen: Observation) => matches(seen, wanted);
    return this.world.observer.journal.wait(test, "observation that fits", options);
  }

  /**
   * Waits for a state: what the function gives as soon as that is true. It is asked again after each change of a mailbox and each observation:
   * `await mock.waitUntil(() => mock.mailbox(address).messages().length === 2)`. Throws `timeout`, and what the function throws.
   */
  waitUntil<T>(state: () => T, options?: WaitOptions): Promise<T> {
    return waitUntil(state, (again) => this.world.watch(again), options);
  }

  /**
   * What the mock holds now, to come back to with `restore`: mailboxes, mails, tokens, faults with their counts, the clock, deliveries that wait.
   * Its settings, name server and Pro Santé Connect are not part of it.
   */
  snapshot(): MockSnapshot {
    return new MockSnapshot(this, this.world.save());
  }

  /**
   * Makes everything as it was; as often as you like. Observations and mails since then are forgotten (`onObservation` has had them). Folders that have
   * changed come back under another UIDVALIDITY, and IMAP sessions that have one open end with BYE. Throws `invalid_argument` for another mock's.
   */
  restore(snapshot: MockSnapshot): void {
    snapshot.restore(this);
  }

  /** As it was at its start. */
  reset(): void {
    this.restore(this.#start);
  }

  /** A person reads the mail: `\Seen`, and a displayed MDN into the sender's INBOX where the mail asks one (else undefined). */
  read(address: string, messageId: string, options?: AnswerOptions): MockMessage | undefined {
    return this.world.recipients.read(address, messageId, options);
  }

  /** A software files the documents: a processed MDN where the mail asks one. */
  integrate(address: string, messageId: string, options?: AnswerOptions): MockMessage | undefined {
    return this.world.recipients.integrate(address, messageId, options);
  }

  /** A software cannot file them: code 900 to 906. */
  refuseIntegration(
    address: string,
    messageId: string,
    code: string,
    options?: RefuseOptions,
  ): MockMessage | undefined {
    return this.world.recipients.refuseIntegration(address, messageId, code, options);
  }

  /** The operator reports on a mail, whether it was asked or not: late, twice, or against what it said before. */
  report(
    address: string,
    messageId: string,
    action: DsnAction,
    details?: { status?: string; diagnostic?: string },
  ): MockMessage | undefined {
    const { mail, recipient } = this.world.accepted(address, messageId);
    return this.world.delivery.report(mail, recipient, action, details);
  }

  /** Delivers the mails that a `delay` fault has kept back; how many. */
  release(): number {
    return this.world.delivery.release();
  }
}
