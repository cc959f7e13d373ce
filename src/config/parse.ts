import type { z } from "zod";
import { MedimailError } from "../errors.js";
import { healthOptionsSchema, optionsSchema } from "./options-schema.js";
import type { Config, OperatorPart } from "./schema.js";
import { configSchema, operatorPartSchema } from "./schema.js";

interface Finding {
  path: string;
  message: string;
  requirement?: string;
}

/**
 * Checks a configuration. Every fault is named with its path; no value is ever quoted, since it may be a secret.
 *
 * Throws `config_invalid`; its `path` is that of the first fault.
 */
export function parseConfig(value: unknown): Config {
  return parseWith(configSchema, value);
}

/** The same of the parts that say where the operator is. */
export function parseOperatorPart(value: unknown): OperatorPart {
  return parseWith(operatorPartSchema, value);
}

/**
 * Checks what a program sets beside the configuration: TypeScript's types say nothing to a program in JavaScript, and a wrong value here
 * would be silent (nothing is delivered, content is kept for ever). The options stay the caller's own object.
 *
 * Throws `invalid_argument`, with every fault; its `path` is that of the first.
 */
export function checkOptions(value: unknown): void {
  const findings = findingsIn(optionsSchema.safeParse(value), "options");
  if (findings)
    fail("invalid_argument", findings, "correct the named options of createConnector (docs/configuration.md)");
}

/** Of `Connector.health`. Throws `invalid_argument`, as {@link checkOptions}. */
export function checkHealthOptions(value: unknown): void {
  const findings = findingsIn(healthOptionsSchema.safeParse(value), "options");
  if (findings) fail("invalid_argument", findings, "correct the named options of health (docs/supervision.md)");
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  fail("config_invalid", findingsIn(result, "configuration") ?? [], "correct the named parts of the configuration");
}

/** A list of a hundred thousand wrong items would be as many lines, in a log too. */
const MAX_TOLD = 20;

function fail(code: "config_invalid" | "invalid_argument", findings: readonly Finding[], hint: string): never {
  const [first] = findings;
  const requirement = findings.find((f) => f.requirement)?.requirement;
  const told = findings.slice(0, MAX_TOLD).map((f) => `${f.path}: ${f.message}`);
  if (findings.length > MAX_TOLD) told.push(`and ${findings.length - MAX_TOLD} more`);
  throw new MedimailError(code, told.join("\n"), {
    hint,
    ...(first ? { path: first.path } : {}),
    ...(requirement ? { requirement } : {}),
  });
}

function findingsIn(result: z.ZodSafeParseResult<unknown>, root: string): Finding[] | undefined {
  if (result.success) return undefined;
  return dedupe(result.error.issues.flatMap((issue) => findingsOf(issue, []))).map((finding) => ({
    ...finding,
    path: finding.path === "" ? root : finding.path,
  }));
}

function findingsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Finding[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") {
    const branch = closest(issue.errors);
    if (branch) return branch.flatMap((inner) => findingsOf(inner, path));
  }
  const params = issue.code === "custom" ? (issue.params as { requirement?: string } | undefined) : undefined;
  return [
    { path: show(path), message: issue.message, ...(params?.requirement ? { requirement: params.requirement } : {}) },
  ];
}

/**
 * Of a value that fits no branch of a union, the branch that it was meant for: the one whose faults lie inside, not at the root.
 * None where the value has the wrong type for all, or where two fit as badly.
 */
function closest(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const inside = branches.filter(
    (issues) =>
      issues.length > 0 &&
      issues.every((issue) => issue.code === "custom" || issue.path.length > 0 || issue.code === "unrecognized_keys"),
  );
  if (inside.length <= 1) return inside[0];
  return undefined;
}

function show(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

function dedupe(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((f) => {
    const key = `${f.path}\n${f.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
