import { hasQualifier, type Patient } from "../cda/index.js";
import type { Fact } from "./facts.js";
import { clean, formatAddress, formatId, formatIns, formatTelecom, formatTime } from "./format.js";
import type { Claims, Language } from "./types.js";
import { labelOf, labelsIn, wordsIn } from "./words.js";

const qualified = (names: Patient["givenNames"], qualifier: string): string | undefined =>
  names.find((name) => hasQualifier(name, qualifier))?.value;

/** The first given name of the birth certificate: by its qualifier, else the first word of the list. */
export function firstGiven({ givenNames }: Patient): string | undefined {
  const list = givenNames.find((name) => name.qualifier === undefined)?.value;
  return qualified(givenNames, "BR") ?? list?.trim().split(/\s+/)[0] ?? givenNames[0]?.value;
}

/** `MOREL Élodie`: the name at birth, else in use, and the first given name. */
export function patientName(patient: Patient): string {
  const family = patient.birthName ?? patient.usedName ?? patient.familyNames[0]?.value ?? "";
  return [clean(family), clean(firstGiven(patient) ?? "")].filter(Boolean).join(" ");
}

/** `MOREL Élodie, née le 12/05/1985`: at the head of each page. */
export function patientLine(patient: Patient, language: Language): string {
  const words = wordsIn(language);
  const born = patient.gender === "F" ? words.bornF : patient.gender === "M" ? words.bornM : words.born;
  const name = patientName(patient);
  if (patient.birthTime === undefined) return name;
  return `${name}${name ? ", " : ""}${born} ${formatTime(patient.birthTime.slice(0, 8), language)}`;
}

/** The identity traits, each under its name, and the matricule with its nature (référentiel INS, RNIV). */
export function identityFacts(patient: Patient, language: Language): Fact[] {
  const words = wordsIn(language);
  const given = patient.givenNames.filter((name) => name.qualifier === undefined).map((name) => clean(name.value));
  const first = firstGiven(patient);
  const onlyOne = given.join(" ") === first;
  const usedGiven = qualified(patient.givenNames, "CL");
  const place = patient.birthPlace;
  const others = patient.familyNames
    .filter(({ value }) => value !== patient.birthName && value !== patient.usedName)
    .map(({ value }) => clean(value));
  const one = (label: string, value: string | undefined, trait?: keyof Claims): Fact[] =>
    value ? [{ label, values: [value], ...(trait && { trait }) }] : [];
  return [
    ...one(words.birthName, patient.birthName && clean(patient.birthName), "birthName"),
    ...one(words.usedName, patient.usedName && clean(patient.usedName), "usedName"),
    ...one(words.name, others.join(", ")),
    ...one(words.givenNames, given.join(" "), onlyOne ? "givenName" : undefined),
    ...(onlyOne ? [] : one(words.firstGiven, first && clean(first), "givenName")),
    ...one(words.usedGiven, usedGiven && clean(usedGiven)),
    ...one(
      words.sex,
      patient.gender && (labelOf(labelsIn(language).sex, patient.gender) ?? clean(patient.gender)),
      "gender",
    ),
    ...one(words.birthDate, patient.birthTime && formatTime(patient.birthTime, language), "birthDate"),
    ...one(
      words.birthPlace,
      place &&
        [place.name && clean(place.name), place.code && `(${words.insee} ${clean(place.code)})`]
          .filter(Boolean)
          .join(" "),
    ),
    ...one(words.ins, patient.ins ? formatIns(patient.ins, language) : words.insAbsent, "ins"),
  ];
}

/** What else the header says of the patient: for the end of the page. */
export function patientDetails(patient: Patient, language: Language): Fact[] {
  const words = wordsIn(language);
  const many = (label: string, values: string[]): Fact[] => {
    const shown = values.filter((value) => value !== "");
    return shown.length === 0 ? [] : [{ label, values: shown }];
  };
  return [
    ...many(words.localIds, patient.localIds.map(formatId)),
    ...many(words.address, (patient.address ?? []).map(formatAddress)),
    ...many(
      words.telecom,
      (patient.telecom ?? []).map((telecom) => formatTelecom(telecom, language)),
    ),
  ];
}
