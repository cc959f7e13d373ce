import { z } from "zod";
import { authSchema } from "./auth-schema.js";
import { directory } from "./directory-schema.js";
import { host, hostSuffix, isLoopback, line, mailAddress, oid, path, port, strict } from "./fields.js";
import { network } from "./network-schema.js";
import { secretSchema } from "./secret.js";
import { isTestOperator } from "./test-operator.js";

/** Types of mailbox. INT and MED are names of the operator that no nomenclature has: they behave as ORG. */
export const MAILBOX_TYPES = ["PER", "ORG", "APP", "CAB", "INT", "MED"] as const;

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, {
    error: (issue) =>
      issue.input === undefined ? `is required: ${values.join(", ")}` : `must be one of ${values.join(", ")}`,
  });

const mailbox = strict({ address: mailAddress(), type: oneOf(MAILBOX_TYPES) });

const endpoint = (defaultPort: number) => strict({ host: host(), port: port().default(defaultPort) });

const namedOperator = strict({
  /** Default port 143, then STARTTLS. */
  imap: endpoint(143).optional(),
  /** Default port 587, then STARTTLS. */
  smtp: endpoint(587).optional(),
  /** What is not pinned above is looked up. Implied where neither is. */
  discover: z.boolean({ error: "must be true or false" }).optional(),
  /** Discovery accepts hosts under these names only. Default `.mssante.fr`. */
  hostSuffixes: z
    .array(hostSuffix(), { error: "must be a list of host name endings" })
    .min(1, "must not be empty")
    .optional(),
  /** The operator files in Sent what it accepts: a mail cut after the final dot can then be looked up there. */
  filesSent: z.boolean({ error: "must be true or false" }).optional(),
}).superRefine((operator, context) => {
  const { imap, smtp, discover } = operator;
  const looksUp = discover ?? (imap === undefined && smtp === undefined && Object.keys(operator).length > 0);
  for (const [key, pinned] of [
    ["imap", imap],
    ["smtp", smtp],
  ] as const) {
    if (pinned === undefined && !looksUp)
      context.addIssue({ code: "custom", path: [key], message: 'is required, unless "discover" is true' });
  }
});

const operator = z.union([z.literal("discover"), namedOperator], {
  error: (issue) =>
    issue.input === undefined
      ? 'is required: {"imap": {"host", "port"}, "smtp": {"host", "port"}} or "discover"'
      : 'must be {"imap": {"host", "port"}, "smtp": {"host", "port"}} or "discover"',
});

const tls = strict({
  ca: z.union([z.array(path()), path().transform((one) => [one])], { error: "must be a list of PEM files" }).optional(),
  revocation: oneOf(["strict", "soft", "off"]).default("strict"),
  /** Folder where the last revocation lists are kept (SC.MSS/CONF.22). */
  revocationFolder: path().default("medimail-revocation"),
});

const trust = strict({
  /** File where the white list of domains is kept, or "off". */
  whiteList: path().optional(),
  /** Where it is asked for. Default: the official address. */
  whiteListUrl: line(2048)
    .refine((text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, hostname } = new URL(text);
      return protocol === "https:" || (protocol === "http:" && isLoopback(hostname.replace(/^\[|\]$/g, "")));
    }, "must be an https:// address")
    .optional(),
  /** An older list refuses nobody any more: it warns. */
  whiteListMaxAgeDays: z.number({ error: "must be a number" }).positive("must be more than 0").max(3660).optional(),
  /**
   * Compares the organisation (O=) of the server's certificate with that of the list for the mailbox's domain. Off by default: the list has the
   * certificates that operators show to each other, and nothing says that they show the same one to software.
   */
  compareOperator: z.boolean({ error: "must be true or false" }).optional(),
}).superRefine(({ compareOperator, whiteList }, context) => {
  if (compareOperator && (whiteList === undefined || whiteList === "off"))
    context.addIssue({ code: "custom", path: ["compareOperator"], message: "needs trust.whiteList" });
});

const software = strict({
  name: line(),
  version: line(60),
  nil: line(60),
  oid: oid().optional(),
  publisher: line().optional(),
  contact: line().optional(),
});

const sender = strict({
  label: line(),
  contact: line().optional(),
  replyTo: mailAddress().optional(),
  structure: strict({ idNat: line(60), name: line() }).optional(),
});

const DEFAULT_OUTBOX = "medimail-outbox.db";

/** Keys of what is kept at rest, the newest first: it seals, all open. */
const encryptionKey = z
  .union([z.array(secretSchema).min(1, "must not be empty"), secretSchema.transform((one) => [one])])
  .optional();
const sqliteOutbox = strict({ store: z.literal("sqlite"), path: path().default(DEFAULT_OUTBOX), encryptionKey });
const memoryOutbox = strict({ store: z.literal("memory"), encryptionKey });
/** With a password in it as a rule, so it may come from where secrets do. */
const databaseUrl = secretSchema.refine(
  (url) => typeof url !== "string" || /^postgres(ql)?:\/\/[^\s]{0,2036}$/.test(url),
  "must begin with postgres://",
);
const postgresOutbox = strict({ store: z.literal("postgres"), url: databaseUrl, encryptionKey });

const outbox = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("store" in value)
      ? { store: "sqlite", ...value }
      : value,
  z.discriminatedUnion("store", [sqliteOutbox, memoryOutbox, postgresOutbox], {
    error: "store must be one of sqlite, postgres, memory",
  }),
);

/**
 * The whole configuration (CLI.md), checked once. Parsing a parsed configuration gives the same: the command reads a file and
 * hands the result to `createConnector`, which parses what any caller gives it.
 */
export const configSchema = strict({
  mailbox,
  operator,
  tls: tls.prefault({}),
  trust: trust.prefault({}),
  network: network.prefault({}),
  auth: authSchema,
  software,
  sender,
  outbox: outbox.prefault({ store: "sqlite" }),
  cache: strict({ path: path() }).optional(),
  directory: directory.optional(),
}).superRefine((config, context) => {
  if (config.auth.method !== "token" || typeof config.auth.token === "string" || !("file" in config.auth.token)) return;
  if (isTestOperator(config)) return;
  context.addIssue({
    code: "custom",
    path: ["auth", "token"],
    message: 'a Pro Santé Connect token is never read from a file (ECO.1.2.5): use {"env"} or {"command"}',
    params: { requirement: "ECO.1.2.5" },
  });
});

/** What discovery needs of it, for a command that has no configuration. */
export const operatorPartSchema = strict({ operator, network: network.prefault({}), tls: tls.prefault({}) });
export type OperatorPart = z.output<typeof operatorPartSchema>;

/** What the directories need of it. */
export type DirectoryPart = Pick<z.output<typeof configSchema>, "directory" | "network" | "tls">;

/** What a caller writes: see CLI.md. */
export type ConfigInput = z.input<typeof configSchema>;
/** What the rooms get: checked, defaults filled. */
export type Config = z.output<typeof configSchema>;
export type MailboxType = (typeof MAILBOX_TYPES)[number];

/** How a mailbox of this type behaves: INT and MED as ORG. */
export function mailboxRole(type: MailboxType): "PER" | "ORG" | "APP" | "CAB" {
  return type === "INT" || type === "MED" ? "ORG" : type;
}
