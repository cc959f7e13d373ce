// The thread that `preparationThreads` starts: reads, checks, packs and composes, and gives back bytes. Knows no store and no socket.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { isMedimailError } from "../errors.js";
import { systemClock, systemRandom } from "../seams/index.js";
import { documentBytes, prepare, type SenderProfile } from "../sending/index.js";
import { giveWay } from "./give-way.js";
import type { PrepareAnswer, PrepareJob, PrepareMessage } from "./preparation.js";
import { moved } from "./preparation.js";

const { profile: fixed } = workerData as { profile: Omit<SenderProfile, "clock" | "random"> };

giveWay();
const port = parentPort;
/** So many go through each stage of `prepare` together at most. */
const TOGETHER = 16;
/** A longer document goes alone, so that none waits for it. */
const SMALL = 256 * 1024;

port?.on("message", async ({ jobs: first, share }: PrepareMessage) => {
  const jobs = [...first];
  const most = Math.min(share, TOGETHER);
  while (jobs.length < most) {
    const next = receiveMessageOnPort(port) as { message: PrepareMessage } | undefined;
    if (!next) break;
    jobs.push(...next.message.jobs);
  }
  const small = jobs.filter(isSmall);
  while (small.length > 0) await answer(small.splice(0, most));
  for (const job of jobs) if (!isSmall(job)) await answer([job]);
});

const isSmall = ({ submission }: PrepareJob): boolean => documentBytes(submission) <= SMALL;

async function answer(jobs: readonly PrepareJob[]): Promise<void> {
  const transfer: ArrayBuffer[] = [];
  const answers = await Promise.all(jobs.map((job) => prepared(job, transfer)));
  port?.postMessage(answers, transfer);
}

async function prepared({ id, submission, profile }: PrepareJob, transfer: ArrayBuffer[]): Promise<PrepareAnswer> {
  try {
    const { submission: made, problems } = await prepare(submission, profileOf(profile));
    made.bodies = made.bodies.map((bytes) => moved(bytes, transfer));
    if (Array.isArray(made.tail)) made.tail = made.tail.map((bytes: Uint8Array) => moved(bytes, transfer));
    for (const mail of made.mails) mail.head = moved(mail.head, transfer);
    return { id, prepared: { submission: made, problems } };
  } catch (error) {
    // The cause stays here: it may be of a library that quotes its input.
    return { id, error: isMedimailError(error) ? error.toJSON() : { code: "internal", name: nameOf(error) } };
  }
}

let last: SenderProfile | undefined;

/** Of one mailbox, it is nearly always that of the mail before. */
function profileOf(variable: PrepareJob["profile"]): SenderProfile {
  if (last?.maxSize !== variable.maxSize || last?.allowTestIdentities !== variable.allowTestIdentities)
    last = undefined;
  last ??= { ...fixed, ...variable, clock: systemClock, random: systemRandom };
  return last;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
