import { z } from "zod";
import { MedimailError } from "../errors.js";
import type { Observation } from "../seams/observations.js";

/** Limits of the reader of observations. */
export interface ObservationLimits {
  /** Characters of one line. Default 65,536; beyond, the line is left out and counted. */
  maxLine: number;
  /** Observations. Default 5,000,000; beyond, `invalid_argument`. */
  maxObservations: number;
}

/** What was left out, so that a report can say that it did not see everything. */
export interface LeftOut {
  /** Lines of a kind that this version does not know. */
  unknownKinds: number;
  /** Lines that are no observation. */
  malformed: number;
  /** Lines beyond `maxLine`. */
  tooLong: number;
}

const text = z.string().max(60_000);
const short = z.string().max(2000);
const protocol = z.enum(["smtp", "imap"]);
const head = { v: z.literal(1), at: z.string().max(40), connection: z.string().max(200) };
const size = z.number().int().nonnegative();
const hash = z.string().max(128);
const parameters = z.record(z.string().max(200), text);

/** Fields that a later version adds are kept out of the way: what is not named here is not read. */
const SCHEMAS = {
  tcp: z.object({
    ...head,
    kind: z.literal("tcp"),
    protocol,
    what: z.enum(["open", "close"]),
    port: size,
    dialogue: z.enum(["part", "none"]).optional(),
    commands: z.record(z.string().max(30), size).optional(),
  }),
  tls: z.object({
    ...head,
    kind: z.literal("tls"),
    protocol,
    what: z.enum(["established", "failed"]),
    version: short.optional(),
    cipher: short.optional(),
    serverName: short.optional(),
    clientHello: z
      .object({ versions: z.array(short).max(100), suites: z.array(short).max(1000), serverName: short.optional() })
      .optional(),
    profile: short.optional(),
    clientCertificate: z
      .object({ subject: short, issuer: short, fingerprint256: short, authorized: z.boolean() })
      .optional(),
    error: short.optional(),
    partial: z.literal(true).optional(),
  }),
  line: z.object({
    ...head,
    kind: z.literal("line"),
    protocol,
    from: z.enum(["client", "server"]),
    line: text,
    tls: z.boolean(),
  }),
  auth: z.object({
    ...head,
    kind: z.literal("auth"),
    protocol,
    mechanism: short,
    user: short,
    ok: z.boolean(),
    tls: z.boolean(),
    initialResponse: z.boolean().optional(),
    fingerprint: short.optional(),
  }),
  mail: z.object({
    ...head,
    kind: z.literal("mail"),
    from: short,
    to: z.array(short).max(1000),
    size,
    parameters,
    sha256: hash,
    messageId: short.optional(),
    file: short.optional(),
  }),
  fault: z.object({ ...head, kind: z.literal("fault"), name: short }),
  delivered: z.object({
    ...head,
    kind: z.literal("delivered"),
    mailbox: short,
    from: short,
    messageId: short.optional(),
    what: short.optional(),
    size,
    sha256: hash,
    file: short.optional(),
  }),
  http: z.object({
    ...head,
    kind: z.literal("http"),
    surface: z.enum(["psc", "directory", "white-list", "autoconfig", "crl", "ocsp", "other"]).catch("other"),
    operation: short,
    method: short,
    path: short,
    parameters,
    status: size,
    clientAuth: short.optional(),
    error: short.optional(),
  }),
  scenario: z.object({
    ...head,
    kind: z.literal("scenario"),
    id: short,
    what: z.enum(["begin", "step", "end"]),
    step: size.optional(),
    repetition: size.optional(),
    reason: short.optional(),
  }),
  client: z.object({ ...head, kind: z.literal("client"), what: z.enum(["start", "end"]), code: z.number().optional() }),
  mailbox: z.object({ ...head, kind: z.literal("mailbox"), address: short, type: short }),
  appended: z.object({
    ...head,
    kind: z.literal("appended"),
    mailbox: short,
    folder: short,
    flags: z.array(short).max(1000),
    messageId: short.optional(),
    subject: short.optional(),
    size,
    sha256: hash,
    file: short.optional(),
  }),
  dns: z.object({ ...head, kind: z.literal("dns"), type: short, name: short, answer: short, records: size }),
} satisfies Record<Observation["kind"], z.ZodType>;

/**
 * Reads observations from lines of JSON (docs/observations.md): those of the mock, of a recorded run, or of somebody else's server. Hostile
 * lines are left out and counted in `leftOut`, never guessed at.
 *
 * @throws MedimailError `invalid_argument` where there are more observations than the limit
 */
export async function* readObservations(
  lines: Iterable<string> | AsyncIterable<string>,
  options: { limits?: Partial<ObservationLimits>; leftOut?: LeftOut } = {},
): AsyncGenerator<Observation> {
  const { maxLine = 65_536, maxObservations = 5_000_000 } = options.limits ?? {};
  const leftOut = options.leftOut ?? { unknownKinds: 0, malformed: 0, tooLong: 0 };
  let count = 0;
  for await (const line of lines) {
    if (line.trim() === "") continue;
    if (line.length > maxLine) {
      leftOut.tooLong += 1;
      continue;
    }
    const read = readObservation(line);
    if (read === "unknown") leftOut.unknownKinds += 1;
    else if (read === "malformed") leftOut.malformed += 1;
    else {
      count += 1;
      if (count > maxObservations)
        throw new MedimailError("invalid_argument", `There are more than ${maxObservations} observations`, {
          path: "limits.maxObservations",
        });
      yield read;
    }
  }
}

/** One line; `unknown` for a kind of a later version, `malformed` for anything else. */
export function readObservation(line: string): Observation | "unknown" | "malformed" {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "malformed";
  }
  const kind = typeof value === "object" && value !== null ? (value as { kind?: unknown }).kind : undefined;
  if (typeof kind !== "string") return "malformed";
  const schema = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind as keyof typeof SCHEMAS] : undefined;
  if (!schema) return "unknown";
  const parsed = schema.safeParse(value);
  return parsed.success ? (parsed.data as Observation) : "malformed";
}
