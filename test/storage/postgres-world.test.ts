import { expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { type Random, seededRandom } from "../../src/seams/index.js";
import { openPostgresOutbox, type PostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { accepted, settledAs, submission, T0, worker } from "./samples.js";

/** When the leases of those have ended who are not registered any more: they claimed after others had thought them dead. */
const LATER = T0 + 3_600_000;
const MAILS = 60;
const MACHINES = 3;

/** What is true of the mails, whatever the outbox thinks: dots that were written, by Message-ID. */
class Facts {
  readonly dots = new Map<string, number>();
  doubts = 0;
  lost = 0;
  dot(messageId: string): void {
    this.dots.set(messageId, (this.dots.get(messageId) ?? 0) + 1);
  }
}

/** A worker of a machine of its own: it delivers, dies and comes back under another name, and now and then thinks others dead who live. */
class Machine {
  #serial = 0;
  #id: string;

  constructor(
    private readonly store: PostgresOutbox,
    private readonly name: string,
    private readonly random: Random,
    private readonly facts: Facts,
  ) {
    this.#id = this.#anew();
  }

  #anew(): string {
    this.#serial += 1;
    return `${this.name}-${this.#serial}`;
  }

  async step(): Promise<void> {
    await this.store.heartbeat(worker(this.#id, { host: this.name }), T0);
    const dice = this.random.fraction();
    if (dice < 0.15) await this.#recover();
    else if (dice < 0.2) await this.store.removeWorker(this.#id).then(() => this.#die());
    else await this.#deliver();
  }

  #die(): void {
    this.#id = this.#anew();
  }

  async #recover(): Promise<void> {
    const me = this.#id;
    const recovered = await this.store.recover({ worker: me, now: T0, isDead: () => this.random.fraction() < 0.5 });
    for (const mail of recovered) {
      this.facts.doubts += 1;
      const known =
        mail.answer === undefined ? settledAs(mail, "unknown", { worker: me }) : accepted(mail, { worker: me });
      await this.store.settle([known]);
    }
  }

  async #deliver(): Promise<void> {
    const me = this.#id;
    const prepare = this.random.fraction() < 0.5;
    const claimed = await this.store.claim({
      worker: me,
      now: T0,
      limit: 1 + Math.floor(this.random.fraction() * 4),
      prepare,
    });
    await Promise.all(
      claimed.map(async (mail) => {
        await pause(this.random.fraction() * 10);
        if (this.random.fraction() < 0.15) {
          await this.store.settle([
            accepted(mail, { worker: me, recipients: [], events: [], traces: [], next: { kind: "release" } }),
          ]);
          return;
        }
        try {
          await this.store.markHandover(me, [mail.mailId]);
        } catch (error) {
          if (!isMedimailError(error) || error.code !== "lease_lost") throw error;
          this.facts.lost += 1;
          return;
        }
        this.facts.dot(mail.messageId);
        await pause(this.random.fraction() * 10);
        // It dies here now and then: nobody writes down what the server said.
        if (this.random.fraction() < 0.2) this.#die();
        else await this.store.settle([accepted(mail, { worker: me })]);
      }),
    );
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describeWithPostgres("workers of several machines on one database", (server) => {
  it.each([1, 2, 3])(
    "that die, are thought dead and come back write no dot twice and lose nothing (seed %i)",
    {
      timeout: 60_000,
    },
    async (seed) => {
      const url = await server().database();
      const facts = new Facts();
      const stores = await Promise.all(Array.from({ length: MACHINES }, () => openPostgresOutbox({ url })));
      const [store] = stores as [PostgresOutbox];
      try {
        await Promise.all(
          Array.from({ length: MAILS }, (_, serial) =>
            (stores[serial % MACHINES] ?? store).submit(submission(`${seed}-${serial}`)),
          ),
        );
        const machines = stores.map(
          (each, index) => new Machine(each, `m${index}`, seededRandom(seed * 10 + index), facts),
        );
        await Promise.all(
          machines.map(async (machine) => {
            for (let step = 0; step < 25; step += 1) await machine.step();
          }),
        );
        // All of them are dead now but one, which does what is left.
        const last = new Machine(store, "last", { ...seededRandom(1), fraction: () => 0.9 }, facts);
        const doubtful = await store.recover({ worker: "at the end", now: LATER, isDead: () => true });
        for (const mail of doubtful) await store.settle([settledAs(mail, "unknown", { worker: "at the end" })]);
        facts.doubts += doubtful.length;
        for (let step = 0; step < MAILS && (await store.stats({ now: T0 })).byState.queued > 0; step += 1)
          await last.step();
        const rows = await store.list({ limit: 1_000 });
        const recipients = rows.flatMap((row) => row.recipients);
        expect([...facts.dots.values()].filter((count) => count > 1)).toEqual([]);
        expect(recipients.filter(({ state }) => state !== "accepted" && state !== "unknown")).toEqual([]);
        expect(recipients.filter(({ state, messageId }) => state === "accepted" && !facts.dots.has(messageId))).toEqual(
          [],
        );
        expect(
          recipients.filter(({ state, messageId }) => state === "unknown" && !facts.dots.has(messageId)).length,
        ).toBe(0);
        // The test means nothing where nobody lost anything to another.
        expect(facts.doubts + facts.lost).toBeGreaterThan(0);
        const events = await store.events({ limit: 10_000 });
        expect(new Set(events.map(({ seq }) => seq)).size).toBe(events.length);
      } finally {
        await Promise.all(stores.map((each) => each.close()));
      }
    },
  );
});
