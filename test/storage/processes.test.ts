import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentSize, seededRandom } from "../../src/seams/index.js";
import { currentWorker, isWorkerDead, openSqliteOutbox } from "../../src/storage/index.js";
import { bundle } from "../tools/bundle.js";
import { claimAll, mail, submission, T0 } from "./samples.js";

let program: string;
let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  program = await bundle(join(import.meta.dirname, "process-child.ts"));
});
afterAll(() => rmSync(program, { force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-processes-"));
  path = join(folder, "outbox.db");
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  child: ChildProcess;
  lines: string[];
  /** Resolves when so many lines were said. */
  said(count: number): Promise<void>;
  ended: Promise<number | null>;
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [program, path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(line);
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
  });
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(() => child.exitCode);
  const said = (count: number) =>
    new Promise<void>((resolve, reject) => {
      if (lines.length >= count) resolve();
      waiting.push({ count, resolve });
      void ended.then(() => reject(new Error(`the child ended after ${lines.length} lines`)));
    });
  return { child, lines, said, ended };
}

describe("several processes on one file", () => {
  it("open a new file at once without harm", async () => {
    const all = Array.from({ length: 4 }, (_, index) => start("submit", `p${index}-`, "5"));
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    await using store = await openSqliteOutbox({ path });
    expect((await store.stats({ now: T0 })).submissions).toBe(20);
  });

  it("never claim a mail twice, nor leave one", async () => {
    {
      await using store = await openSqliteOutbox({ path });
      await Promise.all(Array.from({ length: 400 }, (_, index) => store.submit(submission(`n${index}`))));
    }
    const [one, other] = [start("drain", "w1"), start("drain", "w2")];
    expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
    expect(new Set([...one.lines, ...other.lines]).size).toBe(400);
    expect(one.lines.length + other.lines.length).toBe(400);
    await using store = await openSqliteOutbox({ path });
    expect((await store.stats({ now: T0 })).byState).toMatchObject({ accepted: 400, queued: 0 });
  });

  it("keep every submission that was acknowledged before kill -9, whole", async () => {
    const random = seededRandom(7);
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const running = start("submit", `r${round}-`, "100000");
      await running.said(20 + Math.floor(random.fraction() * 300));
      running.child.kill("SIGKILL");
      await running.ended;
      acknowledged.push(...running.lines);
    }
    await using store = await openSqliteOutbox({ path });
    const claimed = new Map<string, number>();
    for (;;) {
      const mails = await claimAll(store);
      if (mails.length === 0) break;
      for (const { submission: id, content } of mails) claimed.set(id, contentSize(content));
    }
    expect(acknowledged.filter((id) => claimed.get(id) === undefined)).toEqual([]);
    expect(new Set(claimed.values()).size).toBe(1);
  });

  it("take over the work of one that was killed: what it had marked is told apart", async () => {
    await using store = await openSqliteOutbox({ path });
    for (const name of ["a", "b", "c"]) await store.submit(submission(name));
    const running = start("hold", "a-worker");
    await running.said(2);
    expect(await claimAll(store)).toEqual([]);
    running.child.kill("SIGKILL");
    await running.ended;
    const me = currentWorker();
    await store.heartbeat(me, Date.now());
    const query = {
      worker: me.id,
      now: Date.now(),
      isDead: (other: Parameters<typeof isWorkerDead>[0]) => isWorkerDead(other, Date.now()),
    };
    expect((await store.recover(query)).map(({ submission: id }) => id)).toEqual(["s-a"]);
    expect((await claimAll(store, T0, me.id)).map(({ submission: id }) => id)).toEqual(["s-b", "s-c"]);
  });

  it("see each other's submissions and events without opening again", async () => {
    await using store = await openSqliteOutbox({ path });
    const seen = await store.lastEventSeq();
    const running = start("submit", "x-", "3");
    await running.ended;
    expect((await store.events({ after: seen })).map(({ submission: id }) => id).sort()).toEqual([
      "s-x-0",
      "s-x-1",
      "s-x-2",
    ]);
    await expect(store.submit(submission("y", { mails: [mail("x-1")] }))).rejects.toMatchObject({
      code: "already_sent",
    });
  });
});
