import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Declaration, type Judgement, judge, type Profile, type Scenario } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import { field, headerFields } from "../message/index.js";
import type { Observation } from "../seams/index.js";
import { readTraces } from "./client-traces.js";
import type { DeclaredConnector } from "./declarations.js";
import { mailsOf } from "./live-judge.js";
import { OBSERVATIONS } from "./recorder.js";

/** Characters of one line of observations. */
const MAX_LINE = 4_000_000;

export interface JudgeFolderOptions {
  profile: Profile;
  startedAt: Date;
  scenarios: readonly Scenario[];
  declarations: readonly Declaration[];
  nil?: string;
  mask: boolean;
  lang: "fr" | "en";
}

/** Judges what a run has written: the same for the run that wrote it and for whoever checks it later. */
export async function judgeFolder(
  folder: string,
  options: JudgeFolderOptions,
): Promise<Judgement & { sha256: string }> {
  const hash = createHash("sha256");
  const { startedAt, ...judging } = options;
  const traces = readTraces(join(folder, "traces.jsonl"));
  const judgement = await judge(observationsOf(join(folder, OBSERVATIONS), hash), {
    ...judging,
    ...(traces ? { traces } : {}),
    mail: mailsOf(folder),
    now: startedAt,
  });
  return { ...judgement, sha256: hash.digest("hex") };
}

async function* observationsOf(path: string, hash: ReturnType<typeof createHash>): AsyncIterable<Observation> {
  const stream = createReadStream(path);
  stream.on("data", (chunk) => hash.update(chunk));
  let count = 0;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    count += 1;
    if (line === "") continue;
    yield observationOf(line, count);
  }
}

function observationOf(line: string, count: number): Observation {
  try {
    if (line.length > MAX_LINE) throw new RangeError("too long");
    const value = JSON.parse(line) as Observation;
    if (typeof value !== "object" || value === null || value.v !== 1 || typeof value.kind !== "string")
      throw new TypeError("not an observation");
    return value;
  } catch (cause) {
    throw new MedimailError("observations_invalid", `line ${count} of the observations cannot be read`, { cause });
  }
}

/** The software as its own mails name it: product number, name and version (ECO.2.4.3, User-Agent). */
export function connectorSeen(folder: string): DeclaredConnector {
  const found: DeclaredConnector = {};
  for (const name of mailFiles(folder)) {
    const fields = headerFields(readFileSync(join(folder, "mails", name)));
    const nil = field(fields, "x-mss-nil");
    const agent = field(fields, "user-agent") ?? field(fields, "x-mailer");
    if (nil !== undefined) found.nil ??= nil.slice(0, 80);
    if (agent !== undefined && found.software === undefined) {
      const [, software = "", version] = /^([^/]{1,80})(?:\/(\S{1,40}))?/.exec(agent) ?? [];
      found.software = software.trim();
      if (version !== undefined) found.version = version;
    }
    if (found.nil !== undefined && found.software !== undefined) break;
  }
  return found;
}

/** What the software under test has sent; what came in is `in-…`. */
function mailFiles(folder: string): string[] {
  try {
    return readdirSync(join(folder, "mails"))
      .filter((name) => /^\d{6,}\.eml$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
