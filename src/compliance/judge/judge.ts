import type { Observation } from "../../seams/observations.js";
import { REQUIREMENTS, requirement, titleOf } from "../catalogue.js";
import type { Check, Tell } from "../checks/check.js";
import { CHECKS } from "../checks/index.js";
import { guidanceOf } from "../guidance/index.js";
import type { SentMail } from "../mail/sent-mail.js";
import { readSentMail } from "../mail/sent-mail.js";
import { appliesTo } from "../profiles.js";
import type {
  Declaration,
  Evidence,
  Profile,
  Requirement,
  RequirementResult,
  Scenario,
  Summary,
  Verdict,
} from "../types.js";
import type { Masking } from "./mask.js";
import { masking } from "./mask.js";
import { Recorder } from "./recorder.js";
import type { TraceLine } from "./run.js";
import type { SmtpTransaction, WatchedSession } from "./session.js";
import { CheckTally, evidence } from "./tally.js";

export interface JudgeOptions {
  /**
   * The bytes of a mail, by the `file` of its observation (empty where it has none) and its SHA-256. Undefined where they are not to
   * be had: the mail is then not judged, which `problems` says.
   */
  mail: (file: string, sha256: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Default `all`. Rows of other kinds of product are `not-applicable`. */
  profile?: Profile;
  /** The scenarios that `scenario` observations name: without them what was asked is not known, and not judged. */
  scenarios?: readonly Scenario[];
  declarations?: readonly Declaration[];
  /** The client's own functional traces (`traces export`), to be held against what was seen (ECO.4.1.2). */
  traces?: readonly TraceLine[];
  /** Product number that the publisher says is his; without it only its form is judged. */
  nil?: string;
  /** Health data shows its form alone. Default true. */
  mask?: boolean;
  /** Default `fr`. */
  lang?: "fr" | "en";
  now?: Date;
  /** Checks to run. Default: all of them. For tests. */
  checks?: readonly Check[];
}

/** What could not be judged, and why: a mail that is not there, a check that failed of itself. Never a verdict. */
export interface JudgeProblem {
  what: string;
  where: string;
}

export interface Judgement {
  /** One for each row of the catalogue, in its order. */
  results: RequirementResult[];
  summary: Summary;
  /** Mails that were read. */
  mails: number;
  observations: number;
  problems: readonly JudgeProblem[];
}

const MAX_PROBLEMS = 200;

/**
 * Judges observations as they come. Of a mail is kept what later ones are held against, about 30 KB each (measured over 10,000 mails,
 * bench j). {@link Judge.results} may be asked at any time.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #mask: Masking;
  readonly #tallies: Map<Check, CheckTally>;
  readonly #recorder: Recorder;
  readonly #problems: JudgeProblem[] = [];
  #mails = 0;
  #unkept = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#mask = masking(options.mask ?? true);
    this.#tallies = new Map((options.checks ?? CHECKS).map((check) => [check, new CheckTally(check)]));
    this.#recorder = new Recorder({ ...options, mask: this.#mask });
  }

  /** One observation, in the order in which they were made. Never throws for what it holds. */
  async add(observation: Observation): Promise<void> {
    const { session, transaction, ended } = this.#recorder.take(observation);
    if (observation.kind === "mail") await this.#mail(observation, session);
    if (observation.kind === "delivered") await this.#delivered(observation);
    if (transaction && session) this.#transaction(transaction, session, observation.at, this.#tallies);
    if (ended) this.#session(ended, this.#tallies);
  }

  /** The verdicts as far as the observations have come. */
  results(): Judgement {
    const late = new Map([...this.#tallies.keys()].map((check) => [check, new CheckTally(check)] as const));
    for (const session of this.#recorder.open) {
      if (session.current) this.#transaction(session.current, session, session.openedAt, late);
      this.#session(session, late);
    }
    const run = this.#recorder.record;
    for (const [check, tally] of late) {
      if (check.scope === "run") this.#run(check, tally, run.endedAt ?? "", (tell) => check.look(run, tell));
    }
    const results = REQUIREMENTS.map((row) => this.#result(row, late));
    return {
      results,
      summary: summarise(results),
      mails: this.#mails,
      observations: run.observations,
      problems: [...this.#problems, ...this.#notKept()],
    };
  }

  async #mail(observation: Extract<Observation, { kind: "mail" }>, session: WatchedSession | undefined): Promise<void> {
    if (observation.sha256 === "") this.#unkept += 1;
    const raw = observation.sha256 === "" ? undefined : await this.#bytes(observation);
    if (!raw) return;
    this.#mails += 1;
    let mail: SentMail;
    try {
      mail = await readSentMail(observation, raw, this.#mails);
    } catch (error) {
      this.#problem(error, `mail n°${this.#mails}`);
      return;
    }
    const returns = this.#recorder.returnedBy(mail);
    if (returns !== undefined) mail.returns = returns;
    const context = { mail, session, run: this.#recorder.record };
    for (const [check, tally] of this.#tallies)
      if (check.scope === "mail") this.#run(check, tally, observation.at, (tell) => check.look(context, tell));
    this.#recorder.sent(mail);
  }

  async #delivered(observation: Extract<Observation, { kind: "delivered" }>): Promise<void> {
    const raw = await this.#bytes(observation);
    try {
      this.#recorder.delivered(observation, raw);
    } catch (error) {
      this.#problem(error, "delivered");
    }
  }

  async #bytes({ file, sha256 }: { file?: string; sha256: string }): Promise<Uint8Array | undefined> {
    try {
      const raw = await this.#options.mail(file ?? "", sha256);
      if (!raw) this.#problem(new Error("its bytes are not there"), file ?? sha256);
      return raw;
    } catch (error) {
      this.#problem(error, file ?? sha256);
      return undefined;
    }
  }

  #transaction(
    transaction: SmtpTransaction,
    session: WatchedSession,
    at: string,
    tallies: Map<Check, CheckTally>,
  ): void {
    const run = this.#recorder.record;
    for (const [check, tally] of tallies)
      if (check.scope === "transaction")
        this.#run(check, tally, transaction.mail.at || at, (tell) => check.look(transaction, session, tell, run));
  }

  #session(session: WatchedSession, tallies: Map<Check, CheckTally>): void {
    const run = this.#recorder.record;
    for (const [check, tally] of tallies)
      if (check.scope === "session")
        this.#run(check, tally, session.openedAt, (tell) => check.look(session, tell, run));
  }

  /** A check that throws is an error of ours: never a crash, never a verdict. */
  #run(check: Check, tally: CheckTally, at: string, look: (tell: Tell) => void): void {
    try {
      look({
        ok: (where, when) => tally.ok(where, when ?? at),
        breach: (what, where, when) => tally.breach(what, where, when ?? at),
      });
    } catch (error) {
      tally.errors += 1;
      this.#problem(error, check.id);
    }
  }

  /** Mails of a log: one line for all of them. */
  #notKept(): JudgeProblem[] {
    const what = `the content of ${this.#unkept} mails was not kept, and is not judged`;
    return this.#unkept === 0 ? [] : [{ what, where: "mail" }];
  }

  #problem(error: unknown, where: string): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const { code, name } = error as { code?: unknown; name?: unknown };
    this.#problems.push({
      what: typeof code === "string" ? code : error instanceof TypeError ? String(name) : (error as Error).message,
      where,
    });
  }

  #result(row: Requirement, late: ReadonlyMap<Check, CheckTally>): RequirementResult {
    const { lang = "fr", profile = "all" } = this.#options;
    const tallies = [...this.#tallies.values()].filter(({ check }) => check.rows.includes(row.id));
    const merged = tallies.map((tally) => merge(tally, late.get(tally.check)));
    const guidance = guidanceOf(row.id);
    const declaration = this.#options.declarations?.find(({ code }) => requirement(code)?.id === row.id);
    const wrong = merged.filter((tally) => tally.wrong > 0);
    const right = merged.filter((tally) => tally.seen > 0 && !tally.check.guard);
    const checkable = merged.some((tally) => !tally.check.guard);
    const attestable = row.seen.includes("screen") || row.seen.includes("declared");
    let verdict: Verdict;
    if (!appliesTo(row, profile) || row.seen.includes("information")) verdict = "not-applicable";
    else if (wrong.length > 0) verdict = "fail";
    else if (declaration?.answer === "not-applicable") verdict = "not-applicable";
    else if (right.length > 0 && (!attestable || guidance?.programSuffices)) verdict = "pass";
    else if (attestable && declaration) verdict = "declared";
    else if (attestable && (right.length > 0 || !checkable)) verdict = "to-declare";
    else verdict = "not-observed";
    const shown: Evidence[] =
      verdict === "fail"
        ? evidence(wrong.flatMap((tally) => tally.breaches).slice(0, 10), lang)
        : verdict === "not-applicable"
          ? []
          : evidence(right.flatMap((tally) => tally.passes.slice(0, 2)).slice(0, 4), lang);
    if (declaration && (verdict === "declared" || verdict === "not-applicable"))
      shown.push({
        what: declaration.statement ?? (lang === "fr" ? "Exigence déclarée satisfaite" : "Declared to be met"),
        where: declaration.signer,
        at: declaration.date,
      });
    const attest = guidance?.attest;
    return {
      code: row.id,
      codes: row.codes,
      title: titleOf(row, lang),
      obligation: row.obligation,
      certainty: certaintyOf(row),
      verdict,
      evidence: shown,
      checks: merged.map((tally) => tally.outcome),
      ...(attest && attestable
        ? { attest: { question: attest.question[lang], evidence: attest.evidence[lang], reason: attest.reason[lang] } }
        : {}),
    };
  }

  /** @internal What the run has come to, for whoever shows it as it happens. */
  get masking(): Masking {
    return this.#mask;
  }
}

function merge(kept: CheckTally, late: CheckTally | undefined): CheckTally {
  if (!late || (late.seen === 0 && late.errors === 0)) return kept;
  const merged = new CheckTally(kept.check);
  merged.seen = kept.seen + late.seen;
  merged.wrong = kept.wrong + late.wrong;
  merged.errors = kept.errors + late.errors;
  merged.breaches.push(...kept.breaches, ...late.breaches);
  merged.passes.push(...kept.passes, ...late.passes);
  return merged;
}

/** The least certain mark of a row's sources: a report must not say more than is known. */
export function certaintyOf(row: Requirement): "C" | "I" | "U" {
  // `R2·I`, and a mark by itself: `C`, `FAQ·C; mail U`, `K; use for MSSanté U`.
  const marks = [...row.source.matchAll(/\b([CIUK])\b/g)].map(([, mark]) => mark);
  if (marks.includes("U")) return "U";
  return marks.includes("I") || marks.includes("K") || marks.length === 0 ? "I" : "C";
}

export function summarise(results: readonly RequirementResult[]): Summary {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return {
    pass: count("pass"),
    fail: count("fail"),
    notObserved: count("not-observed"),
    toDeclare: count("to-declare"),
    declared: count("declared"),
    notApplicable: count("not-applicable"),
  };
}

/**
 * Judges a recorded run: every row of the catalogue gets a verdict, with its evidence.
 *
 * @example
 * const { results } = await judge(observations, { mail: (file) => readFileSync(join(dir, file)), profile: "sending" });
 */
export async function judge(
  observations: Iterable<Observation> | AsyncIterable<Observation>,
  options: JudgeOptions,
): Promise<Judgement> {
  const judging = new Judge(options);
  for await (const observation of observations) await judging.add(observation);
  return judging.results();
}
