/** What the configuration names, read from the machine: the file itself, paths, secrets. */
export { fileError, readNamedFile } from "./files.js";
export { blankComments, jsonOf, parseJsonc } from "./jsonc.js";
export { loadConfigFile } from "./load.js";
export { openSecretFiles } from "./open-files.js";
export { resolvePaths } from "./paths.js";
export type { ResolveSecretOptions } from "./secrets.js";
export { resolveSecret } from "./secrets.js";
