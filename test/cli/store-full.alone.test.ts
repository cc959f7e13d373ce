import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { type MockMedimail, type MockReady, startMockMedimail } from "../../src/mock/index.js";
import { writeDocuments } from "./documents.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

/** What the disk does to the worker's writes; submitting goes well. */
const disk = vi.hoisted(() => ({ fault: undefined as Error | undefined, steps: [] as string[] }));
vi.mock("../../src/storage/index.js", async (original) => {
  const storage = await original<typeof import("../../src/storage/index.js")>();
  return {
    ...storage,
    async openSqliteOutbox(options: Parameters<typeof storage.openSqliteOutbox>[0]) {
      const full = (step: string) => disk.fault !== undefined && disk.steps.includes(step);
      if (full("open")) throw disk.fault;
      const store = await storage.openSqliteOutbox(options);
      const { claim, heartbeat, settle } = store;
      store.heartbeat = async (...given) => (full("heartbeat") ? Promise.reject(disk.fault) : heartbeat(...given));
      store.claim = async (query) => (full("claim") ? Promise.reject(disk.fault) : claim(query));
      store.settle = async (...given) => (full("settle") ? Promise.reject(disk.fault) : settle(...given));
      return store;
    },
  };
});

const FULL = new MedimailError("storage_failed", "the disk is full (SQLITE_FULL)", {
  hint: "Free space.",
  retryable: true,
});
const READ_ONLY = new MedimailError("storage_failed", "the database cannot be written (SQLITE_READONLY)", {
  retryable: false,
});
const folder = temporaryFolder();
const { cda, pdf } = writeDocuments(folder);
const DOCTOR = "martin.dupont@medecin.mssante.fr";
let mock: MockMedimail;
let ready: MockReady;
let configs = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  ready = await mock.ready();
});
afterAll(() => mock.close());
afterEach(() => {
  disk.fault = undefined;
});

function config(): string {
  const base = JSON.parse(readFileSync(ready.configs["labo@ch-exemple.mssante.fr"] ?? "", "utf8")) as object;
  configs += 1;
  const path = join(folder, "mock", `full-${configs}.json`);
  writeFileSync(path, JSON.stringify({ ...base, outbox: { store: "sqlite", path: `full-${configs}.db` } }));
  return path;
}
const send = (path: string, ...more: string[]) =>
  cli("send", "--config", path, "--json", "--cda", cda, "--pdf", pdf, "--to", DOCTOR, ...more);

it("send says what keeps the outbox from being written when its time is over, and outbox run delivers later", async () => {
  const path = config();
  expect((await send(path, "--wait", "no", "--key", "one")).code).toBe(0);
  Object.assign(disk, { fault: FULL, steps: ["claim"] });
  const sent = await send(path, "--key", "one", "--timeout", "2");
  expect(sent.code).toBe(1);
  const [queued, last] = sent.lines<{ event?: string; submission: string; error?: object }>();
  expect(queued?.event).toBe("queued");
  expect(last).toMatchObject({
    error: { code: "storage_failed", message: expect.stringContaining("the disk is full"), hint: "Free space." },
  });
  expect(JSON.stringify(last)).toContain(`the submission ${queued?.submission} stays in the outbox`);
  disk.fault = undefined;
  const run = startCli(["outbox", "run", "--config", path, "--json"]);
  await run.line((line) => line.includes('"accepted"'));
  run.interrupt();
  expect((await run.result).code).toBe(0);
});

it("send ends at once where waiting does not mend the store", async () => {
  Object.assign(disk, { fault: READ_ONLY, steps: ["claim"] });
  const since = performance.now();
  const sent = await send(config(), "--timeout", "60");
  expect(performance.now() - since).toBeLessThan(30_000);
  expect([sent.code, sent.lines().at(-1)]).toMatchObject([1, { error: { code: "storage_failed", retryable: false } }]);
});

it("a store that is written again in time is no fault, also where it was the answer of the operator that waited", async () => {
  Object.assign(disk, { fault: FULL, steps: ["settle"] });
  const seen = mock.mails.length;
  const sending = send(config());
  await expect.poll(() => mock.mails.length, { timeout: 20_000 }).toBe(seen + 1);
  disk.fault = undefined;
  const sent = await sending;
  expect([sent.code, sent.lines().at(-1)]).toMatchObject([0, { event: "accepted" }]);
});

it("outbox run warns once of a store that is not written, and goes on when it is", async () => {
  const path = config();
  expect((await send(path, "--wait", "no")).code).toBe(0);
  Object.assign(disk, { fault: FULL, steps: ["claim"] });
  const run = startCli(["outbox", "run", "--config", path, "--json", "--lang", "en"]);
  await run.said((line) => line.includes("the disk is full"));
  disk.fault = undefined;
  await run.line((line) => line.includes('"accepted"'));
  run.interrupt();
  const ended = await run.result;
  expect([ended.code, ended.err.split("the disk is full").length]).toEqual([0, 2]);
});

it.each(["open", "heartbeat"])(
  "outbox run waits for a store that is full when it starts (%s), as for one that fills later",
  async (step) => {
    const path = config();
    expect((await send(path, "--wait", "no")).code).toBe(0);
    Object.assign(disk, { fault: FULL, steps: [step, "claim"] });
    const run = startCli(["outbox", "run", "--config", path, "--json", "--lang", "en"]);
    await run.said((line) => line.includes("the disk is full"));
    disk.fault = undefined;
    await run.line((line) => line.includes('"accepted"'));
    run.interrupt();
    expect((await run.result).code).toBe(0);
  },
);

it("outbox run that could never open its store says so when its time is over, and ends in order where it is stopped", async () => {
  const path = config();
  Object.assign(disk, { fault: FULL, steps: ["open"] });
  const late = await cli("outbox", "run", "--config", path, "--json", "--timeout", "0.2");
  expect([late.code, late.value()]).toMatchObject([1, { error: { code: "storage_failed", retryable: true } }]);
  const run = startCli(["outbox", "run", "--config", path, "--json"]);
  await run.said((line) => line.includes("SQLITE_FULL"));
  run.interrupt("SIGTERM");
  expect((await run.result).code).toBe(0);
});

it("outbox run ends at once where waiting does not mend the opening", async () => {
  Object.assign(disk, { fault: READ_ONLY, steps: ["open"] });
  const run = await cli("outbox", "run", "--config", config(), "--json");
  expect([run.code, run.value()]).toMatchObject([1, { error: { code: "storage_failed", retryable: false } }]);
});
