import type { Problem } from "../errors.js";
import type { Address, CdaHeader, Party, PatientName, Performer, PersonName, Telecom } from "./types.js";
import { LEVEL_1_TEMPLATES } from "./vocabulary.js";

const CIVILITIES = new Set(["M", "MME"]);
const TITLES = new Set(["DR", "MC", "MG", "PC", "PG", "PR"]);
const GENDERS = new Set(["F", "M", "UN"]);
const CONFIDENTIALITIES = new Set(["N", "R", "V"]);
const CUSTODIAN = /^1\.2\.250\.1\.71\.4\.2\.2(?:\^|$)/;

/** A fault by its path in the header. */
type Fault = [path: string, message: string];

/**
 * What ANS's schematron of the minimal structure ("Structuration minimale des documents de santé", CI-SIS) would find in a document of level 1 of
 * this header, and the schema of CDA does not: warnings, since a reader can do without, and a validator does not. Not all that it checks: whether
 * codes of professions, places and types are of their value sets is left to it. Messages give the rule, never a value.
 */
export function frenchProblems(header: CdaHeader): Problem[] {
  const faults = [...documentFaults(header), ...patientFaults(header), ...peopleFaults(header), ...actFaults(header)];
  return faults.map(([path, message]) => ({ severity: "warning", code: "french_structure_unmet", message, path }));
}

function* documentFaults(header: CdaHeader): Generator<Fault> {
  const { templateIds, code, confidentialityCode, languageCode, relatedDocuments, custodian } = header;
  const level1 =
    templateIds.length === LEVEL_1_TEMPLATES.length && LEVEL_1_TEMPLATES.every((id) => templateIds.includes(id));
  if (templateIds.length > 0 && !level1)
    yield ["templateIds", "A level 1 document has the three templates of its level, and no other."];
  for (const [path, value] of [
    ["code", code],
    ["confidentialityCode", confidentialityCode],
  ] as const) {
    if (value && (value.codeSystem === undefined || value.displayName === undefined))
      yield [path, "The code has its code system and its label."];
  }
  if (confidentialityCode && !CONFIDENTIALITIES.has(confidentialityCode.code))
    yield ["confidentialityCode.code", "The confidentiality is N, R or V: masks are given to the archive."];
  if (languageCode !== undefined && !/^[a-z]{2}-[A-Z]{2}$/.test(languageCode))
    yield ["languageCode", "The language is written like fr-FR."];
  if (custodian?.id !== undefined && !CUSTODIAN.test(custodian.id))
    yield ["custodian.id", "The custodian has an identifier of 1.2.250.1.71.4.2.2 (FINESS, SIRET…)."];
  if (relatedDocuments.length > 1) yield ["relatedDocuments", "One document is replaced, at most."];
  for (const [index, { typeCode, id, setId }] of relatedDocuments.entries()) {
    const path = `relatedDocuments.${index}`;
    if (typeCode !== "RPLC") yield [`${path}.typeCode`, "The only relation is RPLC."];
    if (id === undefined || setId !== undefined) yield [path, "The former version is named by its id, without setId."];
  }
}

const without = (names: readonly PatientName[], qualifier: string | undefined): boolean =>
  !names.some((name) => name.qualifier === qualifier);

function* patientFaults({ patient }: CdaHeader): Generator<Fault> {
  const { ins, familyNames, givenNames, gender, birthTime, localIds } = patient;
  if (ins !== null) {
    if (without(familyNames, "BR")) yield ["patient.birthName", "A patient with an INS has a name at birth (BR)."];
    if (without(givenNames, "BR") || without(givenNames, undefined))
      yield [
        "patient.givenNames",
        "A patient with an INS has the first given name (BR) and the list of them (no qualifier).",
      ];
  }
  for (const [index, { qualifier }] of familyNames.entries())
    if (qualifier !== undefined && qualifier !== "BR" && qualifier !== "CL")
      yield [`patient.familyNames.${index}`, "A family name has the qualifier BR or CL, or none."];
  if (gender !== undefined && !GENDERS.has(gender)) yield ["patient.gender", "The sex is F, M or UN."];
  if (birthTime !== undefined && !isRealDate(birthTime))
    yield ["patient.birthTime", "The date of birth is a date of the calendar."];
  for (const [index, id] of localIds.entries())
    if (!id.includes("^")) yield [`patient.localIds.${index}`, "A local identifier has an extension."];
  yield* contactFaults("patient", patient);
}

function isRealDate(time: string): boolean {
  const [, year, month = "01", day = "01"] = /^(\d{4})(\d{2})?(\d{2})?/.exec(time) ?? [];
  if (year === undefined) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

function* peopleFaults(header: CdaHeader): Generator<Fault> {
  const signatory = header.legalAuthenticator;
  for (const [path, { id }] of [
    ...header.authors.map((author, index) => [`authors.${index}`, author] as const),
    ...(signatory ? [["legalAuthenticator", signatory] as const] : []),
  ])
    if (id !== undefined && !id.includes("^"))
      yield [`${path}.id`, "The identifier of an author or signatory has an extension."];
  for (const [path, who] of people(header)) {
    const { prefix, suffix } = who.person ?? {};
    // Of a guardian the structure does not say how he is called.
    const called = !path.startsWith("patient.");
    if (called && prefix !== undefined && !CIVILITIES.has(prefix))
      yield [`${path}.person.prefix`, "The prefix of a name is a civility, M or MME; a title (DR, PR…) is its suffix."];
    if (called && suffix !== undefined && !TITLES.has(suffix))
      yield [`${path}.person.suffix`, "The suffix of a name is a title: DR, PR, MC, MG, PC or PG."];
    yield* contactFaults(path, who);
    if (who.organization) yield* contactFaults(`${path}.organization`, who.organization);
    if ("time" in who && typeof who.time === "object") yield* spanFaults(`${path}.time`, who.time);
  }
  if (header.custodian) yield* contactFaults("custodian", header.custodian);
  if (header.encounter?.location) yield* contactFaults("encounter.location", header.encounter.location);
}

interface Who {
  person?: PersonName;
  organization?: { telecom?: Telecom[]; address?: Address[] };
  telecom?: Telecom[];
  address?: Address[] | string;
  postalAddress?: Address[];
  time?: string | { low?: string; high?: string };
}

/** Everybody in the header beside the patient, with where they stand. */
function people(header: CdaHeader): [path: string, who: Who][] {
  const { encounter } = header;
  const list = (path: string, all: readonly Who[] | undefined) =>
    (all ?? []).map((who, index): [string, Who] => [`${path}.${index}`, who]);
  const one = (path: string, who: Who | undefined): [string, Who][] => (who ? [[path, who]] : []);
  return [
    ...list("authors", header.authors),
    ...one("legalAuthenticator", header.legalAuthenticator),
    ...list("recipients", header.recipients),
    ...performersOf(header),
    ...one("dataEnterer", header.dataEnterer),
    ...list("informants", header.informants),
    ...list("authenticators", header.authenticators),
    ...list("participants", header.participants),
    ...list("patient.guardians", header.patient.guardians),
    ...one("encounter.responsible", encounter?.responsible),
    ...list("encounter.participants", encounter?.participants),
  ] satisfies [string, Who | Party][];
}

function performersOf({ serviceEvents }: CdaHeader): [path: string, who: Performer][] {
  return serviceEvents.flatMap(({ performer, otherPerformers }, event) => [
    ...(performer ? [[`serviceEvents.${event}.performer`, performer] as [string, Performer]] : []),
    ...(otherPerformers ?? []).map((other, index): [string, Performer] => [
      `serviceEvents.${event}.otherPerformers.${index}`,
      other,
    ]),
  ]);
}

function* contactFaults(path: string, { telecom, address, postalAddress }: Omit<Who, "person">): Generator<Fault> {
  for (const [index, { value }] of (telecom ?? []).entries())
    if (value !== undefined && !/^(?:tel|fax|mailto|https?|ftp|mllp):/.test(value))
      yield [`${path}.telecom.${index}`, "A telecom begins with tel:, mailto:, http: or the like."];
  // Of a recipient, `address` is the mailbox.
  const [place, addresses] = Array.isArray(address) ? ["address", address] : ["postalAddress", postalAddress];
  for (const [index, { parts }] of (addresses ?? []).entries()) {
    const lines = parts.filter(({ name }) => name === "streetAddressLine").length;
    if (lines > 0 && lines < parts.length)
      yield [`${path}.${place}.${index}`, "An address is in lines or in parts, not in both."];
  }
}

function* spanFaults(path: string, span: { low?: string; high?: string }): Generator<Fault> {
  if (span.low !== undefined && span.low === span.high) yield [path, "The end of a period is not its beginning."];
}

function* actFaults(header: CdaHeader): Generator<Fault> {
  if (header.encounter) yield* spanFaults("encounter", header.encounter);
  for (const [index, { otherPerformers }] of header.serviceEvents.entries())
    if (otherPerformers) yield [`serviceEvents.${index}.otherPerformers`, "An act has one performer."];
  for (const [path, { organization }] of performersOf(header))
    if (organization?.practiceSetting === undefined)
      yield [`${path}.organization.practiceSetting`, "The organisation of who did an act has a practice setting."];
}
