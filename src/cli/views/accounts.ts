import type { Account, AccountFile, AccountProblem, Deposit } from "../../onboarding/index.js";
import { countOf } from "../accounts-file.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

const SHOWN = 200;

/** What is wrong with a file of accounts, row by row. */
export function accountsText(file: AccountFile, text: Text, style: Style): string {
  const words = text.onboarding;
  const { errors, warnings } = countOf(file);
  const lines = file.problems.map((problem) => problemLine(problem, text, style));
  for (const { row, account, problems } of file.rows) {
    if (problems.length === 0) continue;
    if (lines.length > SHOWN) break;
    lines.push(style.bold(`${words.row(row)}  ${printable(nameOf(account))}`));
    lines.push(...problems.map((problem) => `  ${problemLine(problem, text, style)}`));
  }
  const head = errors > 0 ? style.red("✗") : style.green("✓");
  return [
    ...lines,
    `${head} ${words.counted(file.rows.length, errors, warnings)}`,
    style.dim(words.layout(printable(file.layout))),
  ].join("\n");
}

function problemLine({ severity, column, message }: AccountProblem, text: Text, style: Style): string {
  const mark = severity === "error" ? style.red("✗") : style.yellow("!");
  return `${mark} ${column === undefined ? "" : `${printable(column)}${text.colon} `}${printable(message[text.lang])}`;
}

const nameOf = ({ address, given, family, label, type = "" }: Account): string =>
  `${type} ${label ?? [given, family].filter(Boolean).join(" ")}${address ? ` <${address}>` : ""}`.trim();

/** What the written file changes: additions, changes, closures by name, and who is left as he is. */
export function depositText(file: string, { changes, accounts, takenAt }: Deposit, text: Text, style: Style): string {
  const words = text.onboarding;
  const list = (title: string, mark: string, each: readonly string[]) =>
    each.length === 0
      ? []
      : [
          style.bold(`${title} (${each.length})`),
          ...each.slice(0, SHOWN).map((line) => `  ${mark} ${printable(line)}`),
          ...(each.length > SHOWN ? [`  … ${each.length - SHOWN}`] : []),
        ];
  return [
    ...list(words.added, style.green("+"), changes.added.map(nameOf)),
    ...list(
      words.changed,
      style.yellow("~"),
      changes.changed.map(({ after, fields }) => `${nameOf(after)} (${fields.join(", ")})`),
    ),
    ...list(words.closed, style.red("-"), changes.closed.map(nameOf)),
    ...list(words.absent, style.dim("="), changes.absent.map(nameOf)),
    ...list(words.unknownClosures, style.red("?"), changes.unknownClosures.map(nameOf)),
    `${style.green("✓")} ${words.written(printable(file), accounts.length)}`,
    words.takenAt(takenAt),
  ].join("\n");
}
