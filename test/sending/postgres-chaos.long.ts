// By hand (`.ci/long chaos`): workers that live, over a line to PostgreSQL that does not.
import { expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import type { Logger } from "../../src/log.js";
import type { MailTransport } from "../../src/seams/index.js";
import { seededRandom, systemClock } from "../../src/seams/index.js";
import { Circuit, DeliveryWorker } from "../../src/sending/index.js";
import { openPostgresOutbox, type PostgresOutbox } from "../../src/storage/index.js";
import { traceOf } from "../../src/traces/index.js";
import { MAILBOX, submission, TENANT, worker } from "../storage/samples.js";
import { BadLine } from "../tools/bad-line.js";
import { describeWithPostgres } from "../tools/postgres.js";

const MAILS = Number(process.env["MEDIMAIL_CHAOS_MAILS"] ?? 300);
const SEEDS = (process.env["MEDIMAIL_CHAOS_SEEDS"] ?? "1,2,3").split(",").map(Number);
const MACHINES = 3;

const silent: Logger = { log: () => {} } as unknown as Logger;

describeWithPostgres("workers that live, over a line to the database that breaks", (server) => {
  it.each(SEEDS)("write each dot once, and leave no mail behind (seed %i)", { timeout: 300_000 }, async (seed) => {
    const direct = await server().database();
    const random = seededRandom(seed);
    const line = new BadLine({
      target: server().port,
      random,
      breaks: (bytes, from) => (from === "server" ? 0 : bytes.includes("COMMIT\0") ? 0.08 : 0.005),
      // Longer than a write is patient.
      closedMs: 2_500,
    });
    const url = new URL(direct);
    url.port = String(await line.start());
    const dots = new Map<string, number>();
    const transport: MailTransport = {
      async send({ to, dsn }, options = {}) {
        await pause(random.fraction() * 5);
        await options.beforeFinalDot?.();
        const id = dsn?.envid ?? "";
        dots.set(id, (dots.get(id) ?? 0) + 1);
        await pause(random.fraction() * 5);
        return {
          recipients: to.map((address) => ({ address, accepted: true, reply: 250, temporary: false })),
          reply: 250,
          answer: "250 ok",
        };
      },
      maxSize: () => undefined,
      close: async () => {},
      giveUp: () => {},
    };
    const watch = await openPostgresOutbox({ url: direct });
    // Each of them another URL, so that they share no connections.
    const stores = await Promise.all(
      Array.from({ length: MACHINES }, (_, n) => {
        const own = new URL(url);
        own.searchParams.set("application_name", `machine-${n}`);
        return opened(own.href);
      }),
    );
    const ended = new AbortController();
    const running = stores.map((store, n) =>
      new DeliveryWorker(
        {
          store,
          transport,
          circuit: new Circuit(systemClock),
          worker: worker(`machine-${n}`, { boot: `0f0e7d2c-1111-4a4a-8b8b-22222222222${n} pid:[1]` }),
          isDead: () => false,
          clock: systemClock,
          random: seededRandom(seed * 10 + n),
          log: silent,
          tenant: TENANT,
          mailbox: MAILBOX,
          trace: (entry, actor, now) =>
            traceOf({ ...entry, tenant: TENANT, mailbox: MAILBOX, actor: actor ?? "test", at: new Date(now) }),
          changed: () => {},
        },
        { concurrency: 3, pollMs: 50, maxInDoubt: 1 + (n % 3), backoff: { baseMs: 20, maxMs: 200, jitter: 0.25 } },
      ).run({ signal: ended.signal }),
    );
    let stored = 0;
    let refused = 0;
    await Promise.all(
      stores.map(async (store, n) => {
        for (let serial = n; serial < MAILS; serial += MACHINES) {
          const one = submission(`${seed}-${serial}`, { createdAt: Date.now(), key: `k-${seed}-${serial}` });
          for (;;)
            try {
              const { created } = await store.submit(one);
              stored += created ? 1 : 0;
              break;
            } catch (error) {
              if (!isMedimailError(error) || !error.retryable) throw error;
              refused += 1;
            }
        }
      }),
    );
    const left = async () => (await watch.stats({ now: Date.now() })).byState.queued;
    const deadline = Date.now() + 120_000;
    while ((await left()) > 0 && Date.now() < deadline) {
      if (Date.now() > deadline - 60_000) line.calm = true;
      await pause(200);
    }
    const rows = await watch.list({ limit: 10_000 });
    const states = new Map<string, number>();
    for (const { state } of rows.flatMap(({ recipients }) => recipients))
      states.set(state, (states.get(state) ?? 0) + 1);
    console.info(
      `seed ${seed}: ${line.breaks} breaks, ${refused} submissions refused for a while, ${JSON.stringify([...states])}`,
    );
    line.calm = true;
    ended.abort();
    await Promise.all(running);
    expect(rows).toHaveLength(MAILS);
    expect(stored).toBeLessThanOrEqual(MAILS);
    expect([...states]).toEqual([["accepted", MAILS]]);
    expect([...dots.values()].filter((count) => count > 1)).toEqual([]);
    expect(dots.size).toBe(MAILS);
    const traces = (await watch.traces({ limit: 100_000 })).filter(({ ok }) => ok);
    console.info(`${traces.length} traces of acceptance`);
    const events = await watch.events({ limit: 100_000 });
    expect(new Set(events.map(({ seq }) => seq)).size).toBe(events.length);
    expect(events.filter(({ event }) => event === "accepted")).toHaveLength(MAILS);
    await Promise.all([...stores, watch].map((store) => store.close()));
    line.stop();
  });
});

async function opened(url: string): Promise<PostgresOutbox> {
  for (;;)
    try {
      return await openPostgresOutbox({ url, patienceMs: 700 });
    } catch (error) {
      if (!isMedimailError(error) || !error.retryable) throw error;
    }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
