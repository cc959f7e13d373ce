/** The configuration of the connector and of the command: one schema, pure. Files and secrets are read by `settings`. */
export type { AuthConfig } from "./auth-schema.js";
export { isLoopback, strict } from "./fields.js";
export { editDistance, nearest } from "./nearest.js";
export { checkHealthOptions, checkOptions, parseConfig, parseOperatorPart } from "./parse.js";
export type { Config, ConfigInput, DirectoryPart, MailboxType, OperatorPart } from "./schema.js";
export { configSchema, MAILBOX_TYPES, mailboxRole } from "./schema.js";
export type { Secret } from "./secret.js";
export { secretSchema } from "./secret.js";
export { isTestOperator } from "./test-operator.js";
export type { ConfigWarning } from "./warnings.js";
export { configWarnings, secretsOf } from "./warnings.js";
