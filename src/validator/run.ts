import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import { firstAborted } from "../first-aborted.js";
import { type MockMedimail, startMockMedimail } from "../mock/index.js";
import type { ObservationSink } from "../seams/index.js";
import { untilAborted } from "../until-aborted.js";
import { runCommand } from "./command.js";
import { concludeRun } from "./conclude.js";
import { deskOf } from "./desk.js";
import { LiveJudge, mailsOf } from "./live-judge.js";
import { openFolder } from "./out-folder.js";
import { MOCK_FOLDER } from "./outputs.js";
import type { ScenarioPlan } from "./plan-types.js";
import type { Recorder } from "./recorder.js";
import type { PlayedScenario, Report } from "./report-types.js";
import type { RunOptions, RunReady, RunResult } from "./run-types.js";
import { plansOf, SCENARIOS } from "./scenarios/index.js";
import { type EndReason, Stage, unknownScenario } from "./stage.js";

/** How long the last sessions may take to end once the software under test has ended. */
const SETTLE_MS = 3_000;
/** The longest that a timer can be. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a software under test against a mock Medimail, and judges what was seen. Resolves when the command has ended and the mail in hand is
 * judged, when the time is over, or with the signal; the report is then written.
 *
 * @throws MedimailError `run_failed` where the folder, the mock or the command cannot be had; `invalid_argument` for an unknown scenario
 */
export async function validate(options: RunOptions): Promise<RunResult> {
  const named = options.scenarios === "all" ? plansOf(options.profile).map(({ id }) => id) : options.scenarios;
  for (const id of named ?? []) if (!SCENARIOS.some((plan) => plan.id === id)) throw unknownScenario(id);
  const recorder = openFolder(options.out);
  const stop = new AbortController();
  const { stopAfterMs } = options;
  const timer =
    stopAfterMs === undefined ? undefined : setTimeout(() => stop.abort(), Math.min(stopAfterMs, MAX_TIMER_MS));
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  try {
    return await new Run(options, recorder, signal).play(named);
  } finally {
    clearTimeout(timer);
    recorder.close();
    rmSync(join(options.out, MOCK_FOLDER), { recursive: true, force: true });
  }
}

/** What is named, else every one of the profile: the documents of the others need not be made. */
function plansFor({ profile }: RunOptions, named: readonly string[] | undefined): readonly ScenarioPlan[] {
  return named === undefined ? plansOf(profile) : SCENARIOS.filter(({ id }) => named.includes(id));
}

class Run {
  readonly #options: RunOptions;
  readonly #recorder: Recorder;
  readonly #signal: AbortSignal;
  readonly #startedAt = new Date();
  readonly #played: PlayedScenario[] = [];
  readonly #commands: Report["commands"][number][] = [];
  #left = false;

  constructor(options: RunOptions, recorder: Recorder, signal: AbortSignal) {
    this.#options = options;
    this.#recorder = recorder;
    this.#signal = signal;
  }

  async play(named: readonly string[] | undefined): Promise<RunResult> {
    const { out, onObservation } = this.#options;
    const plans = plansFor(this.#options, named);
    let stage: Stage | undefined;
    let judge: LiveJudge | undefined;
    const mock = await this.#start((observation) => {
      this.#recorder.add(observation);
      judge?.add(observation);
      stage?.observe(observation);
      onObservation?.(observation);
    });
    try {
      const folder = join(out, MOCK_FOLDER, "scenarios");
      stage = await Stage.prepare(mock, {
        folder,
        plans,
        seed: randomBytes(16).toString("hex"),
        date: this.#startedAt,
      });
      judge = this.#judge(stage.scenarios);
      await this.#onStage(named, mock, stage, judge);
      await this.#recorder.idle(SETTLE_MS);
      this.#recorder.close();
    } finally {
      await mock.close();
    }
    return await concludeRun({
      options: this.#options,
      startedAt: this.#startedAt,
      scenarios: stage.scenarios,
      played: this.#played,
      commands: this.#commands,
    });
  }

  async #start(onObservation: ObservationSink): Promise<MockMedimail> {
    const { out } = this.#options;
    const settings = {
      dir: join(out, MOCK_FOLDER),
      mailsDir: out,
      psc: true,
      directory: true,
      // A caller who serves a page serves the control API too.
      control: this.#options.control === undefined,
      autoReceipts: { deliver: true },
    };
    try {
      return await startMockMedimail({ ...settings, onObservation });
    } catch (cause) {
      throw new MedimailError("run_failed", "the mock Medimail does not start", { cause });
    }
  }

  #judge(scenarios: readonly Scenario[]): LiveJudge {
    const { profile, out, declarations, mask = true, lang = "fr" } = this.#options;
    const nil = declarations?.connector.nil;
    return new LiveJudge({
      profile,
      scenarios,
      mail: mailsOf(out),
      declarations: declarations?.declarations ?? [],
      ...(nil === undefined ? {} : { nil }),
      mask,
      lang,
      now: this.#startedAt,
    });
  }

  async #onStage(named: readonly string[] | undefined, mock: MockMedimail, stage: Stage, judge: LiveJudge) {
    const { out, control, onEvent } = this.#options;
    const results = () => judge.results().results;
    if (!control) mock.scenarios = deskOf(stage, results);
    const extra = await control?.(mock, stage, results);
    const writeReady = async (): Promise<RunReady> => {
      const { close: _, ...shared } = extra ?? {};
      const ready = { ...(await mock.ready()), scenarios: stage.scenarios, ...shared };
      writeFileSync(this.#readyFile, `${JSON.stringify(ready)}\n`, { mode: 0o600 });
      return ready;
    };
    try {
      if (named === undefined) await stage.deliverAll();
      const ready = await writeReady();
      await onEvent?.(ready);
      if (named === undefined) await this.#watch(mock);
      else await this.#each(named, mock, stage, writeReady);
      await this.#recorder.idle(SETTLE_MS);
    } finally {
      stage.end("stopped");
      await extra?.close();
      rmSync(join(out, MOCK_FOLDER, "ready.json"), { force: true });
    }
  }

  get #readyFile(): string {
    return join(this.#options.out, MOCK_FOLDER, "ready.json");
  }

  /** No scenario is begun: the software has every mail at once, and is watched. */
  async #watch(mock: MockMedimail): Promise<void> {
    const { command = [] } = this.#options;
    if (command.length > 0) await this.#command(mock, command);
    else await untilAborted(this.#signal);
  }

  /** Each scenario named, alone, as often as asked. */
  async #each(named: readonly string[], mock: MockMedimail, stage: Stage, writeReady: () => Promise<RunReady>) {
    const { command = [], driver, repeat = 1, onEvent } = this.#options;
    for (const id of named) {
      for (let repetition = 1; repetition <= repeat; repetition += 1) {
        if (this.#signal.aborted || this.#left) return;
        const scenario = await stage.begin(id, repetition);
        const ready = await writeReady();
        await onEvent?.({ event: "scenario", id, what: "begin", repetition, scenario });
        const reason =
          command.length > 0
            ? await this.#command(mock, command, scenario)
            : driver
              ? await this.#drive(driver, ready, scenario)
              : await this.#walk(scenario);
        await this.#recorder.idle(SETTLE_MS);
        stage.end(reason);
        this.#played.push({ id, repetition, reason });
        await onEvent?.({ event: "scenario", id, what: "end", repetition, reason });
      }
    }
  }

  async #command(mock: MockMedimail, words: readonly string[], scenario?: Scenario): Promise<EndReason> {
    const { onEvent } = this.#options;
    const client = (what: "start" | "end", code?: number) =>
      mock.observe({ connection: "client", kind: "client", what, ...(code === undefined ? {} : { code }) });
    const end = await runCommand({
      words,
      env: { MEDIMAIL_MOCK: this.#readyFile, ...(scenario ? { MEDIMAIL_SCENARIO: scenario.id } : {}) },
      ...(scenario ? { timeoutMs: scenario.seconds * 1_000 } : {}),
      signal: this.#signal,
      onOutput: (text) => void onEvent?.({ event: "output", text }),
      onStart: () => client("start"),
    });
    client("end", end.code);
    const told = { ...(scenario ? { scenario: scenario.id } : {}), ...end };
    this.#commands.push(told);
    await onEvent?.({ event: "command", ...told });
    if (end.ended !== undefined) return end.ended;
    return end.code === 0 ? "done" : "command-failed";
  }

  async #drive(driver: NonNullable<RunOptions["driver"]>, ready: RunReady, scenario: Scenario): Promise<EndReason> {
    const time = AbortSignal.timeout(scenario.seconds * 1_000);
    const over = firstAborted(this.#signal, time);
    try {
      await driver(ready, scenario, over.signal);
      return "done";
    } catch (error) {
      if (this.#signal.aborted) return "stopped";
      if (time.aborted) return "time";
      await this.#options.onEvent?.({
        event: "output",
        text: `${scenario.id}: ${String((error as Error)?.message)}\n`,
      });
      return "command-failed";
    } finally {
      over.release();
    }
  }

  /** A person does it: until he says so, or the run is stopped; without anybody to ask, as long as the scenario may take. */
  async #walk(scenario: Scenario): Promise<EndReason> {
    const { walker } = this.#options;
    if (!walker) {
      const over = firstAborted(this.#signal, AbortSignal.timeout(scenario.seconds * 1_000));
      await untilAborted(over.signal);
      over.release();
      return this.#signal.aborted ? "stopped" : "time";
    }
    const next = await walker.done(scenario, this.#signal);
    if (next === "next") return "done";
    this.#left = true;
    return "stopped";
  }
}
