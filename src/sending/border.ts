import { z } from "zod";
import { strict } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { isPlain } from "../plain-text.js";
import type { DocumentSubmission } from "./types.js";

const text = z.string("must be a text");
const flag = z.boolean("must be true or false").optional();
/** A text of the caller's that is kept and shown beside the mail: a line of bounded length. */
const line = (max: number) =>
  text
    .refine((value) => value.length > 0 && value.length <= max, `must have 1 to ${max} characters`)
    .refine((value) => isPlain(value), "must be one line, without control characters");
const bytes = z.custom<Uint8Array>(
  (value) => Object.prototype.toString.call(value) === "[object Uint8Array]",
  "must be bytes (Uint8Array)",
);
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, `must be one of ${values.join(", ")}`).optional();
const list = <T extends z.ZodType>(of: T) => z.array(of, "must be a list");
const content = strict({ text, html: text.optional() }).optional();

/** What is known of a recipient: its numbers are checked where they are looked for. */
const identity = strict({
  rpps: line(20).optional(),
  family: line(200).optional(),
  given: line(200).optional(),
  finess: line(20).optional(),
  siret: line(20).optional(),
  structure: line(300).optional(),
  service: line(300).optional(),
  profession: line(200).optional(),
  specialty: line(200).optional(),
  city: line(200).optional(),
  type: oneOf("PER", "ORG", "APP", "CAB", "INT", "MED"),
  name: text.optional(),
});
const patientIdentity = strict({
  ins: strict({ value: line(30), oid: line(60) }),
  identityStatus: z.enum(["qualifiee", "validee", "recuperee", "provisoire"]),
});
const RECIPIENT =
  'must be an address, {"address", "name", "kind"}, "cda", or what is known of a recipient ({"rpps"}, {"family", "given", "city"}, {"finess"}, {"ins", "identityStatus"})';

/** The shape of what a caller submits; what it means is judged by the rooms that use it. */
const submission = strict({
  documents: list(strict({ cda: bytes, pdf: bytes.optional() })),
  to: z
    .union(
      [
        z.literal("cda"),
        z.array(
          z.union(
            [
              text,
              strict({ address: text, name: text.optional(), kind: oneOf("professional", "patient") }),
              patientIdentity,
              identity,
            ],
            { error: RECIPIENT },
          ),
          "must be a list",
        ),
      ],
      { error: 'must be a list of recipients, or "cda"' },
    )
    .optional(),
  patient: flag,
  action: oneOf("create", "replace", "delete"),
  identityStatus: oneOf("qualifiee", "validee", "recuperee", "provisoire"),
  confidentiality: list(text).optional(),
  secretConnection: flag,
  toDmp: flag,
  opposition: strict({ patient: flag, professionals: flag, acknowledged: flag }).optional(),
  contentType: text.optional(),
  sourceId: text.optional(),
  replyTo: text.optional(),
  subjectExtra: text.optional(),
  body: z
    .union([text, strict({ professional: content, patient: content })], {
      error: 'must be a text, or {"professional", "patient"}',
    })
    .optional(),
  fin: flag,
  dossier: text.optional(),
  requestRead: flag,
  requestDelivery: flag,
  withoutPdf: flag,
  requirePdfA1: flag,
  groupProfessionals: flag,
  actor: line(200).optional(),
  idempotencyKey: line(500).optional(),
  reference: line(500).optional(),
  resend: flag,
  priority: z.int("must be a whole number").optional(),
  notBefore: z.date("must be a date").optional(),
  inReplyTo: text.optional(),
  references: list(text).optional(),
});

/**
 * Refuses what has not the shape of a submission: a program without types may misspell `opposition`, and nobody must learn of
 * it from the patient. Values are never quoted.
 *
 * @throws MedimailError `invalid_argument`, with the path of the first fault
 */
export function checkSubmission(value: DocumentSubmission): void {
  const result = submission.safeParse(value);
  if (result.success) return;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).reduce<string>(
    (above, part) =>
      typeof part === "number" ? `${above}[${part}]` : above === "" ? String(part) : `${above}.${String(part)}`,
    "",
  );
  throw new MedimailError("invalid_argument", `${path || "the submission"}: ${issue?.message ?? "is not valid"}`, {
    ...(path === "" ? {} : { path }),
  });
}
