import type { Obligation, Verdict } from "../compliance/index.js";
import type { Report } from "./report-types.js";

/** A requirement whose verdict is not the same in two runs. */
export interface VerdictChange {
  code: string;
  title: string;
  obligation: Obligation;
  /** Absent where the run does not know the requirement. */
  before?: Verdict;
  after?: Verdict;
  change: "better" | "worse" | "other";
}

export interface Comparison {
  before: { startedAt: string; profile: string; catalogue: string; summary: Report["summary"] };
  after: { startedAt: string; profile: string; catalogue: string; summary: Report["summary"] };
  changes: readonly VerdictChange[];
  /** A mandatory requirement that was met is not any more, or fails now. */
  regressed: boolean;
}

/** A verdict that is worth more has a higher number; one that says nothing of the product has none. */
const WORTH: Readonly<Partial<Record<Verdict, number>>> = {
  fail: 0,
  "not-observed": 1,
  "to-declare": 1,
  declared: 2,
  pass: 3,
};

/** What has changed from one run to a later one. */
export function compareReports(before: Report, after: Report): Comparison {
  const rows = new Map(
    after.results.map((row) => [row.code, { after: row, before: undefined as typeof row | undefined }]),
  );
  for (const row of before.results) {
    const known = rows.get(row.code);
    if (known) known.before = row;
  }
  const changes = [...rows.values()].flatMap(({ before: old, after: now }): VerdictChange | [] => {
    if (old?.verdict === now.verdict) return [];
    return {
      code: now.code,
      title: now.title,
      obligation: now.obligation,
      ...(old ? { before: old.verdict } : {}),
      after: now.verdict,
      change: changeOf(old?.verdict, now.verdict),
    };
  });
  for (const row of before.results)
    if (!rows.has(row.code))
      changes.push({
        code: row.code,
        title: row.title,
        obligation: row.obligation,
        before: row.verdict,
        change: "other",
      });
  return {
    before: factsOf(before),
    after: factsOf(after),
    changes,
    regressed: changes.some(({ change, obligation }) => change === "worse" && obligation.startsWith("M")),
  };
}

function changeOf(before: Verdict | undefined, after: Verdict): VerdictChange["change"] {
  const old = before && WORTH[before];
  const now = WORTH[after];
  if (old === undefined || now === undefined || old === now) return "other";
  return now > old ? "better" : "worse";
}

const factsOf = ({ startedAt, profile, catalogue, summary }: Report) => ({ startedAt, profile, catalogue, summary });
