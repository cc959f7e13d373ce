import { resolve } from "node:path";
import type { Config } from "../config/index.js";
import type { DirectoryIndex } from "../directory/index.js";
import { MedimailError } from "../errors.js";
import { safeLogger } from "../log.js";
import type { Directory } from "../seams/index.js";
import { loadConfigFile } from "../settings/index.js";
import { type Options, usage } from "./args.js";

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

/** `--index`, else that of the configuration, else `medimail-annuaire.db` in the current folder. */
export function indexOf(
  options: Options,
  config: Config | undefined,
  source: "extraction" | "regional" = "extraction",
): string {
  const { index, regional } = config?.directory ?? {};
  return resolve(options.text("index") ?? (source === "regional" ? regional?.index : index) ?? DEFAULT_INDEX);
}

/** Opens the source that `--source` names. */
export async function sourceOf(name: string, options: Options): Promise<Directory> {
  if (name === "extraction" || name === "regional") return openIndex(name, options);
  return openRemote(name as "fhir" | "ldap", options);
}

async function openIndex(source: "extraction" | "regional", options: Options): Promise<DirectoryIndex> {
  const { openDirectoryIndex } = await import("../directory/index.js");
  const directory = openDirectoryIndex({ index: indexOf(options, givenConfig(options), source) });
  if (directory.source === source) return directory;
  await directory.close();
  throw new MedimailError("directory_index_missing", `the index holds the source "${directory.source}"`, {
    hint: `Name the index of the source "${source}" with --index.`,
  });
}

/** Its address, key or account stand in the configuration. */
async function openRemote(source: "fhir" | "ldap", options: Options): Promise<Directory> {
  const config = givenConfig(options);
  if (!config?.directory?.[source])
    throw usage(`--source ${source} needs --config with directory.${source}`, "docs/configuration.md");
  const { openDirectories } = await import("../wiring/index.js");
  const opened = openDirectories(config, { log: safeLogger(undefined) });
  return {
    source,
    search: (query, search) => opened.directories.search(query, { ...search, sources: [source] }),
    close: () => opened.close(),
  };
}
