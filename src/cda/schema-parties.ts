import { z } from "zod";
import {
  code,
  contacts,
  id,
  ids,
  notEmpty,
  organization,
  patientName,
  person,
  text,
  time,
  token,
} from "./schema-values.js";
import { ASSOCIATIONS, ENCOUNTER_PARTICIPATIONS, PARTICIPATIONS, PERFORMANCES, RELATIONS } from "./vocabulary.js";

const oneOf = (known: ReadonlySet<string>) =>
  token.refine((value) => known.has(value), "is not a value that CDA knows");

const span = z
  .strictObject({ low: time.optional(), high: time.optional() })
  .refine((value) => value.low !== undefined || value.high !== undefined, "is empty");

/** Who somebody is, as far as every entity of CDA has room for it. */
const who = {
  code: code.optional(),
  person: person.optional(),
  familyNames: z.array(patientName).min(2, "has one name, which belongs in `person`").optional(),
  ...contacts,
};

/** The family of the person is the first of them, and without a person there is none. */
const namesAgree = ({ person: named, familyNames }: { person?: unknown; familyNames?: unknown }): boolean =>
  familyNames === undefined || (named as { family?: string } | undefined)?.family === firstOf(familyNames);
const firstOf = (names: unknown): string | undefined => (names as { value: string }[])[0]?.value;
const DISAGREE = "has a family name that is not the first of `familyNames`";

const entity = { id: id.optional(), ...who, organization: organization.optional() };
const templateIds = { templateIds: ids.optional() };

const party = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape).refine(notEmpty, "is empty").refine(namesAgree, DISAGREE);

/** In an `assignedEntity`, without a time. */
export const assigned = party({ ...templateIds, ...entity });

/** Who signs or enters data does so at one time. */
export const signer = party({
  ...templateIds,
  ...entity,
  time: z.strictObject({ low: time }).optional(),
});

export const guardian = party(entity).refine(
  (value) => value.person === undefined || value.organization === undefined,
  "is a person and an organisation at once",
);

/** A professional, or, with a `classCode`, somebody who is something to the patient: CDA has no room for an id of theirs. */
export const informant = z.union(
  [party({ ...templateIds, ...entity }), party({ ...templateIds, ...who, classCode: oneOf(RELATIONS) })],
  { error: "is neither a professional nor, with `classCode`, a relative without `id` and `organization`" },
);

export const participant = party({
  ...templateIds,
  ...entity,
  typeCode: oneOf(PARTICIPATIONS),
  classCode: oneOf(ASSOCIATIONS),
  function: code.optional(),
  functionText: text.optional(),
  time: span.optional(),
});

export const encounterParticipant = party({
  ...templateIds,
  ...entity,
  typeCode: oneOf(ENCOUNTER_PARTICIPATIONS),
  time: span.optional(),
});

export const performer = z.strictObject({
  typeCode: oneOf(PERFORMANCES).optional(),
  ...templateIds,
  function: code.optional(),
  id: id.optional(),
  specialty: code.optional(),
  person: person.optional(),
  organization: organization.optional(),
  time: span.optional(),
  ...contacts,
});

export const order = z
  .strictObject({
    ids: z.array(id).default([]),
    code: code.optional(),
    text: text.optional(),
    priority: code.optional(),
    accessionNumbers: ids.optional(),
  })
  .refine((value) => Object.keys(value).length > 1 || value.ids.length > 0, "is empty");

export const consent = z
  .strictObject({ ids: ids.optional(), code: code.optional(), status: token.optional() })
  .refine(notEmpty, "is empty");
