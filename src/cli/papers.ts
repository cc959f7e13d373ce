import type { OptionSpecs, Options } from "./args.js";
import { usage } from "./args.js";
import type { Context } from "./context.js";
import { writeAtomically } from "./files.js";

/** A document that a command gives in several forms. JSON is what programs get, whatever the form. */
export interface Forms {
  json: object;
  /** By the name of the form. */
  texts: Readonly<Record<string, () => string>>;
}

/** `--format` and `--out`, of a command with these forms. */
export const paperOptions = (formats: readonly string[]) =>
  ({
    format: { type: "string", value: "FORMAT", choices: [...formats, "json"] },
    out: { type: "string", value: "FILE" },
  }) as const satisfies OptionSpecs;

const ENDINGS: Readonly<Record<string, string>> = {
  html: "html",
  htm: "html",
  md: "md",
  markdown: "md",
  txt: "text",
  csv: "csv",
  ics: "ics",
  json: "json",
};

/** Prints a document, or writes it to `--out`, whose ending says the form where `--format` does not; else it is the first. */
export async function givePaper(context: Context, options: Options, { json, texts }: Forms): Promise<void> {
  const file = options.text("out");
  const ending = /\.([a-z]+)$/i.exec(file ?? "")?.[1]?.toLowerCase() ?? "";
  const format = options.text("format") ?? (ending === "" ? Object.keys(texts)[0] : ENDINGS[ending]) ?? "?";
  const made = format === "json" ? () => `${JSON.stringify(json, null, 2)}\n` : texts[format];
  if (!made) throw usage(`--out: ${file} is none of ${[...Object.keys(texts), "json"].join(", ")}`, "--format");
  if (file === undefined) {
    await context.value(json, made);
    return;
  }
  const bytes = Buffer.from(made(), "utf8");
  writeAtomically(file, bytes, "--out");
  const { view } = context.text;
  await context.value(
    { ...json, written: { file, format, size: bytes.length } },
    () => `${view.written} ${file} (${bytes.length} ${view.bytes})`,
  );
}

/** `NAME=VALUE`, repeated. */
export function namedValues(options: Options, option: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const given of options.list(option)) {
    const at = given.indexOf("=");
    if (at < 1) throw usage(`--${option} must be NAME=VALUE`);
    const name = given.slice(0, at).trim();
    if (Object.hasOwn(values, name)) throw usage(`--${option} ${name} was given twice`);
    values[name] = given.slice(at + 1).trim();
  }
  return values;
}
