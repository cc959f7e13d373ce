import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { currentWorker, isWorkerDead } from "../../src/storage/index.js";
import { bundle } from "../tools/bundle.js";

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

  it("believes a pid that exists where the start is not known", () => {
    expect(isWorkerDead({ ...fresh(), pidStart: "" }, NOW)).toBe(false);
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
    const worker = { ...fresh(), host: "elsewhere", pid: 999_999_999 };
    expect(isWorkerDead(worker, NOW + 5_000, { staleAfterMs: 5_000 })).toBe(false);
    expect(isWorkerDead(worker, NOW + 5_001, { staleAfterMs: 5_000 })).toBe(true);
  });
});
