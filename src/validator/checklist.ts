import { existsSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import {
  appliesTo,
  certaintyOf,
  guidanceOf,
  howSeen,
  type Obligation,
  type Profile,
  REQUIREMENTS,
  requirement,
  type SeenBy,
  titleOf,
  type Verdict,
} from "../compliance/index.js";
import { isMedimailError, MedimailError } from "../errors.js";
import { jsonOf } from "../settings/index.js";
import { CATALOGUE_VERSION } from "./catalogue-version.js";
import type { Report } from "./report-types.js";

/** What a publisher keeps of his work on a requirement, in a file of his repository. */
export interface ChecklistEntry {
  done: boolean;
  by?: string;
  /** ISO 8601 date. */
  at?: string;
  note?: string;
  /** Paths or addresses. */
  evidence?: string[];
  /** Of the last report that it was filled from. */
  verdict?: Verdict;
}

export interface ChecklistState {
  format: 1;
  profile?: Profile;
  /** By the id of the row. */
  items: Record<string, ChecklistEntry>;
}

export interface ChecklistRow extends Partial<ChecklistEntry> {
  code: string;
  codes: readonly string[];
  section: number;
  title: string;
  obligation: Obligation;
  certainty: "C" | "I" | "U";
  seen: readonly SeenBy[];
  /** How it is seen, in the language asked. */
  observe: string;
  source: string;
  help?: string;
  attest?: { question: string; evidence: string; reason: string };
  done: boolean;
}

export interface Checklist {
  profile: Profile;
  catalogue: string;
  rows: readonly ChecklistRow[];
  /** Of the mandatory rows (M, M*), and of all. */
  progress: { done: number; mandatory: number; doneMandatory: number; all: number };
}

const MAX_STATE = 5_000_000;
const text = z.string().max(10_000);
const entry = z.strictObject({
  done: z.boolean(),
  by: text.optional(),
  at: text.optional(),
  note: text.optional(),
  evidence: z.array(text).max(100).optional(),
  verdict: z.enum(["pass", "fail", "not-observed", "to-declare", "declared", "not-applicable"]).optional(),
});
const state = z.strictObject({
  format: z.literal(1),
  profile: z.enum(["sending", "mailbox", "pfi", "lis", "ris", "gp", "hospital", "nursing-home", "all"]).optional(),
  items: z.record(z.string().max(200), entry),
});

/** The state of the work; an empty one where the file is not there yet. Throws `config_invalid`. */
export function readChecklistState(path: string): ChecklistState {
  if (!existsSync(path)) return { format: 1, items: {} };
  let issue = "it cannot be read";
  try {
    if (statSync(path).size > MAX_STATE) throw new RangeError("too large");
    const parsed = state.safeParse(jsonOf(readFileSync(path, "utf8"), path, "config_invalid"));
    const unknown = parsed.success
      ? Object.keys(parsed.data.items).find((code) => requirement(code)?.id !== code)
      : undefined;
    if (parsed.success && unknown === undefined) return parsed.data as ChecklistState;
    issue =
      unknown === undefined
        ? `${parsed.error?.issues[0]?.path.join(".")} ${parsed.error?.issues[0]?.message}`
        : `items.${unknown} is no requirement`;
  } catch (cause) {
    if (isMedimailError(cause)) throw cause;
    throw new MedimailError("config_invalid", `the state of the checklist cannot be read: ${path}`, { cause });
  }
  throw new MedimailError("config_invalid", `the state of the checklist is not right: ${issue}`, { path: "items" });
}

/** What a report says is taken over: met, declared and not applicable are done, what fails is not any more. The rest stays as it is. */
export function fillFromReport(before: ChecklistState, report: Report): ChecklistState {
  const items = { ...before.items };
  const at = report.endedAt.slice(0, 10);
  for (const { code, verdict } of report.results) {
    const known = items[code];
    const ended = verdict === "pass" || verdict === "declared" || verdict === "not-applicable";
    if (ended)
      items[code] = {
        ...known,
        done: true,
        by: known?.done ? (known.by ?? "validate") : "validate",
        at: known?.done ? (known.at ?? at) : at,
        verdict,
      };
    else if (verdict === "fail") items[code] = { ...known, done: false, verdict };
    else if (known) items[code] = { ...known, verdict };
  }
  return { ...before, items };
}

/** A person has done, or undone, a requirement. Throws `invalid_argument` for an unknown code. */
export function markEntry(before: ChecklistState, code: string, entry: ChecklistEntry): ChecklistState {
  const row = requirement(code);
  if (!row)
    throw new MedimailError("invalid_argument", `no requirement is called ${code.slice(0, 80)}`, { path: "code" });
  return { ...before, items: { ...before.items, [row.id]: { ...before.items[row.id], ...entry } } };
}

/** The requirements of a kind of product, with the state of the work on each. */
export function checklistOf(profile: Profile, { items }: ChecklistState, lang: "fr" | "en"): Checklist {
  const rows = REQUIREMENTS.filter((row) => appliesTo(row, profile)).map((row): ChecklistRow => {
    const { help, attest } = guidanceOf(row.id) ?? {};
    return {
      code: row.id,
      codes: row.codes,
      section: row.section,
      title: titleOf(row, lang),
      obligation: row.obligation,
      certainty: certaintyOf(row),
      seen: row.seen,
      observe: howSeen(row, lang),
      source: row.source,
      ...(help === undefined || help[lang] === "" ? {} : { help: help[lang] }),
      ...(attest
        ? { attest: { question: attest.question[lang], evidence: attest.evidence[lang], reason: attest.reason[lang] } }
        : {}),
      ...(items[row.id] ?? { done: false }),
    };
  });
  const mandatory = rows.filter(({ obligation }) => obligation.startsWith("M"));
  const done = (all: readonly ChecklistRow[]) => all.filter((row) => row.done).length;
  return {
    profile,
    catalogue: CATALOGUE_VERSION,
    rows,
    progress: { done: done(rows), all: rows.length, mandatory: mandatory.length, doneMandatory: done(mandatory) },
  };
}
