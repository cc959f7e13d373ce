import { readFileSync } from "node:fs";
import { readCda } from "../../../src/cda/index.js";
import type { ScenarioStep } from "../../../src/compliance/index.js";
import type { Config } from "../../../src/config/index.js";
import { MedimailError } from "../../../src/errors.js";
import { isPatientAddress, PATIENT_DOMAIN } from "../../../src/identity/index.js";
import { silentLogger } from "../../../src/log.js";
import { type ComposeInput, composeMails } from "../../../src/message/index.js";
import { createRuntime } from "../../../src/runtime.js";
import { type OutgoingMail, systemClock, systemRandom } from "../../../src/seams/index.js";
import { loadConfigFile } from "../../../src/settings/index.js";
import { openOperator } from "../../../src/wiring/index.js";
import { packXdm } from "../../../src/xdm/index.js";
import { filesOf, zipOf } from "./archive.js";

export type SendStep = Extract<ScenarioStep, { action: "send" }>;

/** What a mutant does otherwise than the right connector; each hook is given what the rules made. */
export interface Break {
  /** What it was asked, as it misunderstands it. */
  step?(step: SendStep): SendStep;
  /** Rules that it does not know. */
  forgets?: readonly ("opposition" | "identity" | "patient-address")[];
  /** A document, before it is packed. */
  cda?(cda: Buffer, index: number): Buffer;
  compose?(input: ComposeInput, step: SendStep): ComposeInput;
  /** Files of the archive by path. */
  archive?(files: Map<string, Uint8Array>): void;
  /** The whole mail. */
  mail?(mail: Buffer, about: { to: string; patient: boolean; number: number }): Buffer;
  /** What is handed over: the envelope. */
  outgoing?(mail: OutgoingMail): OutgoingMail;
}

export interface Ready {
  mailboxes: { address: string }[];
  discoverConfigs: Record<string, string>;
  scenarios: { id: string; steps: ScenarioStep[] }[];
}

/**
 * A connector out of our own rooms, in which one thing can be broken: it packs, composes and hands over as ours does, and knows the rules of who may
 * be written to. It sends; steps that read belong to the mutants in Python.
 */
export async function play(ready: Ready, scenarioId: string | undefined, broken: Break): Promise<void> {
  const scenarios = ready.scenarios.filter(({ id }) => scenarioId === undefined || id === scenarioId);
  for (const { steps } of scenarios) {
    for (const step of steps) {
      if (step.action !== "send") continue;
      try {
        await send(ready, broken.step?.(step) ?? step, broken);
      } catch (error) {
        // A refusal is an answer; what a program of ours forgot to handle is not.
        if (!(error instanceof MedimailError)) throw error;
        process.stderr.write(`${step.action}: ${error.code} ${error.message}\n`);
      }
    }
  }
}

async function send(ready: Ready, step: SendStep, broken: Break): Promise<void> {
  const address = step.mailbox ?? ready.mailboxes[0]?.address ?? "";
  const config = configOf(ready, address);
  const operator = openOperator(config, {
    logger: silentLogger,
    maxConnections: 1,
    session: undefined,
    cache: createRuntime({ clock: systemClock }).discovered,
    clock: systemClock,
    random: systemRandom,
  });
  try {
    const mails = await mailsOf(step, address, config, broken);
    let number = 0;
    for (const { to, patient, bytes } of mails) {
      number += 1;
      const content = broken.mail?.(bytes, { to, patient, number }) ?? bytes;
      const outgoing: OutgoingMail = {
        from: address,
        to: [to],
        content: [content],
        size: content.length,
        dsn: {
          envid: `mutant-${process.pid}-${number}`,
          ret: "HDRS",
          notify: step.requestDelivery === false ? ["FAILURE"] : ["SUCCESS", "FAILURE", "DELAY"],
        },
      };
      await operator.transport.send(broken.outgoing?.(outgoing) ?? outgoing, { timeoutMs: 30_000 });
    }
  } finally {
    await operator.close();
  }
}

/** That of the mailbox, which finds the operator by its name and looks revocation up: the mock's own says "off" for clients without HTTP. */
function configOf(ready: Ready, address: string): Config {
  const file = ready.discoverConfigs[address];
  if (file === undefined) throw new Error(`no such mailbox: ${address}`);
  const config = loadConfigFile(file);
  return { ...config, tls: { ...config.tls, revocation: "strict" } };
}

async function mailsOf(step: SendStep, address: string, config: Config, broken: Break) {
  const forgets = new Set(broken.forgets ?? []);
  const documents = step.documents.map(({ cda, pdf }, index) => {
    const bytes = readFileSync(cda);
    const content = broken.cda?.(bytes, index) ?? bytes;
    return { content, cda: readCda(content), ...(pdf === undefined ? {} : { pdf: readFileSync(pdf) }) };
  });
  const qualified = (step.identityStatus ?? "qualifiee") === "qualifiee";
  const [first] = documents;
  if (first === undefined) throw new Error("a scenario sends documents");
  if (!qualified && !forgets.has("identity") && documents.some(({ cda }) => cda.header.patient.ins !== null))
    throw new MedimailError("invalid_argument", "INS/va1.53");
  const to = step.to.filter((each) => {
    if (forgets.has("opposition")) return true;
    return isPatientAddress(each) ? step.opposePatient !== true : step.opposeProfessionals !== true;
  });
  const own = `${first.cda.header.patient.ins?.value ?? ""}@${PATIENT_DOMAIN}`;
  if (
    !forgets.has("patient-address") &&
    to.some((each) => isPatientAddress(each) && (each.toLowerCase() !== own || !qualified))
  )
    throw new MedimailError("patient_address_refused", "ECO.2.2.6");
  const packed = await packXdm({
    documents: documents.map(({ content, cda }) => ({ content, cda })),
    action: step.documentAction ?? "create",
    software: { name: config.software.name, version: config.software.version },
    ...(step.confidentiality ? { confidentialityCodes: [...step.confidentiality] } : {}),
  });
  let archive = packed.zip;
  if (broken.archive) {
    const files = filesOf(archive);
    broken.archive(files);
    archive = zipOf(files);
  }
  return to.flatMap((recipient, index) => {
    const patient = isPatientAddress(recipient);
    const input: ComposeInput = {
      from: { address, label: config.sender.label },
      recipients: [[{ address: recipient, kind: patient ? "patient" : "professional" }]],
      documents: documents.map(({ cda, pdf }) => ({
        cda,
        ...(pdf === undefined || cda.body.level === "N1" ? {} : { pdf }),
      })),
      archive,
      action: step.documentAction ?? "create",
      nil: config.software.nil,
      software: config.software,
      messageIds: [`${Date.now().toString(36)}.${process.pid}.${index}@${address.slice(address.indexOf("@") + 1)}`],
      date: new Date(),
      ...(step.fin && patient ? { fin: true } : {}),
      ...(step.requestRead ? { requestRead: true } : {}),
      ...(step.replyTo === undefined ? {} : { replyTo: step.replyTo }),
      maxSize: 25 * 1024 * 1024,
    };
    const composed = composeMails(broken.compose?.(input, step) ?? input);
    return composed.mails.map(({ head, body }) => ({
      to: recipient,
      patient,
      bytes: Buffer.concat([head, composed.bodies[body] ?? Buffer.alloc(0)]),
    }));
  });
}
