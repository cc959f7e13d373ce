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
  raw: Buffer;
}

export interface MaterialOptions {
  /** The documents that are sent are written there. */
  folder: string;
  maker: DocumentMaker;
  /** With the scenario and the repetition it gives the identifiers, so that a repetition is new to a software that never sends a document twice. */
  seed: string;
  repetition: number;
  date: Date;
}

/**
 * A scenario of one run: the documents that are to be sent are files, its steps name them. The mails that come in are composed when they
 * are first asked for: many runs play a few scenarios only.
 */
export class Material {
  readonly #plan: ScenarioPlan;
  readonly #options: MaterialOptions;
  readonly #made = new Map<string, Promise<MadeDocument>>();
  readonly #paths = new Map<string, { cda: string; pdf?: string }>();
  readonly #subjects = new Map<string, string>();
  #arrivals: Promise<MadeArrival[]> | undefined;

  private constructor(plan: ScenarioPlan, options: MaterialOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  static async make(plan: ScenarioPlan, options: MaterialOptions): Promise<Material> {
    const material = new Material(plan, options);
    await material.#write();
    return material;
  }

  /** As the ready object has it. The subject of a mail that comes in is there once the mails are made. */
  get scenario(): Scenario {
    const { id, title, titleEn, profiles, requirements, seconds, steps } = this.#plan;
    return { id, title, titleEn, profiles, requirements, steps: steps.map((step) => this.#step(step)), seconds };
  }

  /** The mails that come into mailboxes when the scenario begins. */
  arrivals(): Promise<MadeArrival[]> {
    this.#arrivals ??= this.#compose();
    return this.#arrivals;
  }

  get #salt(): string[] {
    return [this.#options.seed, this.#plan.id, String(this.#options.repetition)];
  }

  async #write(): Promise<void> {
    const { folder } = this.#options;
    ensureFolder(folder);
    for (const name of new Set(this.#plan.steps.flatMap((step) => (step.action === "send" ? step.documents : [])))) {
      const { cda, pdf } = await this.#document(name);
      const path = { cda: join(folder, `${name}.xml`), pdf: join(folder, `${name}.pdf`) };
      writeFileSync(path.cda, cda);
      // The PDF of a level 1 is in the document.
      const inside = this.#plan.documents?.[name]?.level === 1;
      if (!inside) writeFileSync(path.pdf, pdf);
      this.#paths.set(name, inside ? { cda: path.cda } : path);
    }
  }

  #document(name: string): Promise<MadeDocument> {
    const known = this.#made.get(name);
    if (known) return known;
    const made = this.#makeDocument(name);
    this.#made.set(name, made);
    return made;
  }

  async #makeDocument(name: string): Promise<MadeDocument> {
    const document = this.#plan.documents?.[name];
    if (!document) throw absent(this.#plan.id, name);
    const former = document.replaces === undefined ? undefined : await this.#document(document.replaces);
    const ids = {
      id: oidFor(...this.#salt, "document", name),
      setId: former?.setId ?? oidFor(...this.#salt, "set", name),
      version: (former?.version ?? 0) + 1,
      ...(former ? { replaces: former.id } : {}),
    };
    return this.#options.maker.make(document, ids);
  }

  async #compose(): Promise<MadeArrival[]> {
    const made: MadeArrival[] = [];
    for (const [name, plan] of Object.entries(this.#plan.arrivals ?? {})) {
      const messageId = this.#messageId(name);
      const documents = await Promise.all((plan.documents ?? []).map((document) => this.#document(document)));
      const raw = await composeArrival(plan, { documents, messageId, date: this.#options.date });
      this.#subjects.set(name, originalSubject(raw));
      made.push({ to: plan.to, from: plan.from, what: plan.what ?? whatOf(plan), messageId, raw });
    }
    return made;
  }

  #messageId(name: string): string {
    if (!this.#plan.arrivals?.[name]) throw absent(this.#plan.id, name);
    return `${oidFor(...this.#salt, "mail", name).slice(5, 25)}.${this.#plan.id}@mock-medimail.mssante.fr`;
  }

  #step(step: StepPlan): ScenarioStep {
    const { mailbox = this.#plan.mailbox } = step;
    if (step.action === "send") {
      const documents = step.documents.map((name) => this.#paths.get(name) ?? { cda: "" });
      return { ...step, mailbox, documents };
    }
    if (!("mail" in step) || step.mail === undefined) return { ...step, mailbox } as ScenarioStep;
    const { mail, ...rest } = step;
    const subject = this.#subjects.get(mail);
    const named = { messageId: this.#messageId(mail), ...(subject === undefined ? {} : { subject }) };
    return { ...rest, mailbox, ...named } as ScenarioStep;
  }
}

function whatOf({ documents = [], action, from }: ArrivalPlan): string {
  if (documents.length > 0) return action === "replace" || action === "delete" ? action : "document";
  return isPatientAddress(from) ? "patient" : "mail";
}

/** A scenario that names what it has not is a fault of ours: told at once, by a test first of all. */
function absent(scenario: string, name: string): MedimailError {
  return new MedimailError("internal", "a scenario names a document or a mail that it has not", {
    path: `${scenario}.${name}`,
  });
}
