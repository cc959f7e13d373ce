import { parseArgs } from "node:util";
import { nearest } from "../config/index.js";
import { MedimailError } from "../errors.js";

export interface OptionSpec {
  type: "string" | "boolean";
  /** May be given several times. */
  multiple?: true;
  /** What stands for the value in the help: `FILE`, `ADDRESS`… */
  value?: string;
  required?: true;
  choices?: readonly string[];
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Options that every command has. */
export const GLOBAL_OPTIONS = {
  json: { type: "boolean" },
  lang: { type: "string", value: "fr|en", choices: ["fr", "en"] },
  timeout: { type: "string", value: "SECONDS" },
  verbose: { type: "boolean" },
  help: { type: "boolean" },
  version: { type: "boolean" },
} as const satisfies OptionSpecs;

const SHORT: Readonly<Record<string, string>> = { h: "help", V: "version" };

export interface RawArgs {
  positionals: string[];
  /** `--` was written: what follows it is nobody's option. */
  dashes: boolean;
  options: { name: string; raw: string; value: string | undefined; inline: boolean }[];
}

/**
 * Splits the command line, once, knowing the options of every command: `--json` may stand before or after the command's name.
 * Nothing is judged here.
 */
export function splitArgs(argv: readonly string[], specs: OptionSpecs): RawArgs {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const short = Object.keys(SHORT).find((letter) => SHORT[letter] === name);
      return [name, { type: spec.type, ...(short ? { short } : {}) }];
    }),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const raw: RawArgs = { positionals: [], dashes: false, options: [] };
  for (const token of tokens) {
    if (token.kind === "positional") raw.positionals.push(token.value);
    else if (token.kind === "option-terminator") raw.dashes = true;
    else if (token.kind === "option") {
      raw.options.push({
        name: token.name,
        raw: token.rawName,
        value: token.value,
        inline: token.inlineValue === true,
      });
    }
  }
  return raw;
}

/** The options of one command, checked. */
export class Options {
  readonly #values = new Map<string, string[]>();

  constructor(given: RawArgs["options"], specs: OptionSpecs) {
    for (const option of given) {
      const spec = Object.hasOwn(specs, option.name) ? specs[option.name] : undefined;
      if (!spec) throw unknownOption(option.raw, specs);
      if (spec.type === "boolean" && option.value !== undefined) throw usage(`${option.raw} takes no value`);
      const { value = "" } = option;
      if (spec.type === "string") this.#checkValue(option, spec);
      const before = this.#values.get(option.name) ?? [];
      if (before.length > 0 && !spec.multiple && spec.type === "string") throw usage(`${option.raw} was given twice`);
      this.#values.set(option.name, [...before, value]);
    }
  }

  #checkValue(option: RawArgs["options"][number], spec: OptionSpec): void {
    const { raw, value, inline } = option;
    // `--out --json`: the value was forgotten, and the next option would be swallowed.
    if (value === undefined || value === "" || (!inline && /^--[a-z]/.test(value)))
      throw usage(`${raw} needs a value (${spec.value ?? "TEXT"})`);
    if (spec.choices && !spec.choices.includes(value)) {
      const meant = nearest(value, spec.choices);
      throw usage(`${raw} must be one of ${spec.choices.join(", ")}`, meant ? `did you mean ${meant}?` : undefined);
    }
  }

  /** Those marked required are there. Asked for after `--help` was answered. */
  require(specs: OptionSpecs): void {
    const missing = Object.entries(specs).filter(([name, spec]) => spec.required && !this.#values.has(name));
    if (missing.length > 0)
      throw usage(`missing: ${missing.map(([name, spec]) => `--${name} ${spec.value ?? ""}`.trim()).join(", ")}`);
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }
  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }
  /** Of an option that is required. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw usage(`missing: --${name}`);
    return value;
  }
  list(name: string): string[] {
    return [...(this.#values.get(name) ?? [])];
  }
  number(name: string, { min, max, whole }: { min: number; max: number; whole?: boolean }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max || (whole && !Number.isInteger(value))) {
      throw usage(`--${name} must be a ${whole ? "whole " : ""}number from ${min} to ${max}`);
    }
    return value;
  }
}

/** A wrong command line: exit 2. */
export function usage(message: string, hint?: string): MedimailError {
  return new MedimailError("usage_invalid", message, hint === undefined ? {} : { hint });
}

function unknownOption(raw: string, specs: OptionSpecs): MedimailError {
  const name = raw.replace(/^-+/, "");
  const meant = nearest(name, Object.keys(specs));
  return usage(`unknown option ${raw.slice(0, 80)}`, meant ? `did you mean --${meant}?` : undefined);
}
