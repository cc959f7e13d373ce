import type { ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { isMainThread } from "node:worker_threads";
import { systemClock, type WorkerBeat, type WorkerIdentity } from "../seams/index.js";

/** This process as a worker, or the thread of it that asks. Each call has a new id; the rest is the same for the life of either. */
export function currentWorker(): WorkerIdentity {
  return {
    id: randomUUID(),
    host: hostname(),
    boot: bootId(),
    pid: process.pid,
    pidStart: `${readProcess(process.pid)?.start ?? ""}${ownThread()}`,
  };
}

/**
 * A thread of the program's own (`node:worker_threads`) may end while its process goes on: it is told apart, `@` with the system's number of the
 * thread and its start; `@` alone where the system does not say. Nothing for the main thread, which ends with the process.
 */
function ownThread(): string {
  if (isMainThread) return "";
  try {
    const [, , tid = ""] = readlinkSync("/proc/thread-self").split("/");
    return `@${tid} ${statOf(`/proc/self/task/${tid}/stat`)?.start ?? ""}`;
  } catch {
    return "@";
  }
}

export interface LivenessOptions {
  /** Silence after which a worker of another machine (or container) counts as dead, ms. Default 60,000. */
  staleAfterMs?: number;
  /** What the clock that nobody sets says now. Default: this machine's. */
  elapsed?: number;
}

/**
 * Whether a worker can no longer act. On the same boot of the same machine this is known at once (no such process, or its
 * pid was given to another; the same for a thread); a worker that is alive but silent is not dead there, however long. Of another machine, of
 * a container with processes of its own, or of a thread that the system does not show, only its silence speaks.
 */
export function isWorkerDead(
  worker: WorkerIdentity & WorkerBeat,
  now: number,
  { staleAfterMs = 60_000, elapsed = systemClock.elapsed() }: LivenessOptions = {},
): boolean {
  const isHere = worker.host === hostname();
  const theirs = parseBoot(worker.boot);
  const ours = parseBoot(bootId());
  const isSame = isSameBoot(worker.boot, bootId());
  // An approximate boot time proves nothing alone (the clock may have been set): the process is looked at instead.
  if (isHere && theirs.exact && ours.exact && !isSame) return true;
  const isSilent = (by: Witness) => silenceOf(worker, { now, elapsed, by }) > staleAfterMs;
  // A machine may be given another name while it runs.
  if (!(isHere || isSame) || theirs.namespace !== ours.namespace)
    return isSilent(isSame && theirs.time === ours.time ? "elapsed" : "wall");
  const [start = "", thread] = worker.pidStart.split("@");
  const running = isRunning(worker.pid, start);
  if (running === false) return true;
  if (running === "or another") return isSilent("eyes");
  if (thread === undefined) return false;
  return thread === "" ? isSilent("elapsed") : !hasThread(worker.pid, thread);
}

/** What tells of a silence: the clock that nobody sets, the one on the wall, or what we have seen ourselves. */
type Witness = "elapsed" | "wall" | "eyes";

/** Workers of which no clock that nobody sets tells, with their last sign of life and when we first saw it. */
const watched = new Map<string, { heartbeatAt: number; since: number }>();
const MOST_WATCHED = 1_000;

/**
 * For how long a worker has said nothing, ms. By the clock that nobody sets, where both have the same: the one on the wall may be set forward, and
 * the living would look dead; or back, and the dead would look alive. Of one on another start of the machine, or another machine, what the
 * wall says (the store's own, where it has one: those of two machines may differ), or what we have seen ourselves where that is more.
 */
function silenceOf(
  { id, heartbeatAt, elapsedAt, silentMs }: WorkerIdentity & WorkerBeat,
  { now, elapsed, by }: { now: number; elapsed: number; by: Witness },
): number {
  if (by === "elapsed" && elapsedAt !== undefined) return elapsed - elapsedAt;
  let seen = watched.get(id);
  if (seen?.heartbeatAt !== heartbeatAt) {
    if (watched.size >= MOST_WATCHED) watched.clear();
    seen = { heartbeatAt, since: elapsed };
    watched.set(id, seen);
  }
  const watchedFor = elapsed - seen.since;
  return by === "eyes" ? watchedFor : Math.max(silentMs ?? now - heartbeatAt, watchedFor);
}

/** Whether nothing that was written to the disk's cache can have been lost between the two; false where the system does not say. */
export function isSameBoot(one: string, other: string): boolean {
  const [first, second] = [parseBoot(one), parseBoot(other)];
  return first.exact && second.exact && first.boot !== "" && first.boot === second.boot;
}

/** `or another`: there is a process of this number, and the system does not say since when. It is believed while it is heard of. */
function isRunning(pid: number, start: string): boolean | "or another" {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, of another user.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const found = readProcess(pid);
  if (found?.zombie) return false;
  if (found === undefined || start === "") return "or another";
  return found.start === start;
}

/** `thread` as {@link ownThread} says it. One of a process that the system does not show is believed, as a process is. */
function hasThread(pid: number, thread: string): boolean {
  const [tid = "", start = ""] = thread.split(" ");
  if (statOf(`/proc/${pid}/stat`) === undefined) return true;
  const found = statOf(`/proc/${pid}/task/${tid}/stat`);
  return found !== undefined && (start === "" || found.start === start);
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    const id = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // A container shares the machine's boot id but numbers its processes apart; one that was moved has a time of its own.
    return `${id} ${readlinkSync("/proc/self/ns/pid")} ${timeNamespace()}`;
  } catch {
    return `~${Math.round(Date.now() / 1000 - uptime())}`;
  }
}

function timeNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/time");
  } catch {
    // Linux before 5.6: there is one time for all.
    return "";
  }
}

function parseBoot(text: string): { exact: boolean; boot: string; namespace: string; time: string } {
  const [id = "", namespace = "", time = ""] = text.split(" ");
  return { exact: !id.startsWith("~"), boot: id, namespace, time };
}

/** What the system says of a process: its start in a form to compare only; undefined where it says nothing. */
function readProcess(pid: number): { start: string; zombie: boolean } | undefined {
  return statOf(`/proc/${pid}/stat`) ?? (process.platform === "linux" ? undefined : askSystem(pid));
}

function statOf(file: string): { start: string; zombie: boolean } | undefined {
  try {
    const stat = readFileSync(file, "utf8");
    // The name, in parentheses, may hold spaces and parentheses itself. After it: the state, and 19 fields on the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = fields[19];
    return start === undefined ? undefined : { start, zombie: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return undefined;
  }
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
  timeout: 5_000,
};

function askSystem(pid: number): { start: string; zombie: boolean } | undefined {
  try {
    const start =
      process.platform === "win32"
        ? execFileSync(
            "powershell.exe",
            ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`],
            QUIET,
          )
        : execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
            ...QUIET,
            env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
          });
    return start.trim() === "" ? undefined : { start: start.trim(), zombie: false };
  } catch {
    return undefined;
  }
}
