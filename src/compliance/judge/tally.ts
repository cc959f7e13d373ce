import type { Check } from "../checks/check.js";
import type { Both, CheckOutcome, Evidence } from "../types.js";

/** Evidence that is kept of one check: the first ones, since the first is where one looks. */
const KEEP_WRONG = 10;
const KEEP_RIGHT = 3;

interface Kept {
  what: Both;
  where: string;
  at: string;
}

/** What one check has said so far. */
export class CheckTally {
  seen = 0;
  wrong = 0;
  errors = 0;
  readonly breaches: Kept[] = [];
  readonly passes: Kept[] = [];

  constructor(readonly check: Check) {}

  ok(where: string, at: string): void {
    this.seen += 1;
    if (this.passes.length < KEEP_RIGHT) this.passes.push({ what: this.check.shows, where, at });
  }

  breach(what: Both, where: string, at: string): void {
    this.seen += 1;
    this.wrong += 1;
    if (this.breaches.length < KEEP_WRONG) this.breaches.push({ what, where, at });
  }

  get outcome(): CheckOutcome {
    const outcome = this.wrong > 0 ? "breach" : this.seen > 0 ? "ok" : this.errors > 0 ? "error" : "not-observed";
    return { check: this.check.id, outcome, seen: this.seen, wrong: this.wrong };
  }
}

export function evidence(kept: readonly Kept[], lang: "fr" | "en"): Evidence[] {
  const line = lang === "fr" ? "ligne" : "line";
  return kept.map(({ what, where, at }) => ({
    what: what[lang],
    where: where.replace(/^((?:smtp|imap)[^,]*), (\d+)(?=$|,)/, `$1, ${line} $2`),
    at,
  }));
}
