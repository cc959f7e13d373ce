import type { Health, HealthStatus } from "../../supervision/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

const MARKS: Readonly<Record<HealthStatus, (style: Style) => string>> = {
  ok: (style) => style.green("✓"),
  warning: (style) => style.yellow("!"),
  critical: (style) => style.red("✗"),
};

const PAINT: Readonly<Record<HealthStatus, "green" | "yellow" | "red">> = {
  ok: "green",
  warning: "yellow",
  critical: "red",
};

export function healthText({ status, mailbox, checks }: Health, text: Text, style: Style): string {
  const { health, colon } = text;
  const width = Math.max(...checks.map(({ name }) => health.names[name].length));
  const lines = [style.bold(health.title(mailbox)), ""];
  for (const check of checks)
    lines.push(
      `  ${MARKS[check.status](style)} ${health.names[check.name].padEnd(width)}  ${printable(health.found(check))}`.trimEnd(),
    );
  lines.push("", style[PAINT[status]](health.summary[status]));
  const reasons = new Set(checks.flatMap(({ reason }) => reason ?? []));
  if (reasons.size > 0) {
    lines.push(`${style.bold(`${health.whatToDo}${colon}`)}`);
    for (const advice of new Set([...reasons].map((reason) => health.advice[reason]))) lines.push(`  - ${advice}`);
  }
  return lines.join("\n");
}
