import { rmSync } from "node:fs";
import { join } from "node:path";
import { frenchTime } from "../cda/index.js";
import type { Scenario } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import type { MockMedimail } from "../mock/index.js";
import type { Observation } from "../seams/index.js";
import { DocumentMaker } from "./documents.js";
import { Material } from "./material.js";
import type { ScenarioPlan } from "./plan-types.js";
import { type Reacted, react } from "./reactions.js";
import { setStage } from "./stage-acts.js";

/** Why a scenario ended: as asked, its time was over, the run was stopped, the command failed. */
export const REASONS = ["done", "time", "stopped", "command-failed"] as const;
export type EndReason = (typeof REASONS)[number];

export interface StageOptions {
  /** Documents are written below it, a folder for each scenario. */
  folder: string;
  plans: readonly ScenarioPlan[];
  /** Identifiers come from it: a run of its own needs one of its own. */
  seed: string;
  /** Default: now. */
  date?: Date;
}

/**
 * Plays the scenarios on a mock: writes their documents, delivers their mails, sets the faults, answers what the software under test sends,
 * and says in the observations where each begins and ends. One scenario at a time.
 */
export class Stage {
  readonly #mock: MockMedimail;
  readonly #options: StageOptions;
  readonly #maker: DocumentMaker;
  readonly #date: Date;
  readonly #materials: Map<string, Material>;
  readonly #listeners = new Set<() => void>();
  #current:
    | { plan: ScenarioPlan; repetition: number; reset: () => void; reacted: Reacted; since: string; step?: number }
    | undefined;

  private constructor(
    mock: MockMedimail,
    options: StageOptions,
    maker: DocumentMaker,
    date: Date,
    materials: Map<string, Material>,
  ) {
    this.#mock = mock;
    this.#options = options;
    this.#maker = maker;
    this.#date = date;
    this.#materials = materials;
  }

  /** Makes the documents that every scenario has sent. */
  static async prepare(mock: MockMedimail, options: StageOptions): Promise<Stage> {
    const date = options.date ?? new Date();
    const maker = new DocumentMaker(frenchTime(date));
    const stage = new Stage(mock, options, maker, date, new Map());
    for (const plan of options.plans) stage.#materials.set(plan.id, await stage.#make(plan, 1));
    return stage;
  }

  #make(plan: ScenarioPlan, repetition: number): Promise<Material> {
    const { folder, seed } = this.#options;
    const own = join(folder, plan.id);
    if (repetition > 1) rmSync(own, { recursive: true, force: true });
    return Material.make(plan, { folder: own, maker: this.#maker, seed, repetition, date: this.#date });
  }

  /** As the ready object names them: with paths and identifiers. */
  get scenarios(): Scenario[] {
    return [...this.#materials.values()].map(({ scenario }) => scenario);
  }

  /** The scenario that is played now. */
  get current(): { id: string; repetition: number; since: string; step?: number } | undefined {
    if (!this.#current) return undefined;
    const { plan, repetition, since, step } = this.#current;
    return { id: plan.id, repetition, since, ...(step === undefined ? {} : { step }) };
  }

  /** Told when a scenario begins or ends. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every mail of every scenario is delivered: for a software that goes through them all by itself, without being told when. */
  async deliverAll(): Promise<void> {
    for (const material of this.#materials.values()) await this.#deliver(material);
  }

  /**
   * Begins a scenario: the one before is ended. A repetition has documents and mails of its own.
   *
   * @throws MedimailError `invalid_argument` for one that is not known
   */
  async begin(id: string, repetition = 1): Promise<Scenario> {
    const plan = this.#options.plans.find((known) => known.id === id);
    if (!plan) throw unknownScenario(id);
    this.end("stopped");
    if (repetition > 1) this.#materials.set(id, await this.#make(plan, repetition));
    const material = this.#materials.get(id) as Material;
    this.#mock.observe({ connection: "run", kind: "scenario", id, what: "begin", repetition });
    await this.#deliver(material);
    const reset = setStage(this.#mock, plan.stage ?? []);
    this.#current = { plan, repetition, reset, reacted: new Map(), since: new Date().toISOString() };
    this.#tell();
    return material.scenario;
  }

  /** A step was reached, from 1: the driver or the person says so. */
  step(step: number): void {
    const playing = this.#current;
    if (!playing) return;
    playing.step = step;
    const { plan, repetition } = playing;
    this.#mock.observe({
      connection: "run",
      kind: "scenario",
      id: plan.id,
      what: "step",
      step,
      repetition,
    });
  }

  /** Ends the scenario that is played, if one is: the mock is as before. */
  end(reason: EndReason = "done"): void {
    const playing = this.#current;
    if (!playing) return;
    this.#current = undefined;
    playing.reset();
    const { plan, repetition } = playing;
    this.#mock.observe({ connection: "run", kind: "scenario", id: plan.id, what: "end", repetition, reason });
    this.#tell();
  }

  /** To be given every observation of the mock: what the scenario answers to follows from it. */
  observe(observation: Observation): void {
    const playing = this.#current;
    if (!playing) return;
    react(this.#mock, { plan: playing.plan, reacted: playing.reacted }, observation);
  }

  async #deliver(material: Material): Promise<void> {
    for (const { to, from, what, raw } of await material.arrivals()) this.#mock.deliver(to, raw, { what, from });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export function unknownScenario(id: string): MedimailError {
  return new MedimailError("invalid_argument", `no scenario is called ${id.slice(0, 80)}`, {
    path: "scenario",
    hint: "the ready object, or medimail validate --list, names them",
  });
}
