import type { DomainVerdict, UpdateResult } from "../../trust/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** One address and what the white list says of its domain. */
export function verdictText(found: DomainVerdict & { address: string }, { trust }: Text, style: Style): string {
  const mark = { inside: style.green("✓"), outside: style.red("✗"), unknown: style.yellow("?") }[found.verdict];
  const operators = found.operators.map(({ name }) => name).join(" ; ");
  const words = operators === "" ? trust[found.verdict] : `${trust[found.verdict]}, ${operators}`;
  return `${mark} ${style.bold(printable(found.address))}  ${printable(words)}`;
}

export function updateText(file: string, result: UpdateResult, { trust }: Text, style: Style): string {
  const head = result.changed ? trust.updated : trust.unchanged;
  return `${style.green("✓")} ${head} ${trust.domains(result.domains, result.generatedAt?.slice(0, 10))}\n  ${printable(file)}`;
}
