import type { OptionSpecs } from "./args.js";
import { GLOBAL_OPTIONS } from "./args.js";
import type { Command } from "./command.js";
import { COMMANDS, NOT_SERVED } from "./commands/index.js";
import type { Style } from "./style.js";
import type { Text } from "./text/index.js";
import { VERSION } from "./version.js";

/** All commands with one example each, or those of a group (`medimail cda`). */
export function generalHelp(text: Text, style: Style, group?: string): string {
  const shown = group === undefined ? COMMANDS : COMMANDS.filter((command) => command.name.startsWith(`${group} `));
  const width = Math.max(...shown.map((command) => command.name.length));
  const lines = [
    `${style.bold("medimail")} ${VERSION} — ${text.tagline}`,
    "",
    `${style.bold(text.usage)}  medimail <${text.command}> [options]`,
    "",
  ];
  for (const command of shown) {
    const words = text.commands[command.name];
    lines.push(
      `  ${style.cyan(command.name.padEnd(width))}  ${words?.summary ?? ""}`,
      `  ${" ".repeat(width)}  ${style.dim(`$ ${words?.example ?? ""}`)}`,
    );
  }
  lines.push("", style.bold(text.globalOptions), ...optionLines(GLOBAL_OPTIONS, text));
  if (group === undefined && NOT_SERVED.length > 0)
    lines.push("", `${style.bold(text.notServed)}  ${NOT_SERVED.join(", ")}`);
  lines.push("", text.exitCodes, "");
  return lines.join("\n");
}

export function commandHelp(command: Command, text: Text, style: Style): string {
  const words = text.commands[command.name];
  const lines = [words?.summary ?? "", "", `${style.bold(text.usage)}  ${usageLine(command)}`];
  if (Object.keys(command.options).length > 0)
    lines.push("", style.bold("Options"), ...optionLines(command.options, text));
  lines.push("", style.bold(text.globalOptions), ...optionLines(GLOBAL_OPTIONS, text));
  lines.push("", style.bold(text.example), `  $ ${words?.example ?? ""}`, "");
  return lines.join("\n");
}

/** What `--help --json` prints. */
export function helpValue(commands: readonly Command[], text: Text) {
  return commands.map((command) => ({
    command: command.name,
    usage: usageLine(command),
    summary: text.commands[command.name]?.summary ?? "",
    example: text.commands[command.name]?.example ?? "",
    options: Object.keys(command.options).map((name) => `--${name}`),
  }));
}

function usageLine(command: Command): string {
  const parts = ["medimail", command.name];
  const { name, min = 0, max = 0 } = command.positionals ?? {};
  if (name && max > 0) parts.push(min === 0 ? `[${name}]` : name);
  for (const [option, spec] of Object.entries(command.options)) {
    const shown = `--${option}${spec.value ? ` ${spec.value}` : ""}${spec.multiple ? "…" : ""}`;
    parts.push(spec.required ? shown : `[${shown}]`);
  }
  return parts.join(" ");
}

function optionLines(specs: OptionSpecs, text: Text): string[] {
  const rows = Object.entries(specs).map(([name, spec]) => {
    const value = spec.choices ? ` ${spec.choices.join("|")}` : spec.value ? ` ${spec.value}` : "";
    return [`--${name}${value}${spec.multiple ? " …" : ""}`, text.options[name] ?? ""] as const;
  });
  const width = Math.min(44, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
