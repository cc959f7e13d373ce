// What the process under the soak holds: memory after a collection, descriptors, handles, listeners, files, the event loop's lag.
import { getEventListeners } from "node:events";
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { life, times } from "./kit.mjs";

const lag = monitorEventLoopDelay({ resolution: 20 });
lag.enable();
const MB = 1024 * 1024;
const round = (number, by = 10) => Math.round(number * by) / by;

function descriptors() {
  const kinds = { fds: 0, sockets: 0, files: 0 };
  for (const fd of readdirSync("/proc/self/fd")) {
    kinds.fds += 1;
    try {
      const to = readlinkSync(`/proc/self/fd/${fd}`);
      if (to.startsWith("socket:")) kinds.sockets += 1;
      else if (to.startsWith("/")) kinds.files += 1;
    } catch {}
  }
  return kinds;
}

function sizes(folders) {
  let db = 0;
  let wal = 0;
  for (const folder of folders)
    for (const name of readdirSync(folder)) {
      const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
      if (/\.db$/.test(name)) db += size;
      else if (/-wal$/.test(name)) wal += size;
    }
  return { dbMb: round(db / MB), walMb: round(wal / MB) };
}

export async function measure(folders) {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const memory = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const slow = {};
  let operations = 0;
  for (const [name, all] of times) {
    operations += all.length;
    all.sort((a, b) => a - b);
    slow[name] = [all.length, Math.round(all[all.length >> 1]), Math.round(all[Math.floor(all.length * 0.95)])];
  }
  times.clear();
  const answer = {
    rssMb: round(memory.rss / MB),
    heapMb: round(memory.heapUsed / MB, 100),
    externalMb: round(memory.external / MB, 100),
    buffersMb: round(memory.arrayBuffers / MB, 100),
    ...descriptors(),
    timers: resources.Timeout ?? 0,
    resources,
    listeners: getEventListeners(life.signal, "abort").length,
    ...sizes(folders),
    lagP99: round(lag.percentile(99) / 1e6),
    lagMax: round(lag.max / 1e6),
    operations,
    slow,
  };
  lag.reset();
  return answer;
}
