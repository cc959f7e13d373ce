// The thread that `preparationThreads` starts: reads, checks, packs and composes, and gives back bytes. Knows no store and no socket.
import { parentPort, workerData } from "node:worker_threads";
import { isMedimailError } from "../errors.js";
import { systemClock, systemRandom } from "../seams/index.js";
import { prepare, type SenderProfile } from "../sending/index.js";
import type { PrepareAnswer, PrepareJob } from "./preparation.js";
import { moved } from "./preparation.js";

const { profile: fixed } = workerData as { profile: Omit<SenderProfile, "clock" | "random"> };

parentPort?.on("message", async ({ id, submission, profile }: PrepareJob) => {
  const transfer: ArrayBuffer[] = [];
  let answer: PrepareAnswer;
  try {
    const prepared = await prepare(submission, { ...fixed, ...profile, clock: systemClock, random: systemRandom });
    const { bodies, mails, tail, ...rest } = prepared.submission;
    answer = {
      id,
      prepared: {
        submission: {
          ...rest,
          bodies: bodies.map((bytes) => moved(bytes, transfer)),
          ...(Array.isArray(tail) ? { tail: tail.map((bytes: Uint8Array) => moved(bytes, transfer)) } : {}),
          mails: mails.map((mail) => ({ ...mail, head: moved(mail.head, transfer) })),
        },
        problems: prepared.problems,
      },
    };
  } catch (error) {
    // The cause stays here: it may be of a library that quotes its input.
    answer = { id, error: isMedimailError(error) ? error.toJSON() : { code: "internal", name: nameOf(error) } };
  }
  parentPort?.postMessage(answer, transfer);
});

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
