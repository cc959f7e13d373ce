import type { Cda, Code } from "../../cda/types.js";
import type { Problem } from "../../errors.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** A header as a person reads it: what matters for a sending, not every field. */
export function headerText({ header, body, problems }: Cda, text: Text, style: Style): string {
  const { view } = text;
  const { patient } = header;
  const names = [
    patient.birthName,
    patient.usedName === patient.birthName ? undefined : patient.usedName && `(${patient.usedName})`,
    (patient.givenNames.find((name) => !name.qualifier) ?? patient.givenNames[0])?.value,
  ];
  const rows: [string, string | undefined][] = [
    [view.title, header.title],
    [view.type, codeText(header.code)],
    [view.document, header.id],
    [view.version, header.versionNumber?.toString()],
    [view.date, header.effectiveTime],
    [view.patient, names.filter(Boolean).join(" ")],
    [view.born, patient.birthTime],
    [view.ins, patient.ins ? `${patient.ins.value} (${patient.ins.oid})` : view.none],
    [
      view.author,
      header.authors.map((author) => personText(author.person) ?? author.device?.software ?? author.id).join(", "),
    ],
    [view.signatory, personText(header.legalAuthenticator?.person)],
    [view.custodian, header.custodian?.name],
    [view.confidentiality, header.confidentialityCode && codeText(header.confidentialityCode)],
    [
      view.body,
      [body.level, body.mediaType, body.size === undefined ? undefined : `${body.size} ${view.bytes}`]
        .filter(Boolean)
        .join(", "),
    ],
  ];
  return [...table(rows, style), ...problemLines(problems, text, style)].join("\n");
}

export function codeText(code: Code | null | undefined): string | undefined {
  if (!code) return undefined;
  return code.displayName ? `${code.code} — ${code.displayName}` : code.code;
}

function personText(person: { family?: string; given?: string; prefix?: string } | undefined): string | undefined {
  if (!person) return undefined;
  return [person.prefix, person.given, person.family].filter(Boolean).join(" ") || undefined;
}

/** Two columns; rows without a value are left out. */
export function table(
  rows: readonly (readonly [string, string | null | undefined])[],
  style: Style,
  indent = "",
): string[] {
  const shown = rows.filter((row): row is [string, string] => typeof row[1] === "string" && row[1] !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${style.dim(name.padEnd(width))}  ${printable(value)}`);
}

export function problemLines(problems: readonly Problem[], text: Text, style: Style): string[] {
  return problems.map((problem) => {
    const mark = problem.severity === "error" ? style.red(`✗ ${text.error}`) : style.yellow(`! ${text.warning}`);
    return `${mark}  ${problem.code}: ${printable(text.detail(problem.message))}${problem.path ? style.dim(` (${printable(problem.path)})`) : ""}`;
  });
}
