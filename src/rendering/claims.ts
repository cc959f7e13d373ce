import type { CdaHeader } from "../cda/index.js";
import { documentTypeLabel } from "../terminology/index.js";
import { agree } from "./agree.js";
import { clean, formatIns, formatTime } from "./format.js";
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
  const document = claimsOf(header);
  const { metadata = {}, mail = {} } = compared;
  return TRAITS.flatMap((trait) => {
    if (agree(trait, document, metadata) && agree(trait, document, mail) && agree(trait, metadata, mail)) return [];
    const shown = (claims: Claims) => shownValue(trait, claims, language);
    return [
      {
        trait,
        label: labelFor(trait, language),
        ...named("document", shown(document)),
        ...named("metadata", shown(metadata)),
        ...named("mail", shown(mail)),
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

function shownValue(trait: keyof Claims, claims: Claims, language: Language): string | undefined {
  if (trait === "ins") return claims.ins && formatIns(claims.ins, language);
  const value = claims[trait];
  if (value === undefined) return undefined;
  if (trait === "birthDate") return formatTime(value.slice(0, 8), language);
  if (trait === "gender") return labelOf(labelsIn(language).sex, value) ?? clean(value);
  const label = trait === "typeCode" ? documentTypeLabel(value) : undefined;
  return label === undefined ? clean(value) : `${label} (${clean(value)})`;
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
