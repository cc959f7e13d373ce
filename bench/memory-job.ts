// One measured process of (c). IPC: a MemoryJob, done once, answered by a MemoryPeak; nothing but the package and the job is in this process.
import { readFileSync } from "node:fs";
import { createConnector, loadConfigFile, openXdm, readCda } from "../src/index.js";

/** What to do with a file that the parent made. */
export type MemoryJob =
  | { kind: "send"; file: string; config: string; to: string }
  | { kind: "open"; file: string }
  /** Reads the CDA of the archive as well, and its file. */
  | { kind: "open and read"; file: string };

export interface MemoryPeak {
  /** Of the whole process, since its start. */
  peakBytes: number;
  ms: number;
}

async function send({ file, config, to }: Extract<MemoryJob, { kind: "send" }>): Promise<void> {
  await using connector = createConnector(loadConfigFile(config));
  const submission = await connector.documents.submit({ documents: [{ cda: readFileSync(file) }], to: [to] });
  const { ok } = await submission.settled({ until: "accepted", signal: AbortSignal.timeout(120_000) });
  if (!ok) throw new Error("the mail was not accepted");
}

async function open(file: string, read: boolean): Promise<void> {
  const { documents } = await openXdm(readFileSync(file));
  const content = documents[0]?.content;
  if (!content) throw new Error("the archive has no document");
  if (read && !readCda(content).encapsulated()) throw new Error("the document has no file");
}

/**
 * The kernel's high-water mark of this program alone: `maxRSS` also counts what the parent had when it forked, since Linux keeps it
 * across exec.
 */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  if (kilobytes === undefined) throw new Error("/proc/self/status has no VmHWM");
  return Number(kilobytes) * 1024;
}

process.on("message", (job: MemoryJob) => {
  const since = performance.now();
  const done = job.kind === "send" ? send(job) : open(job.file, job.kind === "open and read");
  done.then(
    () => process.send?.({ peakBytes: peakBytes(), ms: performance.now() - since } satisfies MemoryPeak),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
