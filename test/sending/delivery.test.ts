import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/log.js";
import type { MailTransport, OutboxStore, SendOptions, TransportResult } from "../../src/seams/index.js";
import { systemClock, systemRandom } from "../../src/seams/index.js";
import { Circuit, type DeliverySettings, DeliveryWorker } from "../../src/sending/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { traceOf } from "../../src/traces/index.js";
import { MAILBOX, mail, submission, TENANT, worker } from "../storage/samples.js";

const BOOT = "0f0e7d2c-1111-4a4a-8b8b-222222222222 pid:[1]";
const ANSWER = "250 2.0.0 queued";

let store: OutboxStore;
/** The ids of the mails whose final dot was written, in order. */
let dots: string[];
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  store = await openSqliteOutbox({ memory: true });
  dots = [];
  stops = [];
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await store.close();
});

type Send = (envid: string, options: SendOptions) => Promise<void>;
const taken = (to: readonly string[]): TransportResult => ({
  recipients: to.map((address) => ({ address, accepted: true, reply: 250, temporary: false })),
  reply: 250,
  answer: ANSWER,
});

/** An operator that takes every mail at once; `before` runs before the mark, `after` between dot and answer. */
function operator({ before, after }: { before?: Send; after?: Send } = {}): MailTransport {
  return {
    async send({ to, dsn }, options = {}) {
      const envid = dsn?.envid ?? "";
      await before?.(envid, options);
      await options.beforeFinalDot?.();
      dots.push(envid);
      await after?.(envid, options);
      return taken(to);
    },
    maxSize: () => undefined,
    close: async () => {},
    giveUp: () => {},
  };
}

function start(
  transport: MailTransport,
  {
    id = "worker-1",
    over = store,
    circuit = new Circuit(systemClock),
    ...settings
  }: { id?: string; over?: OutboxStore; circuit?: Circuit } & Partial<DeliverySettings> = {},
): { delivery: DeliveryWorker; stop: () => Promise<void> } {
  const delivery = new DeliveryWorker(
    {
      store: over,
      transport,
      circuit,
      worker: worker(id, { boot: BOOT }),
      isDead: (other) => other.id !== id,
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
      tenant: TENANT,
      mailbox: MAILBOX,
      trace: (entry, actor, now) =>
        traceOf({ ...entry, tenant: TENANT, mailbox: MAILBOX, actor: actor ?? "test", at: new Date(now) }),
      changed: () => {},
    },
    { concurrency: 2, pollMs: 20, ...settings },
  );
  const ended = new AbortController();
  const running = delivery.run({ signal: ended.signal });
  const stop = async () => {
    ended.abort();
    await running;
  };
  stops.push(stop);
  return { delivery, stop };
}

const queue = (count: number, prefix = "n") =>
  Promise.all(
    Array.from({ length: count }, (_, n) => store.submit(submission(`${prefix}${n}`, { createdAt: Date.now() }))),
  );
const counts = async () => (await store.stats({ now: Date.now() })).byState;
const accepted = (count: number) => expect.poll(async () => (await counts()).accepted, { timeout: 5_000 }).toBe(count);

describe("the delivery worker", () => {
  it("ends at once, in the middle of a question to the store too", async () => {
    let asked = () => {};
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const nextDue: OutboxStore["nextDue"] = async () => {
      asked();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return undefined;
    };
    const { stop } = start(operator(), { over: { ...store, nextDue }, pollMs: 60_000 });
    await asking;
    await stop();
  });

  it("claims some mails at once while they go swiftly, and sends each once", async () => {
    let claims = 0;
    const claim: OutboxStore["claim"] = (query) => {
      claims += 1;
      return store.claim(query);
    };
    await queue(40);
    start(operator(), { over: { ...store, claim } });
    await accepted(40);
    expect(new Set(dots).size).toBe(40);
    expect(dots).toHaveLength(40);
    expect(claims).toBeLessThan(25);
  });

  it("writes one dot at a time, each after the answer to the one before", async () => {
    let open = 0;
    let most = 0;
    await queue(20);
    start(
      operator({
        after: async () => {
          open += 1;
          most = Math.max(most, open);
          await new Promise((resolve) => setImmediate(resolve));
          open -= 1;
        },
      }),
    );
    await accepted(20);
    expect(most).toBe(1);
  });

  it.each([
    ["small", 100, 4],
    ["large", 300_000, 2],
  ])(
    "gives the transport mails to wait for its sessions only while they go swiftly: %s mails",
    async (_what, size, most) => {
      let open = 0;
      const seen: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.submit(submission(`n${n}`, { createdAt: Date.now(), mails: [{ ...mail(`n${n}`), size }] })),
        ),
      );
      start(
        operator({
          before: async () => {
            open += 1;
            seen.push(open);
            await new Promise((resolve) => setTimeout(resolve, 5));
          },
          after: async () => {
            open -= 1;
          },
        }),
        { maxInDoubt: 5 },
      );
      await accepted(20);
      expect(Math.max(...seen.slice(0, 2))).toBe(2);
      expect(Math.max(...seen)).toBe(most);
    },
  );

  it("writes no further dot while what came of the one before is not noted, where that is no acceptance: a kill leaves as many in doubt as are allowed", async () => {
    await queue(4);
    let note = () => {};
    const held = new Promise<void>((resolve) => {
      note = resolve;
    });
    let asked = 0;
    const settle: OutboxStore["settle"] = async (...args) => {
      asked += 1;
      if (asked === 1) await held;
      return store.settle(...args);
    };
    let cut = true;
    const after = async () => {
      if (!cut) return;
      cut = false;
      throw new Error("the connection was lost");
    };
    start(operator({ after }), { over: { ...store, settle }, maxInDoubt: 1 });
    await expect.poll(() => asked).toBe(1);
    // The others are ready for their dots by now.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(dots).toHaveLength(1);
    note();
    await expect.poll(() => dots.length).toBeGreaterThanOrEqual(4);
  });

  it("gives back what it had claimed ahead where it is paused: only what is under way stays in its hands", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    await queue(30);
    const { delivery } = start(
      operator({
        before: async () => {
          begun += 1;
          if (begun > 6) await gate;
        },
      }),
    );
    // In a swift flow, those that wait for a session too.
    await expect.poll(() => begun).toBe(10);
    delivery.pause();
    const others: string[] = [];
    const takeOver = async () => {
      others.push(
        ...(await store.claim({ worker: "other", now: Date.now(), limit: 100 })).map(({ submission: id }) => id),
      );
      return others.length;
    };
    await expect.poll(takeOver).toBe(20);
    release();
    await accepted(10);
  });

  it("keeps what it could not give back, and sends it after the pause", async () => {
    let failing = false;
    const flaky = {
      ...store,
      settle: (settlements, options) =>
        failing && settlements.every(({ next }) => next.kind === "release")
          ? Promise.reject(new Error("disk"))
          : store.settle(settlements, options),
    } as OutboxStore;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await queue(20);
    const { delivery } = start(operator({ before: async () => (dots.length >= 5 ? gate : undefined) }), {
      over: flaky,
    });
    await expect.poll(() => dots.length).toBeGreaterThanOrEqual(5);
    failing = true;
    delivery.pause();
    await new Promise((resolve) => setTimeout(resolve, 60));
    failing = false;
    release();
    delivery.resume();
    await accepted(20);
    expect(new Set(dots).size).toBe(dots.length);
  });

  it("takes nothing while the operator's circuit is open, though its own mails went well", async () => {
    const circuit = new Circuit(systemClock);
    await queue(4);
    start(operator(), { circuit });
    await accepted(4);
    circuit.failed(true);
    await queue(4, "later");
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(dots).toHaveLength(4);
    expect(await store.claim({ worker: "other", now: Date.now(), limit: 100 })).toHaveLength(4);
  });

  it("notes what it recovered though the store fails at first", async () => {
    let failures = 2;
    const flaky: OutboxStore = {
      ...store,
      settle: (settlements, options) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error("disk")) : store.settle(settlements, options);
      },
    };
    await store.heartbeat(worker("dead", { boot: BOOT }), Date.now());
    await queue(1);
    const [mail] = await store.claim({ worker: "dead", now: Date.now(), limit: 1 });
    await store.markHandover("dead", [mail?.mailId ?? 0]);
    start(operator(), { over: flaky });
    await expect.poll(counts, { timeout: 5_000 }).toMatchObject({ unknown: 1, queued: 0 });
    expect(dots).toEqual([]);
  });

  it("ends, and leaves everything to others, though the store takes nothing back", async () => {
    let failing = false;
    const flaky: OutboxStore = {
      ...store,
      settle: (settlements, options) =>
        failing && settlements.every(({ next }) => next.kind === "release")
          ? Promise.reject(new Error("disk"))
          : store.settle(settlements, options),
    };
    await queue(40);
    const { stop } = start(operator(), { over: flaky });
    await expect.poll(() => dots.length).toBeGreaterThan(4);
    failing = true;
    await stop();
    const sent = dots.length;
    const { accepted: done, queued } = await counts();
    expect([done, done + queued]).toEqual([sent, 40]);
    expect(await store.claim({ worker: "other", now: Date.now(), limit: 100 })).toHaveLength(queued);
  });

  it("leaves one mail in doubt where it dies, whatever was not written down yet: the marks carry the answers", async () => {
    // The process that dies: nothing of its settlements reaches the disk, and one answer never comes.
    const dying = { ...store, settle: () => new Promise<void>(() => {}), removeWorker: async () => {} } as OutboxStore;
    await queue(5);
    start(operator({ after: async () => (dots.length === 4 ? new Promise(() => {}) : undefined) }), {
      over: dying,
      concurrency: 5,
    });
    stops = [];
    await expect.poll(() => dots.length).toBe(4);
    start(operator(), { id: "worker-2" });
    await expect.poll(counts, { timeout: 5_000 }).toMatchObject({ accepted: 4, unknown: 1, queued: 0 });
    expect(new Set(dots).size).toBe(5);
    const answers = (await store.traces({})).filter(({ ok }) => ok).map(({ answer }) => answer);
    expect(answers).toEqual([ANSWER, ANSWER, ANSWER, ANSWER]);
  });
});
