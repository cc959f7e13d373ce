import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Declaration, RequirementResult, Scenario } from "../compliance/index.js";
import { isMedimailError } from "../errors.js";
import { CATALOGUE_VERSION } from "./catalogue-version.js";
import { renderedOf } from "./conclude.js";
import { type DeclaredConnector, parseDeclarations } from "./declarations.js";
import { connectorSeen, judgeFolder } from "./judge-folder.js";
import { filesOf, hashFile, MANIFEST, type Manifest, SIGNATURE } from "./manifest.js";
import { readJson, readReport } from "./read-report.js";
import { OBSERVATIONS } from "./recorder.js";
import type { Report } from "./report-types.js";
import { checkSignature, type SignedBy } from "./signature.js";
import { chainTo } from "./signed-chain.js";

/** What is wrong with a folder, and where. */
export interface VerifyProblem {
  code:
    | "file-changed"
    | "file-missing"
    | "file-added"
    | "observations-changed"
    | "mail-changed"
    | "verdict-changed"
    | "report-changed"
    | "catalogue-differs"
    | "signature-invalid";
  what: string;
  where: string;
}

export interface Verification {
  /** Nothing was touched: the report is what the observations and the declarations give. */
  ok: boolean;
  problems: readonly VerifyProblem[];
  report: Report;
  /** Who signed it, where somebody did and the signature holds. */
  signedBy?: SignedBy;
  /** With `ca`: whether the signer's certificate was issued by one of these authorities. */
  trusted?: boolean;
}

/**
 * Checks the folder of a run that somebody else may have handed over: every hash is made again, the observations are judged again and held
 * against the report, the signature is checked.
 *
 * Without a signature whoever changes everything alike is not found out: a manifest is no seal.
 *
 * @param options `ca`: PEM of the authorities that the signer's certificate must be of
 * @throws MedimailError `report_invalid` where there is no report to check, `observations_invalid`
 */
export async function verifyFolder(folder: string, { ca }: { ca?: readonly string[] } = {}): Promise<Verification> {
  const report = readReport(folder);
  const problems: VerifyProblem[] = [];
  const manifest = readJson(folder, MANIFEST) as Partial<Manifest>;
  await checkFiles(folder, manifest, problems);
  await checkMails(folder, problems);
  await judgeAgain(folder, report, problems);
  const signedBy = await signature(folder, problems);
  const trusted = signedBy && ca ? chainTo(signedBy.chain, ca, signedBy.signedAt) : undefined;
  return {
    ok: problems.length === 0,
    problems,
    report,
    ...(signedBy ? { signedBy } : {}),
    ...(trusted === undefined ? {} : { trusted }),
  };
}

async function checkFiles(folder: string, manifest: Partial<Manifest>, problems: VerifyProblem[]): Promise<void> {
  const listed = new Map<string, string>();
  for (const file of Array.isArray(manifest.files) ? manifest.files : [])
    if (typeof file?.name === "string" && typeof file.sha256 === "string") listed.set(file.name, file.sha256);
  const there = new Set(filesOf(folder));
  for (const [name, sha256] of listed) {
    if (!there.has(name)) problems.push({ code: "file-missing", what: "a file of the run is not there", where: name });
    else if ((await hashFile(join(folder, name))) !== sha256)
      problems.push({ code: "file-changed", what: "its content is not that of the run", where: name });
  }
  for (const name of there)
    if (!listed.has(name))
      problems.push({ code: "file-added", what: "a file that the run did not leave", where: name });
}

/** The mails are those that were observed: their hashes are in the observations. */
async function checkMails(folder: string, problems: VerifyProblem[]): Promise<void> {
  const lines = createInterface({ input: createReadStream(join(folder, OBSERVATIONS)) });
  for await (const line of lines) {
    const seen = parsed(line);
    if (typeof seen?.file !== "string" || typeof seen.sha256 !== "string") continue;
    const { file, sha256 } = seen;
    if (!/^mails\/[\w.-]{1,80}\.eml$/.test(file) || !existsSync(join(folder, file))) {
      problems.push({ code: "mail-changed", what: "a mail that was observed is not there", where: file.slice(0, 100) });
      continue;
    }
    if ((await hashFile(join(folder, file))) !== sha256)
      problems.push({ code: "mail-changed", what: "a mail is not the one that was observed", where: file });
  }
}

function parsed(line: string): { file?: unknown; sha256?: unknown } | undefined {
  try {
    return JSON.parse(line) as { file?: unknown; sha256?: unknown };
  } catch {
    // Judging it again says which line cannot be read.
    return undefined;
  }
}

async function judgeAgain(folder: string, report: Report, problems: VerifyProblem[]): Promise<void> {
  if (report.catalogue !== CATALOGUE_VERSION)
    problems.push({
      code: "catalogue-differs",
      what: `judged by catalogue ${report.catalogue}, this version has ${CATALOGUE_VERSION}: verdicts may differ for that alone`,
      where: "report.json, catalogue",
    });
  const { declarations, connector } = declared(folder);
  const again = await judgeFolder(folder, {
    profile: report.profile,
    startedAt: new Date(report.startedAt),
    scenarios: scenariosOf(folder),
    declarations,
    ...(connector.nil === undefined ? {} : { nil: connector.nil }),
    mask: report.masked,
    lang: report.lang,
  });
  if (again.sha256 !== report.observations.sha256)
    problems.push({
      code: "observations-changed",
      what: "the observations are not those of the report",
      where: OBSERVATIONS,
    });
  compareResults(report, again.results, problems);
  if (JSON.stringify(again.summary) !== JSON.stringify(report.summary))
    problems.push({
      code: "verdict-changed",
      what: "its counts are not those of its verdicts",
      where: "report.json, summary",
    });
  const who: DeclaredConnector = { ...connectorSeen(folder), ...connector };
  if ((["software", "version", "publisher", "nil"] as const).some((name) => who[name] !== report.connector[name]))
    problems.push({
      code: "report-changed",
      what: "the connector is not the one of its mails and declarations",
      where: "report.json, connector",
    });
  for (const [name, content] of renderedOf(report, declarations))
    if (existsSync(join(folder, name)) && readFileSync(join(folder, name), "utf8") !== content)
      problems.push({ code: "report-changed", what: "it does not say what report.json says", where: name });
}

function compareResults(report: Report, again: readonly RequirementResult[], problems: VerifyProblem[]): void {
  const before = new Map(report.results.map((result) => [result.code, result]));
  for (const result of again) {
    const said = before.get(result.code);
    before.delete(result.code);
    if (JSON.stringify(said) === JSON.stringify(result)) continue;
    const what =
      said?.verdict === result.verdict
        ? "its evidence is not what the observations show"
        : `the report says ${said?.verdict ?? "nothing"}, the observations give ${result.verdict}`;
    problems.push({ code: "verdict-changed", what, where: result.code });
  }
  for (const code of before.keys())
    problems.push({ code: "verdict-changed", what: "no requirement of the catalogue", where: code.slice(0, 100) });
}

function declared(folder: string): { declarations: readonly Declaration[]; connector: DeclaredConnector } {
  const path = join(folder, "declarations.json");
  if (!existsSync(path)) return { declarations: [], connector: {} };
  const { declarations, connector } = parseDeclarations(path);
  return { declarations, connector };
}

function scenariosOf(folder: string): Scenario[] {
  const read = readJson(folder, "scenarios.json");
  return Array.isArray(read)
    ? (read as Scenario[]).filter(
        ({ id, steps, requirements } = {} as Scenario) =>
          typeof id === "string" && Array.isArray(steps) && Array.isArray(requirements),
      )
    : [];
}

async function signature(folder: string, problems: VerifyProblem[]): Promise<SignedBy | undefined> {
  if (!existsSync(join(folder, SIGNATURE))) return undefined;
  try {
    return await checkSignature(readFileSync(join(folder, MANIFEST)), readFileSync(join(folder, SIGNATURE)));
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    problems.push({ code: "signature-invalid", what: error.message, where: SIGNATURE });
    return undefined;
  }
}
