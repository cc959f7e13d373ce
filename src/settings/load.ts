import { dirname, resolve } from "node:path";
import type { Config } from "../config/index.js";
import { isTestOperator, parseConfig } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { readNamedFile } from "./files.js";
import { jsonOf } from "./jsonc.js";
import { resolvePaths } from "./paths.js";

const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Reads and checks a configuration file: JSON, comments allowed. Its relative paths are made absolute against its folder.
 *
 * Throws `invalid_argument` (no path), `file_not_found`, `file_unreadable`, `config_unreadable` (not JSON, not UTF-8) or `config_invalid` (a key that is written twice, too).
 */
export function loadConfigFile(path: string): Config {
  // Of a program in JavaScript: an environment variable that is not set.
  if (typeof path !== "string" || path === "")
    throw new MedimailError("invalid_argument", "no configuration file is named", {
      path: "path",
      hint: "give the path of the file",
    });
  const file = resolve(path);
  const content = readNamedFile(file, "configuration", { maxBytes: MAX_CONFIG_BYTES });
  const config = parseConfig(parseText(content, path));
  refuseTokenInFile(config);
  return resolvePaths(config, dirname(file));
}

function parseText(content: Uint8Array, path: string): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new MedimailError("config_unreadable", `${path} is not UTF-8 text`, { hint: "save the file as UTF-8" });
  }
  return jsonOf(text, path, "config_unreadable", "config_invalid");
}

/** A text in a file is a token on a disk, whatever the key is called (ECO.1.2.5); in memory, from the caller's code, it may be a text. */
function refuseTokenInFile(config: Config): void {
  if (config.auth.method !== "token" || typeof config.auth.token !== "string") return;
  if (isTestOperator(config)) return;
  throw new MedimailError(
    "config_invalid",
    'auth.token: a Pro Santé Connect token is never kept in a file: use {"env"} or {"command"}',
    {
      path: "auth.token",
      requirement: "ECO.1.2.5",
    },
  );
}
