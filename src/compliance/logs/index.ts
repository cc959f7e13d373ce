export type { ImportedLogs, ImportOptions, ServerLog } from "./import-logs.js";
export { importServerLogs } from "./import-logs.js";
export type { LogLeftOut, LogLimits } from "./limits.js";
export type { LogContent } from "./lines.js";
