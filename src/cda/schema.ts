import { z } from "zod";
import { MedimailError } from "../errors.js";
import { isInsOid } from "../identity/index.js";
import { isRecipientAddress, mssAddressAmong } from "./mailto.js";
import { birthNameOf, familyNamesFrom, usedNameOf } from "./names.js";
import {
  assigned,
  consent,
  encounterParticipant,
  guardian,
  informant,
  order,
  participant,
  performer,
  signer,
} from "./schema-parties.js";
import {
  address,
  addressPart,
  code,
  contacts,
  hasFirstId,
  id,
  ids,
  notEmpty,
  OTHERS_ALONE,
  organization,
  patientName,
  person,
  telecom,
  text,
  time,
  token,
  translation,
} from "./schema-values.js";
import type { CdaHeader, CdaHeaderInput } from "./types.js";
import { RELATIONSHIPS } from "./vocabulary.js";

const wrong =
  (rule: string) =>
  ({ input }: { input: unknown }): string =>
    input === undefined ? "is missing" : rule;

const version = z
  .int({ error: wrong("is not a whole number") })
  .min(0, "is negative")
  .max(999_999_999, "is too great");

const patient = z
  .strictObject({
    ins: z
      .strictObject({ value: token, oid: z.string().refine(isInsOid, "is not an authority of the INS") })
      .nullable()
      .default(null),
    localIds: z
      .array(id.refine((value) => !isInsOid(value.split("^", 1)[0] as string), "is an INS: it belongs in `ins`"))
      .default([]),
    birthName: text.optional(),
    usedName: text.optional(),
    familyNames: z.array(patientName).optional(),
    givenNames: z.array(patientName).min(1, "is empty"),
    prefix: text.optional(),
    suffix: text.optional(),
    birthTime: time,
    gender: token,
    birthPlace: z
      .strictObject({
        code: text.optional(),
        name: text.optional(),
        placeName: text.optional(),
        parts: z.array(addressPart).min(1, "is empty").optional(),
      })
      .refine(notEmpty, "is empty")
      .refine((place) => place.placeName === undefined || place.name !== undefined, "names a place without its commune")
      .optional(),
    ...contacts,
    deceased: z.union([z.literal(true), time]).optional(),
    multipleBirth: z.union([z.literal(true), token]).optional(),
    guardians: z.array(guardian).min(1, "is empty").optional(),
    provider: organization.optional(),
  })
  .transform((value, context) => {
    const familyNames = value.familyNames ?? familyNamesFrom(value);
    const names = { birthName: birthNameOf(familyNames), usedName: usedNameOf(familyNames) };
    const fault = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (familyNames.length === 0) fault("birthName", "is missing");
    if (value.ins === null && value.localIds.length === 0) fault("ins", "is missing, and so is any local identifier");
    for (const key of ["birthName", "usedName"] as const) {
      if (value[key] !== undefined && value[key] !== names[key]) fault(key, "is not the one that `familyNames` gives");
    }
    return { ...value, ...names, familyNames };
  });

const author = z
  .strictObject({
    time,
    function: code.optional(),
    functionText: text.optional(),
    id,
    specialty: code.optional(),
    person: person.optional(),
    device: z.strictObject({ software: text.optional(), model: text.optional() }).optional(),
    organization: organization.optional(),
    ...contacts,
  })
  .refine((value) => value.person === undefined || value.device === undefined, "is a person and a device at once");

const legalAuthenticator = z.strictObject({
  time,
  id,
  specialty: code.optional(),
  person: person.optional(),
  organization: organization.optional(),
  ...contacts,
});

const custodian = z.strictObject({
  id,
  name: text.optional(),
  telecom: z.array(telecom).max(1, "has more than one, where CDA has room for one").optional(),
  address: z.array(address).max(1, "has more than one, where CDA has room for one").optional(),
});

const recipient = z
  .strictObject({
    typeCode: z.enum(["TRC"], { error: wrong("is not TRC, and PRCP is left out") }).optional(),
    id: id.optional(),
    person: person.optional(),
    organization: organization.optional(),
    address: token.refine(isRecipientAddress, "is not a MSSanté address").optional(),
    telecom: contacts.telecom,
    postalAddress: contacts.address,
  })
  .refine(
    (value) => [value.id, value.person, value.organization, value.address].some((named) => named !== undefined),
    "is empty, or named by nothing that a document can be sent to",
  )
  .refine(
    ({ address: mailbox, telecom: all }) => mailbox !== undefined || mssAddressAmong(all) === undefined,
    "has a MSSanté address among its `telecom`, and none in `address`",
  );

const serviceEvent = z
  .strictObject({
    classCode: token.optional(),
    ids: ids.optional(),
    code: code.optional(),
    text: text.optional(),
    translations: z.array(translation).default([]),
    status: token.optional(),
    low: time.optional(),
    high: time.optional(),
    performer: performer.optional(),
    otherPerformers: z.array(performer).min(1, "is empty").optional(),
  })
  .refine(
    ({ performer: main, otherPerformers: others }) => main !== undefined || others === undefined,
    "has other performers and none",
  )
  .refine(
    ({ performer: main, otherPerformers: others }) =>
      main?.organization?.practiceSetting !== undefined ||
      !others?.some(({ organization: at }) => at?.practiceSetting !== undefined),
    "has a practice setting that is not its first performer's",
  );

/** The minimal French structure: of the first act documented, the date and the practice setting are mandatory. */
const serviceEvents = z
  .array(serviceEvent)
  .min(1, "is empty")
  .superRefine(([first], context) => {
    const fault = (path: PropertyKey[]): void => {
      context.addIssue({ code: "custom", path: [0, ...path], message: "is missing" });
    };
    if (first === undefined) return;
    if (first.low === undefined) fault(["low"]);
    if (first.performer?.organization?.practiceSetting === undefined)
      fault(["performer", "organization", "practiceSetting"]);
  });

const encounter = z
  .strictObject({
    id: id.optional(),
    code: code.optional(),
    low: time.optional(),
    high: time.optional(),
    facilityType: code,
    location: z
      .strictObject({
        id: id.optional(),
        name: text.optional(),
        address: z.array(address).max(1, "has more than one, where CDA has room for one").optional(),
      })
      .refine(notEmpty, "is empty")
      .optional(),
    otherIds: ids.optional(),
    dischargeDisposition: code.optional(),
    responsible: assigned.optional(),
    participants: z.array(encounterParticipant).min(1, "is empty").optional(),
  })
  .refine(hasFirstId, OTHERS_ALONE);

const header = z.strictObject({
  id: id.optional(),
  setId: id,
  versionNumber: version,
  relatedDocuments: z
    .array(
      z
        .strictObject({
          typeCode: z.enum(RELATIONSHIPS, { error: wrong("is not a relation that CDA knows") }),
          id: id.optional(),
          setId: id.optional(),
          versionNumber: version.optional(),
        })
        .refine((value) => value.id !== undefined || value.setId !== undefined, "has no identifier"),
    )
    .default([]),
  templateIds: z.array(id).default([]),
  code,
  codeTranslations: z.array(code).min(1, "is empty").optional(),
  title: text,
  effectiveTime: time.optional(),
  languageCode: token,
  confidentialityCode: code,
  patient,
  authors: z.array(author).min(1, "is empty"),
  legalAuthenticator,
  custodian,
  recipients: z.array(recipient).default([]),
  serviceEvents,
  encounter,
  dataEnterer: signer.optional(),
  informants: z.array(informant).min(1, "is empty").optional(),
  authenticators: z.array(signer).min(1, "is empty").optional(),
  participants: z.array(participant).min(1, "is empty").optional(),
  orders: z.array(order).min(1, "is empty").optional(),
  consents: z.array(consent).min(1, "is empty").optional(),
  body: z.unknown().optional(),
  problems: z.unknown().optional(),
});

/**
 * A header to wrap a PDF with, as `cda inspect` prints it: `null` counts as absent, `body` and `problems` are ignored, and
 * any other key that is not known is refused, as is a header without something that the minimal French structure (CI-SIS)
 * makes mandatory. Messages give the path and the rule, never a value.
 */
export const cdaHeaderInputSchema: z.ZodType<CdaHeaderInput> = z
  .preprocess((value) => strip(value, isAbsent), header)
  .transform(
    ({ body: _, problems: __, ...rest }) => strip(rest, isUndefined) as unknown as CdaHeaderInput,
  ) as unknown as z.ZodType<CdaHeaderInput>;

/** A header that has passed: what has a default is there. */
export type CompleteHeader = Omit<CdaHeader, "id" | "effectiveTime"> & { id?: string; effectiveTime?: string };

/** @throws MedimailError `cda_header_invalid`, with the path of the first fault. */
export function parseHeader(value: unknown): CompleteHeader {
  const result = cdaHeaderInputSchema.safeParse(value, { error: ruleOf });
  if (result.success) return result.data as CompleteHeader;
  const issue = result.error.issues[0];
  const keys = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...keys].map(String).join(".");
  const what = keys.length > 0 ? "is not known" : (issue?.message ?? "is not valid");
  throw new MedimailError("cda_header_invalid", `The header cannot be written as a CDA: ${path || "it"} ${what}.`, {
    ...(path === "" ? {} : { path }),
    hint: "Give what `medimail cda inspect` prints of a document of the same kind.",
  });
}

function ruleOf(issue: { code?: string; input?: unknown; expected?: unknown }): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  return issue.input === undefined ? "is missing" : `is not of the type ${String(issue.expected)}`;
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined;
const isUndefined = (value: unknown): boolean => value === undefined;

/** The same value without the properties that are `unwanted`, however deep. */
function strip<T>(value: T, unwanted: (value: unknown) => boolean, depth = 0): T {
  if (typeof value !== "object" || value === null || depth > 20) return value;
  if (Array.isArray(value)) return value.map((each) => strip(each, unwanted, depth + 1)) as T;
  // Not by assignment: a key `__proto__` of a JSON file shall stay a key, to be refused.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !unwanted(each))
      .map(([key, each]) => [key, strip(each, unwanted, depth + 1)]),
  ) as T;
}
