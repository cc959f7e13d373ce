import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { type MockMedimail, startMockMedimail } from "../mock/index.js";
import { runCommand } from "./command.js";
import { Recorder } from "./recorder.js";
import type { PlayedScenario, Report } from "./report-types.js";
import { concludeRun } from "./conclude.js";
import { LiveJudge } from "./live-judge.js";
import type { RunOptions, RunReady, RunResult } from "./run-types.js";
import { plansOf } from "./scenarios/index.js";
import { type EndReason, Stage, unknownScenario } from "./stage.js";

/** What a run leaves in its folder; a former run's is removed first. */
export const OUTPUTS = [
  "report.json",
  "report.html",
  "rapport.md",
  "junit.xml",
  "observations.jsonl",
  "scenarios.json",
  "declarations.json",
  "manifest.json",
  "manifest.p7s",
  "mails",
  "mock",
] as const;

/** How long the last sessions may take to end once the software under test has ended. */
const SETTLE_MS = 3_000;

/**
 * Runs a software under test against a mock Medimail, and judges what was seen. Resolves when the command has ended and the mail in hand is
 * judged, when the time is over, or with the signal; the report is then written.
 *
 * @throws MedimailError `run_failed` where the folder, the mock or the command cannot be had; `invalid_argument` for an unknown scenario
 */
export async function validate(options: RunOptions): Promise<RunResult> {
  const plans = plansOf(options.profile);
  const named = options.scenarios === "all" ? plans.map(({ id }) => id) : options.scenarios;
  for (const id of named ?? []) if (!plansOf("all").some((plan) => plan.id === id)) throw unknownScenario(id);
  const recorder = openFolder(options.out);
  const stop = new AbortController();
  const timer =
    options.stopAfterMs === undefined ? undefined : setTimeout(() => stop.abort(), Math.min(options.stopAfterMs, 2 ** 31 - 1));
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  try {
    return await new Run(options, recorder, signal).play(named);
  } finally {
    clearTimeout(timer);
    recorder.close();
    rmSync(join(options.out, "mock"), { recursive: true, force: true });
  }
}

class Run {
  readonly #options: RunOptions;
  readonly #recorder: Recorder;
  readonly #signal: AbortSignal;
  readonly #startedAt = new Date();
  readonly #played: PlayedScenario[] = [];
  readonly #commands: Report["commands"][number][] = [];
  /** Every scenario as it was played: a repetition has documents of its own, the steps are the same. */
  #scenarios: readonly Scenario[] = [];

  constructor(options: RunOptions, recorder: Recorder, signal: AbortSignal) {
    this.#options = options;
    this.#recorder = recorder;
    this.#signal = signal;
  }

  async play(named: readonly string[] | undefined): Promise<RunResult> {
    const { out, profile, control } = this.#options;
    // What a run is given by name may be of another profile than the report's.
    const plans = named === undefined ? plansOf(profile) : plansOf("all").filter(({ id }) => named.includes(id) || plansOf(profile).some((plan) => plan.id === id));
    const judge = new LiveJudge(this.#options, this.#startedAt, () => this.#scenarios);
    let stage: Stage | undefined;
    const mock = await this.#start((observation) => {
      this.#recorder.add(observation);
      judge.add(observation);
      stage?.observe(observation);
      this.#options.onObservation?.(observation);
    });
    try {
      stage = await Stage.prepare(mock, {
        folder: join(out, "mock", "scenarios"),
        plans,
        seed: randomBytes(16).toString("hex"),
        date: this.#startedAt,
      });
      this.#scenarios = stage.scenarios;
      const extra = await control?.(mock, stage, () => judge.results());
      try {
        const writeReady = async (): Promise<RunReady> => {
          const ready = { ...(await mock.ready()), scenarios: (stage as Stage).scenarios, ...(extra ? { control: extra.control } : {}) };
          writeFileSync(join(out, "mock", "ready.json"), `${JSON.stringify(ready)}\n`, { mode: 0o600 });
          return ready;
        };
        await this.#options.onEvent?.(await writeReady());
        if (named === undefined) await this.#watch(stage);
        else await this.#each(named, stage, writeReady);
      } finally {
        stage.end("stopped");
        await extra?.close();
      }
      await this.#recorder.idle(SETTLE_MS);
      this.#recorder.close();
    } finally {
      await mock.close();
    }
    return await concludeRun({
      options: this.#options,
      startedAt: this.#startedAt,
      scenarios: this.#scenarios,
      played: this.#played,
      commands: this.#commands,
    });
  }

  async #start(onObservation: NonNullable<Parameters<typeof startMockMedimail>[0]>["onObservation"] & object): Promise<MockMedimail> {
    const { out } = this.#options;
    try {
      return await startMockMedimail({ dir: join(out, "mock"), mailsDir: out, psc: true, autoReceipts: { deliver: true }, onObservation });
    } catch (cause) {
      throw new MedimailError("run_failed", "the mock Medimail does not start", { cause });
    }
  }

  /** No scenario is begun: the software is given every mail at once, and is watched. */
  async #watch(stage: Stage): Promise<void> {
    const { command } = this.#options;
    stage.deliverAll();
    if (command && command.length > 0) await this.#command(command);
    else await aborted(this.#signal);
  }

  /** Each scenario named, alone, as often as asked. */
  async #each(named: readonly string[], stage: Stage, writeReady: () => Promise<unknown>): Promise<void> {
    const { command, repeat = 1, onEvent } = this.#options;
    for (const id of named) {
      for (let repetition = 1; repetition <= repeat; repetition += 1) {
        if (this.#signal.aborted) return;
        const scenario = await stage.begin(id, repetition);
        await writeReady();
        await onEvent?.({ event: "scenario", id, what: "begin", repetition, scenario });
        const reason = command && command.length > 0 ? await this.#command(command, scenario) : await this.#walk(scenario);
        await this.#recorder.idle(SETTLE_MS);
        stage.end(reason);
        this.#played.push({ id, repetition, reason });
        await onEvent?.({ event: "scenario", id, what: "end", repetition, reason });
      }
    }
  }

  async #command(words: readonly string[], scenario?: Scenario): Promise<EndReason> {
    const { out, onEvent } = this.#options;
    const end = await runCommand({
      words,
      env: { MEDIMAIL_MOCK: join(out, "mock", "ready.json"), ...(scenario ? { MEDIMAIL_SCENARIO: scenario.id } : {}) },
      ...(scenario ? { timeoutMs: scenario.seconds * 1_000 } : {}),
      signal: this.#signal,
      onOutput: (text) => void onEvent?.({ event: "output", text }),
      onStart: () => this.#observeClient("start"),
    });
    this.#observeClient("end", end.code);
    const told = { ...(scenario ? { scenario: scenario.id } : {}), ...end };
    this.#commands.push(told);
    await onEvent?.({ event: "command", ...told });
    if (end.ended === "time") return "time";
    if (end.ended === "stopped") return "stopped";
    return end.code === 0 ? "done" : "command-failed";
  }

  #observeClient(what: "start" | "end", code?: number): void {
    this.#observe?.({ connection: "client", kind: "client", what, ...(code === undefined ? {} : { code }) });
  }

  #observe: MockMedimail["observe"] | undefined;

  /** A person does it: until he says so, or the run is stopped. */
  async #walk(scenario: Scenario): Promise<EndReason> {
    const { walker } = this.#options;
    if (!walker) {
      await aborted(AbortSignal.any([this.#signal, AbortSignal.timeout(scenario.seconds * 1_000)]));
      return this.#signal.aborted ? "stopped" : "time";
    }
    const next = await walker.done(scenario, this.#signal);
    if (next === "next") return "done";
    this.#left = true;
    return "stopped";
  }

  #left = false;
}

function openFolder(out: string): Recorder {
  try {
    ensureFolder(out);
    for (const name of OUTPUTS) rmSync(join(out, name), { recursive: true, force: true });
    ensureFolder(join(out, "mock"));
    return new Recorder(out);
  } catch (cause) {
    throw new MedimailError("run_failed", `the report cannot be written to ${out}`, {
      cause,
      hint: "--out is a folder that may be written",
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
