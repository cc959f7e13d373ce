// One contender in a process of its own. IPC: a ContenderStart, answered by {ready}; then {mails} for each round, answered by a Round.
import { bareContender } from "./bare.js";
import { nodemailerContender } from "./nodemailer.js";
import { oursContender } from "./ours.js";
import type { ContenderStart, Round } from "./protocol.js";

/** Makes what a round needs, untimed, and gives back the timed part. */
export type Contender = (mails: number) => Promise<() => Promise<{ bytes: number; close?: () => Promise<void> }>>;

const makers = { ours: oursContender, nodemailer: nodemailerContender, bare: bareContender };
let contender: Contender | undefined;

async function answer(message: ContenderStart | { mails: number }): Promise<unknown> {
  if ("kind" in message) {
    contender = makers[message.kind](message);
    return { ready: true };
  }
  if (!contender) throw new Error("not started");
  const run = await contender(message.mails);
  const cpu = process.cpuUsage();
  const since = performance.now();
  const { bytes, close } = await run();
  const ms = performance.now() - since;
  const used = process.cpuUsage(cpu);
  await close?.();
  return { mails: message.mails, ms, cpuMs: (used.user + used.system) / 1000, bytes } satisfies Round;
}

process.on("message", (message: ContenderStart | { mails: number }) => {
  answer(message).then(
    (said) => process.send?.(said),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
