import type { Code } from "../../cda/types.js";
import type { CdaBody, CdaHeader } from "../../cda/types.js";
import type { Problem } from "../../errors.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** A header as a person reads it: what matters for a sending, not every field. */
export function headerText(cda: CdaHeader & { body: CdaBody; problems: Problem[] }, text: Text, style: Style): string {
  const { view } = text;
  const { patient, body } = cda;
  const names = [patient.birthName, patient.usedName === patient.birthName ? undefined : patient.usedName && `(${patient.usedName})`, patient.givenNames.map((name) => name.value).join(" ")];
  const rows: [string, string | undefined][] = [
    [view.title, cda.title],
    [view.type, codeText(cda.code)],
    [view.document, cda.id],
    [view.version, cda.versionNumber?.toString()],
    [view.date, cda.effectiveTime],
    [view.patient, names.filter(Boolean).join(" ")],
    [view.born, patient.birthTime],
    [view.ins, patient.ins ? `${patient.ins.value} (${patient.ins.oid})` : view.none],
    [view.author, cda.authors.map((author) => personText(author.person) ?? author.device?.software ?? author.id).join(", ")],
    [view.signatory, personText(cda.legalAuthenticator?.person)],
    [view.custodian, cda.custodian?.name],
    [view.confidentiality, cda.confidentialityCode && codeText(cda.confidentialityCode)],
    [view.body, [body.level, body.mediaType, body.size === undefined ? undefined : `${body.size} ${view.bytes}`].filter(Boolean).join(", ")],
  ];
  return [...table(rows, style), ...problemLines(cda.problems, text, style)].join("\n");
}

export function codeText(code: Code | undefined): string | undefined {
  if (!code) return undefined;
  return code.displayName ? `${code.code} — ${code.displayName}` : code.code;
}

function personText(person: { family?: string; given?: string; prefix?: string } | undefined): string | undefined {
  if (!person) return undefined;
  return [person.prefix, person.given, person.family].filter(Boolean).join(" ") || undefined;
}

/** Two columns; rows without a value are left out. */
export function table(rows: readonly (readonly [string, string | undefined])[], style: Style, indent = ""): string[] {
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${style.dim(name.padEnd(width))}  ${printable(value)}`);
}

export function problemLines(problems: readonly Problem[], text: Text, style: Style): string[] {
  return problems.map((problem) => {
    const mark = problem.severity === "error" ? style.red(`✗ ${text.error}`) : style.yellow(`! ${text.warning}`);
    return `${mark}  ${problem.code}: ${printable(problem.message)}${problem.path ? style.dim(` (${printable(problem.path)})`) : ""}`;
  });
}
