// One measured process of (c). IPC: a MemoryJob, done once, answered by a MemoryPeak; nothing but the package and the job is in this process.
import { readFileSync } from "node:fs";
import { createConnector, loadConfigFile, openXdm, readCda } from "../src/index.js";
import { peakBytes } from "./memory-peak.js";

/** What to do with a file that the parent made. */
export type MemoryJob =
  | { kind: "send"; file: string; config: string; to: string }
  /** Forwards the newest mail of the inbox, and waits for its copy in Sent. */
  | { kind: "forward"; config: string; to: string }
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

async function forward({ config, to }: Extract<MemoryJob, { kind: "forward" }>): Promise<void> {
  await using connector = createConnector(loadConfigFile(config));
  const { mailbox } = connector;
  const [mail] = await mailbox.list().toArray({ limit: 1 });
  if (!mail) throw new Error("the inbox is empty");
  const submission = await mailbox.forward(mail, { to: [to], maxBytes: 64 * 1024 * 1024 });
  const { ok } = await submission.settled({ until: "accepted", signal: AbortSignal.timeout(120_000) });
  if (!ok) throw new Error("the mail was not accepted");
  for (let turn = 0; ; turn += 1) {
    const sent = await mailbox
      .search({ messageId: submission.messageIds[0] as string }, { folder: "sent" })
      .toArray({ limit: 1 });
    if (sent.length > 0) return;
    if (turn > 600) throw new Error("the copy is not in Sent");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function done(job: MemoryJob): Promise<void> {
  if (job.kind === "send") return await send(job);
  if (job.kind === "forward") return await forward(job);
  return await open(job.file, job.kind === "open and read");
}

async function open(file: string, read: boolean): Promise<void> {
  const { documents } = await openXdm(readFileSync(file));
  const content = documents[0]?.content;
  if (!content) throw new Error("the archive has no document");
  if (read && !readCda(content).encapsulated()) throw new Error("the document has no file");
}

process.on("message", (job: MemoryJob) => {
  const since = performance.now();
  done(job).then(
    () => process.send?.({ peakBytes: peakBytes(), ms: performance.now() - since } satisfies MemoryPeak),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
