// The software under the soak: one process that lives for long, with the package as it is installed. Told what to do by the conductor.
import { mkdirSync } from "node:fs";
import { writeHeapSnapshot } from "node:v8";
import { createRuntime } from "medimail-connector";
import { churn, shortLives } from "./churn.mjs";
import { calm, errorsSoFar, failed, life, logged, sleep, tell } from "./kit.mjs";
import { unattendedBox, watchedBox } from "./mailboxes.mjs";
import { measure } from "./measure.mjs";
import { leapingClock, sender } from "./sending.mjs";

const plan = JSON.parse(process.argv[2]);
process.on("warning", (warning) =>
  tell({ note: "warning", name: warning.name, message: String(warning.message).slice(0, 300) }),
);
process.on("unhandledRejection", (error) => failed("UNHANDLED", error));
process.on("uncaughtException", (error) => failed("UNCAUGHT", error));

mkdirSync(plan.folder, { recursive: true });
const outbox = (name) => ({ path: `${plan.folder}/${name}.db` });
const encryptionKey = new Uint8Array(32).fill(7);
const runtime = createRuntime();
// So few that the mailboxes of this runtime wait for one another.
const tight = createRuntime({ imap: { maxConnections: 5 } });

const senders = plan.senders.map(({ name, config, recipients, world, small, leaps, shared }) =>
  sender({
    name,
    world,
    recipients,
    everyMs: plan.sendEveryMs,
    config: { ...config, outbox: small ? { path: `${plan.small}/${name}.db` } : outbox(shared ?? name) },
    options: { runtime, encryptionKey, tenant: name, ...(leaps ? { clock: leapingClock() } : {}) },
  }),
);
const boxes = plan.boxes.map(({ name, config, world, budget, answerTo, cache }) =>
  watchedBox({
    name,
    world,
    answerTo,
    config: {
      ...config,
      outbox: outbox(`boxes-${world}`),
      ...(cache ? { cache: { path: `${plan.folder}/cache-${world}.db` } } : {}),
    },
    options: { runtime: budget ? tight : runtime, encryptionKey },
  }),
);
const unattended = plan.unattended.map(({ name, config }) =>
  unattendedBox({ name, config: { ...config, outbox: outbox("unattended") }, options: { runtime, encryptionKey } }),
);
const all = [...senders, ...boxes, ...unattended];
const counts = {};

async function besides() {
  while (!calm.now) {
    await sleep(60_000);
    if (!calm.now) await Promise.all(senders.map((one) => one.beside()));
  }
}

const living = [...boxes.map((one) => one.watch()), ...unattended.map((one) => one.run())];
await Promise.all(boxes.map((box) => box.begun));

const working = [
  ...senders.map((one) => one.run()),
  besides(),
  ...boxes.map((one) => one.use(plan.useEveryMs)),
  churn({
    configs: plan.boxes.map(({ config }) => config),
    memory: { store: "memory" },
    everyMs: plan.churnEveryMs,
    counts,
  }),
  shortLives({ config: plan.senders[0].config, to: plan.senders[0].recipients[0], folder: plan.folder, counts }),
];

const acts = {
  measure: async () => ({
    ...(await measure([plan.folder, plan.small])),
    counts: { ...counts },
    quiet: boxes.map((box) => Math.round(box.quietFor() / 1_000)),
    ended: boxes.reduce((sum, box) => sum + box.ended, 0),
    told: boxes.reduce((sum, box) => sum + box.told(), 0),
  }),
  /** No new work; what is under way goes on. */
  async calm() {
    calm.now = true;
    await Promise.all(working);
    return true;
  },
  async left() {
    let queued = 0;
    for (const { connector } of all) queued += (await connector.outbox.stats()).byState.queued;
    return queued;
  },
  stats: async () => Promise.all(all.map(async ({ name, connector }) => [name, await connector.outbox.stats()])),
  async report() {
    for (const one of all) await one.report();
    return { errors: errorsSoFar(), logged: Object.fromEntries(logged) };
  },
  snapshot: ({ path }) => writeHeapSnapshot(path),
  /** All is closed; what is left then should be nothing. */
  async close() {
    life.abort();
    await Promise.all(living);
    const begun = performance.now();
    await Promise.all(all.map(({ connector }) => connector.close()));
    const ms = Math.round(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return { ms, ...(await measure([plan.folder])) };
  },
  end: () => setTimeout(() => process.disconnect(), 50) && null,
};
process.on("message", async ({ act, serial, ...more }) => {
  try {
    tell({ serial, answer: (await acts[act](more)) ?? null });
  } catch (error) {
    tell({ serial, error: String(error.stack) });
  }
});
tell({ ready: true });
