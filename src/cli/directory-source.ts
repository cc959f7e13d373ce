import { resolve } from "node:path";
import type { Config } from "../config/index.js";
import type { DirectoryIndex } from "../directory/index.js";
import { MedimailError } from "../errors.js";
import type { Directory } from "../seams/index.js";
import { loadConfigFile } from "../settings/index.js";
import type { Options } from "./args.js";

export const INDEX_OPTIONS = {
  config: { type: "string", value: "FILE" },
  index: { type: "string", value: "FILE" },
} as const;

const DEFAULT_INDEX = "medimail-annuaire.db";

/** The configuration, where one is given: no command of a directory needs one. */
export function givenConfig(options: Options): Config | undefined {
  const file = options.text("config");
  return file === undefined ? undefined : loadConfigFile(file);
}

/** `--index`, else `directory.index` of the configuration, else `medimail-annuaire.db` in the current folder. */
export function indexOf(options: Options, config: Config | undefined): string {
  return resolve(options.text("index") ?? config?.directory?.index ?? DEFAULT_INDEX);
}

/** Opens the source that `--source` names. */
export async function sourceOf(name: string, options: Options): Promise<Directory> {
  if (name === "extraction" || name === "regional") return openIndex(name, options);
  throw new MedimailError("not_supported", `the source "${name}" is not served by the command yet`, {
    hint: "Use --source extraction, or createDirectory in a program.",
  });
}

async function openIndex(source: "extraction" | "regional", options: Options): Promise<DirectoryIndex> {
  const { openDirectoryIndex } = await import("../directory/index.js");
  const directory = openDirectoryIndex({ index: indexOf(options, givenConfig(options)) });
  if (directory.source === source) return directory;
  await directory.close();
  throw new MedimailError("directory_index_missing", `the index holds the source "${directory.source}"`, {
    hint: `Name the index of the source "${source}" with --index.`,
  });
}
