import type { DomainVerdict, ExaminedCertificate, UpdateResult } from "../../trust/index.js";
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

/** A certificate and its checks, one by one. */
export function certificateText(found: ExaminedCertificate, { trust }: Text, style: Style): string {
  const mark = (ok: boolean | null) => (ok === null ? style.yellow("?") : ok ? style.green("✓") : style.red("✗"));
  const width = Math.max(...found.checks.map(({ id }) => trust.checks[id].length));
  return [
    style.bold(printable(found.subject)),
    `  ${trust.issuedBy} ${printable(found.issuer)}`,
    `  ${trust.validFrom(found.notBefore.slice(0, 10), found.notAfter.slice(0, 10), found.daysLeft)}`,
    ...found.checks.map(
      ({ id, ok, seen }) => `${mark(ok)} ${trust.checks[id].padEnd(width)}  ${style.dim(printable(seen))}`,
    ),
    found.ok ? style.green(trust.accepted) : style.red(trust.refused),
  ].join("\n");
}
