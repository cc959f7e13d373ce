import { z } from "zod";

/** What is read of the resources of Annuaire Santé; all else is left where it is. */

const text = z.string().max(2_000);
const coding = z.object({ system: text.optional(), code: text.optional(), display: text.optional() });
const concept = z.object({ coding: z.array(coding).max(200).optional(), text: text.optional() });
const reference = z.object({ reference: text.optional(), display: text.optional() });

const identifier = z.object({ system: text.optional(), value: text.optional(), type: concept.optional() });

const extension = z.object({
  url: text,
  valueCode: text.optional(),
  valueCoding: coding.optional(),
  valueCodeableConcept: concept.optional(),
  valueString: text.optional(),
  valueBoolean: z.boolean().optional(),
});

const telecom = z.object({
  system: text.optional(),
  value: text.optional(),
  rank: z.number().optional(),
  period: z.object({ end: text.optional() }).optional(),
  extension: z
    .array(extension.extend({ extension: z.array(extension).max(50).optional() }))
    .max(50)
    .optional(),
});

const name = z.object({
  use: text.optional(),
  text: text.optional(),
  family: text.optional(),
  given: z.array(text).max(50).optional(),
  prefix: z.array(text).max(50).optional(),
  suffix: z.array(text).max(50).optional(),
});

const address = z.object({
  line: z.array(text).max(20).optional(),
  city: text.optional(),
  postalCode: text.optional(),
  district: text.optional(),
  country: text.optional(),
});

const base = {
  id: text,
  active: z.boolean().optional(),
  identifier: z.array(identifier).max(100).optional(),
  telecom: z.array(telecom).max(1_000).optional(),
};

const practitioner = z.object({
  resourceType: z.literal("Practitioner"),
  ...base,
  name: z.array(name).max(20).optional(),
  qualification: z
    .array(z.object({ code: concept.optional() }))
    .max(500)
    .optional(),
});

const practitionerRole = z.object({
  resourceType: z.literal("PractitionerRole"),
  ...base,
  practitioner: reference.optional(),
  organization: reference.optional(),
  code: z.array(concept).max(200).optional(),
  specialty: z.array(concept).max(200).optional(),
});

const organization = z.object({
  resourceType: z.literal("Organization"),
  ...base,
  name: text.optional(),
  alias: z.array(text).max(50).optional(),
  address: z.array(address).max(50).optional(),
  partOf: reference.optional(),
});

const resource = z.discriminatedUnion("resourceType", [practitioner, practitionerRole, organization]);

export type Practitioner = z.output<typeof practitioner>;
export type PractitionerRole = z.output<typeof practitionerRole>;
export type Organization = z.output<typeof organization>;
export type Resource = z.output<typeof resource>;
export type Telecom = z.output<typeof telecom>;
export type Concept = z.output<typeof concept>;

const bundle = z.object({
  resourceType: z.literal("Bundle"),
  type: z.literal("searchset"),
  total: z.number().optional(),
  link: z
    .array(z.object({ relation: text, url: z.string().max(16_000) }))
    .max(50)
    .optional(),
  entry: z
    .array(
      z.object({
        resource: z.unknown().optional(),
        search: z.object({ mode: text.optional() }).optional(),
      }),
    )
    .max(100_000)
    .optional(),
});

/** One page of an answer. */
export interface Page {
  total?: number;
  next?: string;
  matches: Resource[];
  included: Resource[];
  /** Resources that are not as published, and were left out. */
  malformed: number;
}

/** A page of an answer; undefined where it is no searchset. */
export function readPage(value: unknown): Page | undefined {
  const read = bundle.safeParse(value);
  if (!read.success) return undefined;
  const { total, link = [], entry = [] } = read.data;
  const next = link.find(({ relation }) => relation === "next")?.url;
  const page: Page = {
    ...(total === undefined ? {} : { total }),
    ...(next === undefined ? {} : { next }),
    matches: [],
    included: [],
    malformed: 0,
  };
  for (const { resource: given, search } of entry) {
    const one = resource.safeParse(given);
    if (!one.success) {
      // An OperationOutcome among the entries is a remark of the server's.
      if (search?.mode !== "outcome") page.malformed += 1;
    } else if (search?.mode === "include") page.included.push(one.data);
    else if (search?.mode !== "outcome") page.matches.push(one.data);
  }
  return page;
}

const outcome = z.object({
  resourceType: z.literal("OperationOutcome"),
  issue: z.array(z.object({ severity: text.optional(), code: text.optional() })).max(1_000),
});

/** The codes of an OperationOutcome. Its diagnostics are not taken: they quote what was asked. */
export function outcomeCodes(value: unknown): string[] {
  const read = outcome.safeParse(value);
  if (!read.success) return [];
  return [...new Set(read.data.issue.flatMap(({ code }) => (code && /^[a-z-]{1,30}$/.test(code) ? [code] : [])))];
}
