import { z } from "zod";
import { strict } from "./fields.js";

const required = "is required";

/** A length of time: a number of milliseconds, `least` or more. */
const milliseconds = (least = 0) =>
  z.number({ error: "must be a number of milliseconds" }).min(least, `must be ${least} or more`);

const whole = (least: number, most: number) =>
  z
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(least, `must be from ${least} to ${most}`)
    .max(most, `must be from ${least} to ${most}`);

const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

const text = () => z.string({ error: (issue) => (issue.input === undefined ? required : "must be a text") });

/** Something of the caller's own that has these methods. */
const withMethods = (...names: readonly string[]) =>
  z.unknown().refine(
    (value) => {
      const has = value as Record<string, unknown> | null | undefined;
      return (
        (typeof has === "object" || typeof has === "function") &&
        has !== null &&
        names.every((name) => typeof has[name] === "function")
      );
    },
    `must be an object with ${names.join(", ")}`,
  );

const contentKey = z
  .instanceof(Uint8Array, { error: "must be 32 bytes, or a list of such keys, the newest first" })
  .refine((key) => key.byteLength === 32, "must be 32 bytes: make one with crypto.randomBytes(32)");

const settings = strict({
  concurrency: whole(1, 1000).optional(),
  maxInDoubt: whole(1, 1000).optional(),
  backoff: strict({
    baseMs: milliseconds(),
    maxMs: milliseconds(),
    jitter: z.number({ error: "must be a number" }).min(0, "must be from 0 to 1").max(1, "must be from 0 to 1"),
  }).optional(),
  maxAgeMs: milliseconds().optional(),
  pollMs: milliseconds(1).optional(),
  sendTimeoutMs: milliseconds(1).optional(),
});

/** What `createConnector` takes beside the configuration: the shape alone, since its objects are the caller's own. */
export const optionsSchema = strict({
  logger: withMethods("log").optional(),
  logLevel: oneOf("debug", "info", "warn", "error").optional(),
  delivery: oneOf("auto", "manual").optional(),
  settings: settings.optional(),
  preparationThreads: whole(0, 64).optional(),
  unknownPolicy: oneOf("hold", "resend").optional(),
  sentGraceMs: milliseconds().optional(),
  sentCopies: oneOf("mails", "all", "none").optional(),
  receiptPollMs: milliseconds(1).optional(),
  eventPollMs: milliseconds(1).optional(),
  encryptionKey: z
    .union([contentKey, z.array(contentKey).min(1, "must not be empty")], {
      error: "must be 32 bytes, or a list of such keys, the newest first",
    })
    .optional(),
  contentRetentionMs: z
    .union([z.literal("never"), milliseconds()], { error: 'must be a number of milliseconds, or "never"' })
    .optional(),
  traceRetentionDays: z.number({ error: "must be a number" }).min(0, "must be 0 or more").optional(),
  tenant: text().min(1, "must not be empty").optional(),
  allowTestIdentities: z.boolean({ error: "must be true or false" }).optional(),
  session: withMethods("credentials").optional(),
  footer: text().optional(),
  banner: strict({ html: text(), text: text() }).optional(),
  discoveryLives: strict({
    positiveMs: milliseconds().optional(),
    negativeMs: milliseconds().optional(),
    transientMs: milliseconds().optional(),
    leastMs: milliseconds().optional(),
  }).optional(),
  runtime: withMethods("circuit").optional(),
  clock: withMethods("now", "sleep").optional(),
  random: withMethods("uuid", "fraction", "bytes").optional(),
});

const within = strict({ warningMs: milliseconds(), criticalMs: milliseconds() });
const days = z.number({ error: "must be a number of days" }).min(0, "must be 0 or more");

/** What `Connector.health` takes. */
export const healthOptionsSchema = strict({
  signal: z.instanceof(AbortSignal, { error: "must be an AbortSignal" }).optional(),
  limits: strict({
    queue: within.optional(),
    failing: within.optional(),
    certificate: strict({ warningDays: days, criticalDays: days }).optional(),
  }).optional(),
});
