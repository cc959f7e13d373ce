// One measured process of (j). IPC: a JudgingJob, done once, answered by a JudgingPeak.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { readCda } from "../src/cda/index.js";
import { Judge } from "../src/compliance/index.js";
import type { Observation } from "../src/seams/index.js";
import { openXdm } from "../src/xdm/index.js";
import { peakBytes } from "./memory-peak.js";

export interface JudgingJob {
  /** `nothing`: the mails and observations are made, and dropped. */
  kind: "nothing" | "mime" | "all" | "judge";
  folder: string;
  mails: number;
  samples: number;
}

export interface JudgingPeak {
  peakBytes: number;
  ms: number;
  observations: number;
}

/** The n-th mail of the run: a sample under a Message-ID of its own. */
function mailOf(samples: readonly Buffer[], ids: readonly string[], n: number): Buffer {
  const which = n % samples.length;
  const copy = Buffer.from(samples[which] ?? Buffer.alloc(0));
  const at = copy.indexOf(ids[which] ?? "");
  copy.write(String(n).padStart(8, "0"), at, "latin1");
  return copy;
}

/** The session that brought it, as another connection. */
function sessionOf(sessions: readonly Observation[][], n: number): Observation[] {
  const session = sessions[n % sessions.length] ?? [];
  return session.map((observation) => {
    const { kind, connection } = observation;
    const named = { ...observation, connection: `${connection}-${n}` };
    return kind === "mail" ? ({ ...named, file: String(n), sha256: String(n) } as Observation) : (named as Observation);
  });
}

async function parse(mail: Buffer, whole: boolean): Promise<void> {
  const { attachments } = await PostalMime.parse(mail);
  if (!whole) return;
  const archive = attachments.find(({ filename }) => filename === "IHE_XDM.ZIP")?.content;
  if (!(archive instanceof ArrayBuffer)) throw new Error("the mail has no archive");
  for (const { content } of (await openXdm(new Uint8Array(archive))).documents) if (content) readCda(content);
}

async function work({ kind, folder, mails, samples: count }: JudgingJob): Promise<number> {
  const sessions = JSON.parse(readFileSync(join(folder, "sessions.json"), "utf8")) as Observation[][];
  const samples = Array.from({ length: count }, (_, index) => readFileSync(join(folder, `${index}.eml`)));
  const ids = samples.map((raw) => /^Message-ID: <([^@>]+)/im.exec(raw.toString("latin1"))?.[1] ?? "");
  let mail: Buffer = Buffer.alloc(0);
  const judge = new Judge({ mail: () => mail });
  let observations = 0;
  for (let n = 0; n < mails; n += 1) {
    mail = mailOf(samples, ids, n);
    const session = sessionOf(sessions, n);
    observations += session.length;
    if (kind === "mime" || kind === "all") await parse(mail, kind === "all");
    if (kind === "judge") for (const observation of session) await judge.add(observation);
  }
  if (kind === "judge") {
    const judged = judge.results();
    if (judged.mails !== mails || judged.problems.length > 0)
      throw new Error(`not all was judged: ${judged.mails} mails`);
  }
  return observations;
}

process.on("message", (job: JudgingJob) => {
  const since = performance.now();
  work(job).then(
    (observations) =>
      process.send?.({ peakBytes: peakBytes(), ms: performance.now() - since, observations } satisfies JudgingPeak),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
