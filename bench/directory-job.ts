// One measured process of (i). IPC: a DirectoryJob, done once, answered by what it says; nothing but the room and the job is in this process.
import { readFileSync } from "node:fs";
import { importExtraction, openDirectoryIndex } from "../src/directory/index.js";
import { isRight, type Search } from "../test/directory/searches.js";

export type DirectoryJob =
  | { kind: "import"; file: string; index: string }
  | { kind: "search"; index: string; searches: Search[] };

export interface ImportResult {
  ms: number;
  peakBytes: number;
  entries: number;
}

export interface Found {
  ms: number;
  /** CPU of the process meanwhile, in ms: what the wall clock would say on a machine without other work. */
  cpuMs: number;
  /** Of the right person among the people found; 0 where it is not among them. */
  rank: number;
}

export interface SearchResult {
  openMs: number;
  firstMs: number;
  peakBytes: number;
  found: Found[];
}

async function importFile({ file, index }: Extract<DirectoryJob, { kind: "import" }>): Promise<ImportResult> {
  const since = performance.now();
  const { entries } = await importExtraction(file, { index });
  return { ms: performance.now() - since, peakBytes: peakBytes(), entries };
}

async function search({ index, searches }: Extract<DirectoryJob, { kind: "search" }>): Promise<SearchResult> {
  const opened = performance.now();
  const directory = openDirectoryIndex({ index });
  const openMs = performance.now() - opened;
  const found: Found[] = [];
  for (const { text, target } of searches) {
    const [since, cpu] = [performance.now(), process.cpuUsage()];
    const entries = [];
    for await (const entry of directory.search({ text }, { limit: 10 })) entries.push(entry);
    const ms = performance.now() - since;
    const { user, system } = process.cpuUsage(cpu);
    const people = [...new Set(entries.map(({ rpps, address }) => rpps ?? address))];
    const right = entries.find((entry) => isRight(entry, target));
    found.push({
      ms,
      cpuMs: (user + system) / 1_000,
      rank: right ? people.indexOf(right.rpps ?? right.address) + 1 : 0,
    });
  }
  await directory.close();
  return { openMs, firstMs: found[0]?.ms ?? 0, peakBytes: peakBytes(), found };
}

/** The kernel's high-water mark; see memory-job. */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) * 1024;
}

process.on("message", (job: DirectoryJob) => {
  const done: Promise<ImportResult | SearchResult> = job.kind === "import" ? importFile(job) : search(job);
  done.then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
