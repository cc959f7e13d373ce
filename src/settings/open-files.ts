import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type Config, type ConfigWarning, isTestOperator, secretsOf } from "../config/index.js";

const OTHERS_MAY_READ_OR_WRITE = 0o006;
const OTHERS_MAY_ENTER = 0o001;

/**
 * Keys, certificates with their keys, and secrets that every account of this machine can read or change, as ssh looks at its keys. A file in a folder that only
 * its owner may enter is nobody else's, whatever its own rights. Windows has other rights, and an
 * operator on this machine is a test: nothing is said there.
 */
export function openSecretFiles(config: Config): ConfigWarning[] {
  if (process.platform === "win32" || isTestOperator(config)) return [];
  return secretFilesOf(config)
    .filter(([, file]) => isOpen(file))
    .map(([path]) => ({
      path,
      code: "secret_file_open",
      message: "every account of this machine can read or change the file: leave it to its owner (chmod 600)",
    }));
}

function secretFilesOf(config: Config): [path: string, file: string][] {
  const { p12, key } = config.auth as { p12?: string; key?: string };
  const files: [string, string | undefined][] = [
    ["auth.p12", p12],
    ["auth.key", key],
  ];
  for (const [path, secret] of secretsOf(config))
    if (typeof secret === "object" && "file" in secret) files.push([path, secret.file]);
  return files.filter((named): named is [string, string] => named[1] !== undefined);
}

/** Where it cannot be looked at, whoever reads it says so. */
function isOpen(file: string): boolean {
  try {
    if ((statSync(file).mode & OTHERS_MAY_READ_OR_WRITE) === 0) return false;
    for (let folder = dirname(file), above = ""; folder !== above; above = folder, folder = dirname(folder))
      if ((statSync(folder).mode & OTHERS_MAY_ENTER) === 0) return false;
    return true;
  } catch {
    return false;
  }
}
