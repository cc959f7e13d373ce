import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { currentWorker, isWorkerDead } from "../../src/storage/index.js";
import { bundle } from "../tools/bundle.js";
import { HOUR, YEAR } from "../tools/settable-clock.js";

const NOW = 1_000_000_000;
const fresh = () => ({ ...currentWorker(), heartbeatAt: NOW });

describe("currentWorker", () => {
  it("is the same process under a new id each time", () => {
    const [one, other] = [currentWorker(), currentWorker()];
    expect(one.id).not.toBe(other.id);
    expect({ ...one, id: "" }).toEqual({ ...other, id: "" });
    expect(one).toMatchObject({ host: hostname(), pid: process.pid, pidStart: expect.stringMatching(/./) });
  });
});

describe("isWorkerDead", () => {
  it("says of this process that it lives, however long it was silent", () => {
    expect(isWorkerDead({ ...fresh(), heartbeatAt: 0 }, NOW)).toBe(false);
  });

  it("sees at once that a process is gone", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    const worker = { ...fresh(), pid: child.pid ?? 0, pidStart: "" };
    expect(isWorkerDead(worker, NOW)).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isWorkerDead(worker, NOW)).toBe(true);
  });

  it.runIf(process.platform === "linux")("sees at once that a thread is gone whose process goes on", async () => {
    const thread = new Worker(await bundle(join(import.meta.dirname, "thread-worker.ts")));
    const [said] = (await once(thread, "message")) as [ReturnType<typeof currentWorker>];
    const worker = { ...said, heartbeatAt: 0 };
    expect(worker).toMatchObject({ pid: process.pid, pidStart: expect.stringMatching(/^\d+@\d+ \d+$/) });
    expect(isWorkerDead(worker, NOW)).toBe(false);
    await thread.terminate();
    await expect.poll(() => isWorkerDead(worker, NOW)).toBe(true);
  });

  it("waits for the silence of a thread that the system does not show", () => {
    const worker = { ...fresh(), pidStart: `${fresh().pidStart.split("@")[0]}@` };
    expect(isWorkerDead(worker, NOW + 60_000)).toBe(false);
    expect(isWorkerDead(worker, NOW + 60_001)).toBe(true);
  });

  it("does not take another process with the same pid for it", () => {
    expect(isWorkerDead({ ...fresh(), pidStart: "12345" }, NOW)).toBe(true);
  });

  it("believes a pid that exists where the start is not known, while it is heard of: it may have been given to another", () => {
    const worker = { ...fresh(), pidStart: "" };
    expect(isWorkerDead(worker, NOW, { elapsed: 1_000 })).toBe(false);
    expect(isWorkerDead(worker, NOW + YEAR, { elapsed: 61_000 })).toBe(false);
    expect(isWorkerDead({ ...worker, heartbeatAt: NOW + 1 }, NOW, { elapsed: 61_001 })).toBe(false);
    expect(isWorkerDead({ ...worker, heartbeatAt: NOW + 1 }, NOW, { elapsed: 121_002 })).toBe(true);
  });

  it.runIf(process.platform === "linux")("sees at once that the machine was started again", () => {
    const boot = `00000000-aaaa ${currentWorker().boot.split(" ")[1] ?? ""}`;
    expect(isWorkerDead({ ...fresh(), boot }, NOW)).toBe(true);
  });

  it.runIf(process.platform === "linux")(
    "waits for the silence of a container that numbers its processes apart",
    () => {
      const boot = `${currentWorker().boot.split(" ")[0] ?? ""} pid:[1]`;
      const worker = { ...fresh(), boot, pid: 999_999_999 };
      expect(isWorkerDead(worker, NOW + 60_000)).toBe(false);
      expect(isWorkerDead(worker, NOW + 60_001)).toBe(true);
    },
  );

  it("waits for the silence of another machine", () => {
    const worker = { ...fresh(), host: "elsewhere", boot: "other", pid: 999_999_999 };
    expect(isWorkerDead(worker, NOW + 5_000, { staleAfterMs: 5_000 })).toBe(false);
    expect(isWorkerDead(worker, NOW + 5_001, { staleAfterMs: 5_000 })).toBe(true);
  });

  it.runIf(process.platform === "linux")("looks at a process itself though the machine was given another name", () => {
    expect(isWorkerDead({ ...fresh(), host: "renamed" }, NOW + HOUR)).toBe(false);
    expect(isWorkerDead({ ...fresh(), host: "renamed", pid: 999_999_999 }, NOW)).toBe(true);
  });
});

describe("a clock that is set", () => {
  const container = (changes = {}) => {
    const [id = "", , time = ""] = currentWorker().boot.split(" ");
    return { ...fresh(), host: "container", boot: `${id} pid:[1] ${time}`, elapsedAt: 500, ...changes };
  };

  it.runIf(process.platform === "linux").each([HOUR, YEAR])(
    "forward by %i ms makes no living container look dead",
    (by) => {
      expect(isWorkerDead(container(), NOW + by, { elapsed: 1_500 })).toBe(false);
      expect(isWorkerDead(container(), NOW + by, { elapsed: 60_500 })).toBe(false);
    },
  );

  it.runIf(process.platform === "linux").each([HOUR, YEAR])("back by %i ms keeps no dead container alive", (by) => {
    expect(isWorkerDead(container(), NOW - by, { elapsed: 60_501 })).toBe(true);
  });

  it("back keeps no dead worker of another machine, or of the last start of this one, alive: we watch it ourselves", () => {
    const worker = { ...fresh(), host: "elsewhere", boot: "other", elapsedAt: 5 };
    expect(isWorkerDead(worker, NOW - YEAR, { elapsed: 1_000 })).toBe(false);
    expect(isWorkerDead(worker, NOW - YEAR, { elapsed: 61_000 })).toBe(false);
    expect(isWorkerDead(worker, NOW - YEAR, { elapsed: 61_001 })).toBe(true);
    // A sign of life: it is counted from there.
    const alive = { ...worker, heartbeatAt: NOW + 1 };
    expect(isWorkerDead(alive, NOW - YEAR, { elapsed: 61_002 })).toBe(false);
  });

  it.runIf(process.platform === "linux")("leaves a container with a time of its own to the clock on the wall", () => {
    const worker = container({ boot: `${currentWorker().boot.split(" ")[0]} pid:[1] time:[1]`, elapsedAt: -HOUR });
    expect(isWorkerDead(worker, NOW + 60_000, { elapsed: 0 })).toBe(false);
    expect(isWorkerDead(worker, NOW + 60_001, { elapsed: 0 })).toBe(true);
  });
});
