import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario, ScenarioStep } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { isPatientAddress } from "../identity/index.js";
import { originalSubject } from "../message/index.js";
import { composeArrival } from "./arrivals.js";
import { type DocumentMaker, type MadeDocument, oidFor } from "./documents.js";
import type { ArrivalPlan, ScenarioPlan, StepPlan } from "./plan-types.js";

/** A mail made for a scenario. */
export interface MadeArrival {
  to: string;
  from: string;
  what: string;
  messageId: string;
  /** Decoded, marker included; what a person looks for. */
  subject?: string;
  raw: Buffer;
}

/** A scenario of one run: its documents are files, its mails are ready to be delivered, its steps name both. */
export interface Material {
  scenario: Scenario;
  documents: ReadonlyMap<string, MadeDocument>;
  arrivals: readonly MadeArrival[];
}

/**
 * Makes what a scenario needs. The same seed, scenario and repetition give the same identifiers, so that a repetition is new to a software
 * that refuses to send a document twice.
 *
 * @param folder the documents are written there
 */
export async function makeMaterial(
  plan: ScenarioPlan,
  {
    folder,
    maker,
    seed,
    repetition,
    date,
  }: { folder: string; maker: DocumentMaker; seed: string; repetition: number; date: Date },
): Promise<Material> {
  const salt = [seed, plan.id, String(repetition)];
  const documents = await makeDocuments(plan, maker, salt);
  const paths = new Map<string, { cda: string; pdf?: string }>();
  ensureFolder(folder);
  for (const [name, { cda, pdf }] of documents) {
    const path = { cda: join(folder, `${name}.xml`), pdf: join(folder, `${name}.pdf`) };
    writeFileSync(path.cda, cda);
    writeFileSync(path.pdf, pdf);
    // The PDF of a level 1 is in the document.
    paths.set(name, plan.documents?.[name]?.level === 1 ? { cda: path.cda } : path);
  }
  const arrivals = new Map<string, MadeArrival>();
  for (const [name, arrival] of Object.entries(plan.arrivals ?? {})) {
    const messageId = `${oidFor(...salt, "mail", name).slice(5, 25)}.${plan.id}@mock-medimail.mssante.fr`;
    const carried = (arrival.documents ?? []).map((document) => found(documents, document, plan.id));
    const raw = await composeArrival(arrival, { documents: carried, messageId, date });
    const subject = originalSubject(raw);
    arrivals.set(name, {
      to: arrival.to,
      from: arrival.from,
      what: arrival.what ?? whatOf(arrival),
      messageId,
      ...(subject === undefined ? {} : { subject }),
      raw,
    });
  }
  const { id, title, titleEn, profiles, requirements, seconds } = plan;
  const steps = plan.steps.map((step) => stepOf(step, plan, paths, arrivals));
  return {
    scenario: { id, title, titleEn, profiles, requirements, steps, seconds },
    documents,
    arrivals: [...arrivals.values()],
  };
}

async function makeDocuments(
  plan: ScenarioPlan,
  maker: DocumentMaker,
  salt: readonly string[],
): Promise<Map<string, MadeDocument>> {
  const made = new Map<string, MadeDocument>();
  for (const [name, document] of Object.entries(plan.documents ?? {})) {
    const former = document.replaces === undefined ? undefined : found(made, document.replaces, plan.id);
    const ids = {
      id: oidFor(...salt, "document", name),
      setId: former?.setId ?? oidFor(...salt, "set", name),
      version: (former?.version ?? 0) + 1,
      ...(former ? { replaces: former.id } : {}),
    };
    made.set(name, await maker.make(document, ids));
  }
  return made;
}

function stepOf(
  step: StepPlan,
  plan: ScenarioPlan,
  paths: ReadonlyMap<string, { cda: string; pdf?: string }>,
  arrivals: ReadonlyMap<string, MadeArrival>,
): ScenarioStep {
  const { mailbox = plan.mailbox } = step;
  if (step.action === "send") {
    const documents = step.documents.map((name) => found(paths, name, plan.id));
    return { ...step, mailbox, documents };
  }
  if (!("mail" in step) || step.mail === undefined) return { ...step, mailbox } as ScenarioStep;
  const { mail, ...rest } = step;
  const { messageId, subject } = found(arrivals, mail, plan.id);
  return { ...rest, mailbox, messageId, ...(subject === undefined ? {} : { subject }) } as ScenarioStep;
}

function whatOf({ documents = [], action, from }: ArrivalPlan): string {
  if (documents.length > 0) return action === "replace" || action === "delete" ? action : "document";
  return isPatientAddress(from) ? "patient" : "mail";
}

/** A scenario that names what it has not is a fault of ours: told at once, by a test first of all. */
function found<T>(from: ReadonlyMap<string, T>, name: string, scenario: string): T {
  const value = from.get(name);
  if (value === undefined)
    throw new MedimailError("internal", "a scenario names a document or a mail that it has not", {
      path: `${scenario}.${name}`,
    });
  return value;
}
