import type { CdaHeader } from "../cda/index.js";
import { formatIns, formatTime } from "./format.js";
import { firstGiven } from "./identity.js";
import type { Claims, Compared, Language } from "./types.js";
import { labelOf, labelsIn, wordsIn } from "./words.js";

/** One thing that two places say otherwise. `trait` is for programs, `label` for people. */
export interface Difference {
  trait: keyof Claims;
  label: string;
  document?: string;
  metadata?: string;
  mail?: string;
}

const TRAITS: readonly (keyof Claims)[] = [
  "ins",
  "birthName",
  "usedName",
  "givenName",
  "birthDate",
  "gender",
  "uniqueId",
  "title",
  "typeCode",
];

/** What the header of the CDA, the metadata of the archive and the mail do not say alike (ECO.2.1.2); silence is no difference. */
export function differencesOf(header: CdaHeader, compared: Compared, language: Language): Difference[] {
  const places = { document: claimsOf(header), metadata: compared.metadata ?? {}, mail: compared.mail ?? {} };
  return TRAITS.flatMap((trait) => {
    const values = Object.values(places).flatMap((claims) => comparable(trait, claims) ?? []);
    if (new Set(values).size < 2) return [];
    const shown = (claims: Claims) => shownValue(trait, claims, language);
    return [
      {
        trait,
        label: labelFor(trait, language),
        ...named("document", shown(places.document)),
        ...named("metadata", shown(places.metadata)),
        ...named("mail", shown(places.mail)),
      },
    ];
  });
}

function claimsOf(header: CdaHeader): Claims {
  const { patient } = header;
  const given = firstGiven(patient);
  return {
    ...(patient.ins ? { ins: patient.ins } : {}),
    ...(patient.birthName ? { birthName: patient.birthName } : {}),
    ...(patient.usedName ? { usedName: patient.usedName } : {}),
    ...(given ? { givenName: given } : {}),
    ...(patient.birthTime ? { birthDate: patient.birthTime } : {}),
    ...(patient.gender ? { gender: patient.gender } : {}),
    uniqueId: header.id,
    ...(header.title ? { title: header.title } : {}),
    typeCode: header.code.code,
  };
}

/** What counts of a value: letters and digits; of the given names the first; of a birth time the day. */
function comparable(trait: keyof Claims, claims: Claims): string | undefined {
  if (trait === "ins") {
    if (claims.ins === undefined) return undefined;
    return folded(claims.ins.value);
  }
  const value = claims[trait];
  if (value === undefined) return undefined;
  if (trait === "birthDate") return value.slice(0, 8);
  if (trait === "givenName") return folded(value).split(" ")[0];
  return trait === "uniqueId" ? value.trim() : folded(value);
}

function shownValue(trait: keyof Claims, claims: Claims, language: Language): string | undefined {
  if (trait === "ins") return claims.ins && formatIns(claims.ins, language);
  const value = claims[trait];
  if (value === undefined) return undefined;
  if (trait === "birthDate") return formatTime(value.slice(0, 8), language);
  return trait === "gender" ? (labelOf(labelsIn(language).sex, value) ?? value) : value;
}

function labelFor(trait: keyof Claims, language: Language): string {
  const words = wordsIn(language);
  const labels: Record<keyof Claims, string> = {
    ins: words.ins,
    birthName: words.birthName,
    usedName: words.usedName,
    givenName: words.firstGiven,
    birthDate: words.birthDate,
    gender: words.sex,
    uniqueId: words.documentId,
    title: words.title,
    typeCode: words.type,
  };
  return labels[trait];
}

const named = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });

const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toUpperCase();
