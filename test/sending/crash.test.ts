import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { seededRandom } from "../../src/seams/index.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { configOf, DOCTOR, QUICK } from "./kit.js";

let worker: string;
const folder = mkdtempSync(join(tmpdir(), "medimail-crash-"));

beforeAll(async () => {
  worker = await bundle(join(import.meta.dirname, "kill-worker.ts"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(worker, { force: true });
});

/** A delivery worker of its own process; resolves when it is at work. */
function start(config: unknown): Promise<ChildProcess> {
  const child = spawn(process.execPath, [worker, JSON.stringify(config)], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout?.once("data", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : child.once("exit", () => resolve()),
  );
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a worker that is killed", () => {
  it("at random moments, 50 times over 500 submissions, with a server that cuts after the final dot now and then: none twice, each arrived or listed unknown", {
    timeout: 300_000,
  }, async () => {
    const SUBMISSIONS = 500;
    const KILLS = 50;
    await using mock = await startMockMedimail({ autoReceipts: { deliver: false } });
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path: join(folder, "kill.db") } });
    await using connector = createConnector(config, { ...QUICK, delivery: "manual" });
    const random = seededRandom(20_261_123);

    const ids: string[] = [];
    for (let serial = 0; serial < SUBMISSIONS; serial += 1) {
      const submission = await connector.documents.submit({
        documents: [{ cda: cdaOf(serial, pdfOf(6_000, serial)) }],
        to: [DOCTOR],
      });
      ids.push(submission.id);
    }
    // Some cuts keep the mail and some lose it: the client cannot tell them apart.
    for (let cut = 0; cut < 5; cut += 1) {
      mock.faults.add({ name: "drop-after-data", skip: 40 + Math.floor(random.fraction() * 400) });
      mock.faults.add({ name: "drop-after-dot-lost", skip: 40 + Math.floor(random.fraction() * 400) });
    }
    const queued = async () => (await connector.outbox.stats()).byState.queued;
    let atWork = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await queued();
      const child = await start(config);
      // Once it sends (or takes long to), at a random moment of its next few mails.
      const begun = Date.now();
      while ((await queued()) === before && before > 0 && Date.now() - begun < 1_000) await pause(2);
      await pause(Math.floor(random.fraction() * 30));
      child.kill("SIGKILL");
      await ended(child);
      const left = await queued();
      if (left > 0 && left < before) atWork += 1;
    }
    const last = await start(config);
    const deadline = Date.now() + 120_000;
    while ((await queued()) > 0 && Date.now() < deadline) await pause(100);
    last.kill("SIGTERM");
    await ended(last);

    const cuts = mock.observations.filter((observation) => observation.kind === "fault").length;
    const arrived = new Map<string, number>();
    for (const message of mock.mailbox(DOCTOR).messages("INBOX")) {
      const id = /^message-id:\s*<([^>]+)>/im.exec(Buffer.from(message.raw).toString("latin1"))?.[1] ?? "";
      arrived.set(id, (arrived.get(id) ?? 0) + 1);
    }
    let unknown = 0;
    const lost: string[] = [];
    for (const id of ids) {
      const [recipient] = (await connector.outbox.get(id)).recipients;
      if (recipient?.state === "unknown") unknown += 1;
      else if (recipient?.state !== "accepted" || !arrived.has(recipient.messageId))
        lost.push(`${id} ${recipient?.state}`);
    }
    console.info(
      `kill -9: ${KILLS} kills (${atWork} amid the work), ${cuts} cuts, ${arrived.size} of ${SUBMISSIONS} arrived, ${unknown} unknown`,
    );
    expect([...arrived.values()].filter((count) => count > 1)).toEqual([]);
    expect(lost).toEqual([]);
    expect(unknown).toBeLessThanOrEqual(KILLS + cuts);
    // The test means nothing if the kills fell on idle workers or the cuts never came.
    expect(cuts).toBeGreaterThan(0);
    expect(atWork).toBeGreaterThan(KILLS / 2);
    expect(mock.problems).toEqual([]);
  });

  it("leaves its work to another that lives, within 5 s", { timeout: 60_000 }, async () => {
    await using mock = await startMockMedimail({ autoReceipts: { deliver: false } });
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path: join(folder, "takeover.db") } });
    await using connector = createConnector(config, { ...QUICK, delivery: "manual" });
    // The first worker is held at the server's answer to RCPT, with the mail in its hands.
    mock.faults.add({ name: "slow", at: "rcpt", ms: 30_000, times: 1 });
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(9_001) }], to: [DOCTOR] });
    const first = await start(config);
    await mock.waitFor(
      (observation) => observation.kind === "line" && observation.from === "client" && /^RCPT/i.test(observation.line),
      { timeoutMs: 20_000 },
    );
    const second = await start(config);
    const killed = Date.now();
    first.kill("SIGKILL");
    const settled = await submission.settled({ signal: AbortSignal.timeout(20_000) });
    const took = Date.now() - killed;
    second.kill("SIGTERM");
    await Promise.all([ended(first), ended(second)]);
    expect(settled.ok).toBe(true);
    expect(took).toBeLessThan(5_000);
    expect(mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });
});
