import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { seededRandom } from "../../src/seams/index.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { arrivals, configOf, DOCTOR, QUICK } from "./kit.js";

/** The program of a delivery worker; to be removed after the tests. */
export const killWorker = (): Promise<string> => bundle(join(import.meta.dirname, "kill-worker.ts"));

/** A delivery worker of its own process; resolves when it is at work. */
export function startWorker(worker: string, config: unknown): Promise<ChildProcess> {
  const child = spawn(process.execPath, [worker, JSON.stringify(config)], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout?.once("data", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
  });
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : child.once("exit", () => resolve()),
  );
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Rounds {
  worker: string;
  outbox: Record<string, unknown>;
  submissions: number;
  kills: number;
  /** Between two kills, with the number of the kill. */
  between?: (kill: number) => Promise<void>;
  /** While the worker is at work, before each third kill. */
  amid?: () => Promise<void>;
}

/**
 * A worker is killed (`kill -9`) at random moments while it delivers, and the server cuts after the final dot now and then: no mail arrives twice, each
 * arrived or is listed `unknown`, and there are no more of these than kills and cuts.
 */
export async function killRounds({ worker, outbox, submissions, kills, between, amid }: Rounds): Promise<void> {
  await using mock = await startMockMedimail({ autoReceipts: { deliver: false } });
  const config = await configOf(mock, undefined, { outbox });
  await using connector = createConnector(config, { ...QUICK, delivery: "manual" });
  const random = seededRandom(20_261_123);

  const ids: string[] = [];
  for (let serial = 0; serial < submissions; serial += 1) {
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(serial, pdfOf(6_000, serial)) }],
      to: [DOCTOR],
    });
    ids.push(submission.id);
  }
  // Some cuts keep the mail and some lose it: the client cannot tell them apart.
  const [first, most] = [submissions * 0.08, submissions * 0.8];
  for (let cut = 0; cut < 5; cut += 1) {
    mock.faults.add({ name: "drop-after-data", skip: Math.floor(first + random.fraction() * most) });
    mock.faults.add({ name: "drop-after-dot-lost", skip: Math.floor(first + random.fraction() * most) });
  }
  const queued = async () => (await connector.outbox.stats()).byState.queued;
  let atWork = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const before = await queued();
    const child = await startWorker(worker, config);
    // Once it sends (or takes long to), at a random moment of its next few mails.
    const begun = Date.now();
    while ((await queued()) === before && before > 0 && Date.now() - begun < 5_000) await pause(2);
    await pause(Math.floor(random.fraction() * 30));
    if (amid && kill % 3 === 1) {
      await amid();
      await pause(Math.floor(random.fraction() * 300));
    }
    child.kill("SIGKILL");
    await ended(child);
    const left = await queued();
    if (left > 0 && left < before) atWork += 1;
    await between?.(kill);
  }
  const last = await startWorker(worker, config);
  const deadline = Date.now() + 120_000;
  while ((await queued()) > 0 && Date.now() < deadline) await pause(100);
  last.kill("SIGTERM");
  await ended(last);

  const cuts = mock.observations.filter((observation) => observation.kind === "fault").length;
  const arrived = arrivals(mock, DOCTOR);
  let unknown = 0;
  const lost: string[] = [];
  for (const id of ids) {
    const [recipient] = (await connector.outbox.get(id)).recipients;
    if (recipient?.state === "unknown") unknown += 1;
    else if (recipient?.state !== "accepted" || !arrived.has(recipient.messageId))
      lost.push(`${id} ${recipient?.state}`);
  }
  console.info(
    `kill -9: ${kills} kills (${atWork} amid the work), ${cuts} cuts, ${arrived.size} of ${submissions} arrived, ${unknown} unknown`,
  );
  expect([...arrived.values()].filter((count) => count > 1)).toEqual([]);
  expect(lost).toEqual([]);
  expect(unknown).toBeLessThanOrEqual(kills + cuts);
  // The test means nothing if the kills fell on idle workers or the cuts never came.
  expect(cuts).toBeGreaterThan(0);
  expect(atWork).toBeGreaterThan(kills / 2);
  expect(mock.problems).toEqual([]);
}

/** The work of a worker that is killed with a mail in its hands is taken over by another that lives: how long that took, ms. */
export async function takeOver({ worker, outbox }: Pick<Rounds, "worker" | "outbox">): Promise<number> {
  await using mock = await startMockMedimail({ autoReceipts: { deliver: false } });
  const config = await configOf(mock, undefined, { outbox });
  await using connector = createConnector(config, { ...QUICK, delivery: "manual" });
  // The first worker is held at the server's answer to RCPT.
  mock.faults.add({ name: "slow", at: "rcpt", ms: 30_000, times: 1 });
  const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(9_001) }], to: [DOCTOR] });
  const first = await startWorker(worker, config);
  await mock.waitFor(
    (observation) => observation.kind === "line" && observation.from === "client" && /^RCPT/i.test(observation.line),
    { timeoutMs: 20_000 },
  );
  const second = await startWorker(worker, config);
  const killed = Date.now();
  first.kill("SIGKILL");
  const settled = await submission.settled({ signal: AbortSignal.timeout(20_000) });
  const took = Date.now() - killed;
  second.kill("SIGTERM");
  await Promise.all([ended(first), ended(second)]);
  expect(settled.ok).toBe(true);
  expect(mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  return took;
}
