import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Libsql from "libsql";
import { isMedimailError } from "../../src/errors.js";
import type { ClaimedMail, MailSettlement, Random, RecipientState } from "../../src/seams/index.js";
import { openSqliteOutbox, type SqliteOutbox } from "../../src/storage/index.js";
import { accepted, submission, T0, worker } from "./samples.js";

/** What may happen in a world beside plain work and plain kills. */
export interface Weather {
  /** Workers that live are thought dead. */
  falseDeaths: boolean;
  /** Files of marks are removed, damaged, cannot be written. */
  badFiles: boolean;
  /** The machine starts again: what was not fsynced may be gone. */
  powerCuts: boolean;
}

interface Delivery {
  by: Worker;
  mail: ClaimedMail;
  prepared: boolean;
  stage: "claimed" | "marking" | "dot" | "answered" | "over";
  /** `failed`: before its dot, for good. */
  outcome?: "taken" | "refused" | "lost" | "failed";
}

interface Worker {
  id: string;
  process: Process;
  deliveries: Delivery[];
  /** It has left, or is leaving, and begins nothing. */
  gone: boolean;
}

interface Process {
  store: SqliteOutbox;
  workers: Worker[];
  alive: boolean;
  /** Calls that are under way. */
  calls: number;
}

/** What is true of a mail, whatever the outbox thinks. */
interface Fact {
  name: string;
  /** Dots that the server took, or may have taken. */
  taken: number;
  /** One, and one more each time that a person asked for it. */
  allowed: number;
  /** Since it was last settled somebody was about to write its dot. */
  marked: boolean;
}

const NOW = T0;
/** When the leases of those have ended who are not registered: they died before they had said again that they live. */
const LATER = T0 + 3_600_000;
const AT = { at: T0 + 1_000 };

/**
 * Several processes on one outbox, which die, pause and come back at random, and the facts that they cannot all know. After each step: no mail
 * that may have gone is due, and no dot was written twice.
 */
export class HandoverWorld {
  readonly #facts = new Map<number, Fact>();
  readonly #processes: Process[] = [];
  readonly #look: Libsql.Database;
  #serial = 0;
  #boot = 1;
  /** Calls of `mark` that a hook began amid the work of another process. */
  #amid: Promise<void>[] = [];
  readonly counts = { dots: 0, doubts: 0, givenBack: 0, lost: 0, amid: 0 };

  private constructor(
    private readonly folder: string,
    private readonly path: string,
    private readonly random: Random,
    private readonly weather: Weather,
  ) {
    this.#look = new Libsql(path);
  }

  static async make(folder: string, random: Random, weather: Weather): Promise<HandoverWorld> {
    const path = join(folder, "outbox.db");
    await (await openSqliteOutbox({ path })).close();
    const world = new HandoverWorld(folder, path, random, weather);
    for (let count = 0; count < 2; count += 1) await world.#startProcess();
    return world;
  }

  async close(): Promise<void> {
    this.#look.close();
    for (const { store } of this.#processes) await store.close().catch(() => {});
  }

  /** One to three things at once, and then a look at the facts. */
  async step(): Promise<void> {
    const count = 1 + Math.floor(this.random.fraction() * 3);
    const works = [];
    for (let index = 0; index < count; index += 1) works.push(this.#something());
    await Promise.all(works);
    await Promise.all(this.#amid.splice(0));
    this.#check();
  }

  /** Called between two system calls on a file of marks: meanwhile another process marks a mail. */
  amid(): void {
    if (!this.#chance(0.4)) return;
    const ready = this.#deliveries(
      ({ stage, prepared, by }) => stage === "claimed" && prepared && by.process.calls === 0,
    );
    const delivery = this.#one(ready);
    if (!delivery) return;
    this.counts.amid += 1;
    this.#amid.push(this.#mark(delivery, true));
  }

  /** All die; who comes then finds everything, and nothing is lost. */
  async end(): Promise<void> {
    for (const process of this.#processes) process.alive = false;
    this.#clearObstacles();
    const last = await this.#startProcess();
    const by = last.workers[0] as Worker;
    await this.#recover(by, true);
    for (let round = 0; round < 50; round += 1) {
      await this.#claim(by);
      if (by.deliveries.length === 0) break;
      for (const delivery of [...by.deliveries]) {
        await this.#mark(delivery);
        this.#answer(delivery, "taken");
        await this.#settle(delivery);
      }
    }
    this.#check();
    for (const row of this.#rows()) {
      const { taken = 0, name = "" } = this.#facts.get(row.id) ?? {};
      if (row.lease_owner !== null) throw new Error(`${name} stays in the hands of ${row.lease_owner}`);
      if (row.state === "queued") throw new Error(`${name} is left in the queue`);
      if (row.recipient === "accepted" && taken === 0) throw new Error(`${name} was lost: accepted, and never sent`);
    }
    await last.store.removeWorker(by.id);
  }

  /** Beside the database, once nobody is at work. */
  files(): string[] {
    return readdirSync(this.folder).filter((name) => name.includes(".marks"));
  }

  // What may happen.

  #something(): Promise<void> | undefined {
    const by = this.#one(this.#workers());
    const delivery = this.#one(this.#deliveries(({ stage }) => stage !== "over" && stage !== "marking"));
    const happens: [number, () => Promise<void> | void][] = [
      [3, () => this.#submit()],
      [6, () => by && this.#claim(by)],
      [14, () => delivery && this.#goOn(delivery)],
      [3, () => by && this.#recover(by, false)],
      [1.5, () => this.#kill()],
      [1.5, () => this.#startProcess().then(() => {})],
      [1, () => this.#person()],
      [0.7, () => by && this.#leave(by)],
      [0.5, () => by && this.#beat(by)],
      [this.weather.badFiles ? 1.5 : 0, () => this.#damage()],
      [this.weather.powerCuts ? 1.2 : 0, () => this.#powerCut()],
    ];
    let at = this.random.fraction() * happens.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, happen] of happens) {
      at -= weight;
      if (at < 0) return happen() ?? undefined;
    }
    return undefined;
  }

  async #startProcess(): Promise<Process> {
    if (this.#processes.filter(({ alive }) => alive).length >= 3) this.#kill();
    const store = await openSqliteOutbox({ path: this.path });
    const process: Process = { store, workers: [], alive: true, calls: 0 };
    this.#processes.push(process);
    const count = this.#chance(0.3) ? 2 : 1;
    for (let index = 0; index < count; index += 1) await this.#join(process);
    return process;
  }

  async #join(process: Process): Promise<void> {
    this.#serial += 1;
    const by: Worker = { id: `worker-${this.#serial}`, process, deliveries: [], gone: false };
    process.workers.push(by);
    await this.#beat(by);
  }

  #beat(by: Worker): Promise<void> {
    const boot = `0f0e7d2c-0000-4a4a-8b8b-00000000000${this.#boot % 10} pid:[1]`;
    return this.#call(by, (store) => store.heartbeat(worker(by.id, { boot }), NOW)).then(() => {});
  }

  async #submit(): Promise<void> {
    const by = this.#one(this.#workers());
    if (!by) return;
    this.#serial += 1;
    const name = `n${this.#serial}`;
    await this.#call(by, (store) => store.submit(submission(name)));
    const row = this.#look.prepare(
      "SELECT m.id FROM medimail_mails m JOIN medimail_submissions s ON s.pk = m.submission WHERE s.id = ?",
    );
    const { id } = (row.get([`s-${name}`]) ?? { id: -1 }) as { id: number };
    this.#facts.set(id, { name, taken: 0, allowed: 1, marked: false });
  }

  async #claim(by: Worker): Promise<void> {
    const prepare = this.#chance(0.6);
    const limit = 1 + Math.floor(this.random.fraction() * 4);
    const mails = await this.#call(by, (store) => store.claim({ worker: by.id, now: NOW, limit, prepare }));
    for (const mail of mails ?? []) by.deliveries.push({ by, mail, prepared: prepare, stage: "claimed" });
  }

  #goOn(delivery: Delivery): Promise<void> | void {
    const { stage, prepared } = delivery;
    if (stage === "dot") return this.#answer(delivery, this.#one(["taken", "taken", "taken", "refused", "lost"]));
    if (stage === "claimed" && this.#chance(0.05)) delivery.outcome = "failed";
    if (stage === "answered" || delivery.outcome || this.#chance(0.1)) return this.#settle(delivery);
    return prepared || this.#chance(0.2) ? this.#mark(delivery) : this.#prepare(delivery);
  }

  async #prepare(delivery: Delivery): Promise<void> {
    const { by, mail } = delivery;
    const done = await this.#call(by, (store) => store.prepareHandover(by.id, [mail.mailId]).then(() => true));
    if (done) delivery.prepared = true;
  }

  async #mark(delivery: Delivery, amid = false): Promise<void> {
    const { by, mail } = delivery;
    const fact = this.#factOf(mail.mailId);
    const noted = by.deliveries.filter(({ stage, outcome }) => stage === "answered" && outcome === "taken");
    // Long ones make the file be written anew.
    const answer = this.#chance(0.1) ? "250 ".padEnd(70_000, "x") : "250 ok";
    const answers = noted.map(({ mail: { mailId } }) => ({ mailId, answer }));
    delivery.stage = "marking";
    fact.marked = true;
    const ready = await this.#call(by, (store) => store.markHandover(by.id, [mail.mailId], answers).then(() => true));
    if (!by.process.alive || delivery.stage !== "marking") return;
    if (!ready) {
      delivery.stage = "claimed";
      return this.#settle(delivery);
    }
    delivery.stage = "dot";
    fact.taken += 1;
    this.counts.dots += 1;
    // Amid the settlement of another it comes before the worker is told.
    if (!amid && this.#rows().find(({ id }) => id === mail.mailId)?.recipient === "failed")
      throw new Error(`${fact.name} is sent by ${by.id}, and was noted as failed`);
    if (fact.taken > fact.allowed) throw new Error(`${fact.name} was sent twice, the second time by ${by.id}`);
  }

  #answer(delivery: Delivery, outcome: Delivery["outcome"]): void {
    if (delivery.stage !== "dot") return;
    delivery.stage = "answered";
    delivery.outcome = outcome ?? "lost";
    if (outcome === "refused") this.#factOf(delivery.mail.mailId).taken -= 1;
  }

  async #settle(delivery: Delivery): Promise<void> {
    const { by, mail, outcome } = delivery;
    const fact = this.#factOf(mail.mailId);
    delivery.stage = "over";
    const done = await this.#call(by, (store) =>
      store.settle([this.#settlement(mail, by.id, outcome)]).then(() => true),
    );
    if (!done) return;
    by.deliveries = by.deliveries.filter((other) => other !== delivery);
    const row = this.#rows().find(({ id }) => id === mail.mailId);
    if (row?.lease_owner === null) fact.marked = false;
  }

  #settlement(mail: ClaimedMail, by: string, outcome: Delivery["outcome"]): MailSettlement {
    const again: MailSettlement["next"] = this.#chance(0.5) ? { kind: "release" } : { kind: "retry", dueAt: NOW };
    const none = { worker: by, ...AT, events: [], traces: [] };
    const all = (state: RecipientState) => mail.recipients.map(({ id }) => ({ id, state }));
    if (outcome === "taken") return accepted(mail, { ...none, recipients: all("accepted") });
    if (outcome === "failed") return accepted(mail, { ...none, recipients: all("failed") });
    if (outcome === "lost") return accepted(mail, { ...none, recipients: all("unknown"), next: { kind: "doubt" } });
    return accepted(mail, { ...none, recipients: [], next: again });
  }

  async #recover(by: Worker, last: boolean): Promise<void> {
    const paused = !last && this.weather.falseDeaths ? this.#one(this.#workers())?.id : undefined;
    const killed = this.#processes.filter(({ alive }) => !alive).flatMap(({ workers }) => workers);
    const dead = new Set(killed.map(({ id }) => id));
    const before = this.#rows().filter((row) => row.lease_owner !== null).length;
    const mails = await this.#call(by, (store) =>
      store.recover({
        worker: by.id,
        now: last ? LATER : NOW,
        isDead: ({ id }) => id !== by.id && (id === paused || dead.has(id)),
      }),
    );
    this.counts.givenBack += Math.max(0, before - this.#rows().filter((row) => row.lease_owner !== null).length);
    const plain = !this.weather.falseDeaths && !this.weather.badFiles && !this.weather.powerCuts;
    // With them in its hands.
    if (!last && mails && mails.length > 0 && this.#chance(0.3)) by.process.alive = false;
    for (const mail of mails ?? []) {
      const { name, marked, taken } = this.#factOf(mail.mailId);
      if (plain && !marked) throw new Error(`${name} is in doubt after a plain kill, and nobody was about to send it`);
      if (mail.answer !== undefined && taken === 0) throw new Error(`${name} has an answer, and was never sent`);
      this.counts.doubts += 1;
      if (!by.process.alive) continue;
      await this.#settle({
        by,
        mail,
        prepared: true,
        stage: "over",
        outcome: mail.answer === undefined ? "lost" : "taken",
      });
    }
  }

  /** Amid whatever it is at: its calls end, but nobody hears of it. */
  #kill(): void {
    const process = this.#one(this.#processes.filter(({ alive }) => alive));
    if (process) process.alive = false;
  }

  async #powerCut(): Promise<void> {
    // Unlike a killed process of this world, a machine ends no call that is under way.
    if (this.#processes.some(({ calls }) => calls > 0)) return;
    this.#boot += 1;
    for (const process of this.#processes) process.alive = false;
    this.#clearObstacles();
    for (const name of this.files()) {
      const path = join(this.folder, name);
      const lines = readFileSync(path, "utf8").split("\n");
      writeFileSync(path, lines.slice(0, Math.floor(lines.length * this.random.fraction() * 1.2)).join("\n"));
    }
    await this.#startProcess();
  }

  async #person(): Promise<void> {
    const by = this.#one(this.#workers());
    const [id, fact] = this.#one([...this.#facts]) ?? [];
    if (!by || id === undefined || !fact) return;
    const name = `s-${fact.name}`;
    const doubtful = () => this.#rows().find((row) => row.id === id);
    if (this.#chance(0.3)) await this.#call(by, (store) => store.cancel(name, NOW, []));
    else if (doubtful()?.state === "doubt") {
      fact.allowed = fact.taken + 1;
      fact.marked = false;
      await this.#call(by, (store) => store.requeue(name, ["unknown"], NOW, []));
    }
  }

  async #leave(by: Worker): Promise<void> {
    // As a worker does that ends in good order: what it has answers to is noted before.
    const orderly = this.#chance(0.7);
    for (const delivery of by.deliveries.filter(({ stage }) => stage === "dot" && orderly))
      this.#answer(delivery, "taken");
    for (const delivery of by.deliveries.filter(({ stage }) => stage === "answered")) await this.#settle(delivery);
    if (by.process.calls > 0 || !by.process.alive) return;
    by.gone = true;
    await this.#call(by, (store) => store.removeWorker(by.id));
    // Whoever comes back has let go of what it had; of one who does not, deliveries that it gave up may go on, and must find their mail lost.
    if (this.#chance(0.5)) return;
    by.deliveries = [];
    by.gone = false;
    if (by.process.alive) await this.#beat(by);
  }

  #damage(): void {
    const name = this.#one(this.files());
    if (name === undefined) return;
    const path = join(this.folder, name);
    const what = this.random.fraction();
    if (what < 0.4) rmSync(path, { force: true, recursive: true });
    else if (what < 0.6) this.#clearObstacles();
    else if (what < 0.8 && !existsSync(`${path}.new`) && !name.endsWith(".new")) mkdirSync(`${path}.new`);
    else if (!name.endsWith(".new")) this.#chance(0.5) ? appendFileSync(path, "\0\0\n") : writeFileSync(path, "");
  }

  #clearObstacles(): void {
    for (const name of this.files())
      if (name.endsWith(".new")) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  // How it is looked at.

  /** Undefined where its process died meanwhile, or the store refused: for want of the lease, or of a file that can be written. */
  async #call<T>({ process }: Worker, work: (store: SqliteOutbox) => Promise<T>): Promise<T | undefined> {
    process.calls += 1;
    try {
      const result = await work(process.store);
      return process.alive ? result : undefined;
    } catch (error) {
      if (!isMedimailError(error) || !["lease_lost", "storage_failed"].includes(error.code)) throw error;
      if (error.code === "storage_failed" && !this.weather.badFiles) throw error;
      if (error.code === "lease_lost") this.counts.lost += 1;
      return undefined;
    } finally {
      process.calls -= 1;
    }
  }

  #check(): void {
    for (const { id, state, lease_owner } of this.#rows()) {
      const fact = this.#facts.get(id);
      if (!fact || state !== "queued" || lease_owner !== null || fact.taken < fact.allowed) continue;
      throw new Error(`${fact.name} is due, and the server may have it`);
    }
  }

  #rows(): { id: number; state: string; lease_owner: string | null; recipient: string }[] {
    const sql = `SELECT m.id, m.state, m.lease_owner, r.state AS recipient FROM medimail_mails m JOIN medimail_recipients r ON r.mail = m.id`;
    return this.#look.prepare(sql).all([]) as never;
  }

  #workers(): Worker[] {
    return this.#processes.filter(({ alive }) => alive).flatMap(({ workers }) => workers.filter(({ gone }) => !gone));
  }

  #deliveries(which: (delivery: Delivery) => boolean): Delivery[] {
    const workers = this.#processes.filter(({ alive }) => alive).flatMap((process) => process.workers);
    return workers.flatMap(({ deliveries }) => deliveries.filter(which));
  }

  #factOf(id: number): Fact {
    const fact = this.#facts.get(id);
    if (!fact) throw new Error(`no such mail: ${id}`);
    return fact;
  }

  #chance(of: number): boolean {
    return this.random.fraction() < of;
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.random.fraction() * of.length)];
  }
}
