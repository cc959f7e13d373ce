/** A scenario as the control API and the page show it: members that a caller's own has besides are passed on. */
export interface ScenarioView {
  id: string;
  title: string;
  titleEn: string;
  requirements: readonly string[];
  steps: readonly { action: string; text: string; textEn: string }[];
  /** Longest time that it may take. */
  seconds: number;
}

/** What is said of one requirement so far. */
export interface VerdictView {
  code: string;
  title: string;
  obligation: string;
  verdict: string;
  evidence: readonly { what: string; where: string; at: string }[];
}

/**
 * Who leads scenarios through the mock, where somebody does: given with `mock.scenarios = …`, and then offered by the control API and the page. The mock itself
 * knows none.
 */
export interface ScenarioDesk {
  readonly scenarios: readonly ScenarioView[];
  readonly current?: { id: string; since: string; step?: number } | undefined;
  begin(id: string, options?: { repetition?: number }): void | Promise<void>;
  /** Ends the one that runs; nothing where none does. */
  end(reason?: string): void | Promise<void>;
  /** The one that runs has reached this step, counted from 1. */
  step?(step: number): void;
  /** What the observations so far say. */
  results?(): readonly VerdictView[] | Promise<readonly VerdictView[]>;
}
