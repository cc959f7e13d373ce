import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { MedimailError } from "../errors.js";
import { REPORT_FORMAT, type Report } from "./report-types.js";

/** Bytes of a report, or of the list of scenarios. */
const MAX_BYTES = 100_000_000;

const evidence = z.object({ what: z.string(), where: z.string(), at: z.string() });
const result = z.looseObject({
  code: z.string(),
  codes: z.array(z.string()),
  title: z.string(),
  obligation: z.enum(["M", "M*", "O", "?"]),
  certainty: z.enum(["C", "I", "U"]),
  verdict: z.enum(["pass", "fail", "not-observed", "to-declare", "declared", "not-applicable"]),
  evidence: z.array(evidence),
});
const report = z.looseObject({
  format: z.literal(REPORT_FORMAT),
  profile: z.enum(["sending", "mailbox", "pfi", "lis", "ris", "gp", "hospital", "nursing-home", "all"]),
  catalogue: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  lang: z.enum(["fr", "en"]),
  masked: z.boolean(),
  connector: z.object({
    software: z.string().optional(),
    version: z.string().optional(),
    publisher: z.string().optional(),
    nil: z.string().optional(),
  }),
  observations: z.object({ sha256: z.string(), count: z.number(), mails: z.number() }),
  results: z.array(result).max(10_000),
});

/** Reads `report.json` of a folder, as somebody else may have written it. Throws `report_invalid`. */
export function readReport(folder: string): Report {
  const parsed = report.safeParse(readJson(folder, "report.json"));
  if (parsed.success) return parsed.data as unknown as Report;
  const [issue] = parsed.error.issues;
  throw invalid(`report.json: ${issue?.path.join(".")} ${issue?.message}`);
}

/** A JSON file of a folder. Throws `report_invalid`. */
export function readJson(folder: string, name: string): unknown {
  try {
    const path = join(folder, name);
    if (statSync(path).size > MAX_BYTES) throw new RangeError("too large");
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw invalid(code === "ENOENT" ? `there is no ${name}` : `${name} cannot be read`, cause);
  }
}

function invalid(why: string, cause?: unknown): MedimailError {
  return new MedimailError("report_invalid", `not the folder of a validation: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "name the folder that --out named",
  });
}
