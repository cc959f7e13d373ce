import { defined } from "../defined.js";
import { isInsOid } from "../identity/index.js";
import type { XmlElement } from "../xml/index.js";
import { birthNameOf, named, sameNames, usedNameOf } from "./names.js";
import { readGuardians } from "./read-parties.js";
import type { Address, Id, Patient, PatientName } from "./types.js";
import type { Findings } from "./values.js";
import {
  addPart,
  addresses,
  addressOf,
  all,
  attribute,
  codeOf,
  extensions,
  follow,
  idOf,
  one,
  organizationOf,
  someOf,
  telecoms,
  textOf,
  timeOf,
  unlessEmpty,
} from "./values.js";

/**
 * The patient. The INS is the id whose root is one of its four authorities; every other id, INS-C included, is local.
 *
 * @returns undefined where nothing says who the patient is.
 */
export function readPatient(findings: Findings, role: XmlElement | undefined): Patient | undefined {
  if (role === undefined) return undefined;
  const path = "recordTarget/patientRole";
  const person = one(role, "patient");
  const names = legalNames(all(person, "name"));
  const parts = (local: string): PatientName[] => partsOf(names, local);
  const givenNames = parts("given");
  const familyNames = parts("family");
  const unparted = familyNames.length === 0 && givenNames.length === 0 ? textOf(names[0]) : undefined;
  if (unparted !== undefined) {
    familyNames.push({ value: unparted });
    findings.warn(
      "patient_name_unparted",
      "The patient's name is not in parts: it is taken for the family name.",
      `${path}/patient/name`,
    );
  }
  const identities = readIdentities(findings, role, path);
  if (identities.ins === null && identities.localIds.length === 0) {
    if (familyNames.length === 0) return undefined;
    findings.warn("patient_id_missing", "The patient has no identifier.", `${path}/id`);
  }
  if (familyNames.length === 0)
    findings.warn("patient_name_missing", "The patient has no name.", `${path}/patient/name`);

  const birthTime = timeOf(findings, one(person, "birthTime"), `${path}/patient/birthTime`);
  const gender = codeOf(one(person, "administrativeGenderCode"))?.code;
  if (birthTime === undefined)
    findings.warn("birth_time_missing", "The patient has no birth date.", `${path}/patient/birthTime`);
  if (gender === undefined) {
    findings.warn("gender_missing", "The patient has no sex.", `${path}/patient/administrativeGenderCode`);
  }
  const birthPlace = readBirthPlace(follow(person, "birthplace", "place"));
  const traits = [
    named(familyNames, "BR"),
    named(givenNames, "BR"),
    givenNames.find((name) => name.qualifier === undefined),
    birthTime,
    gender,
    birthPlace?.code,
  ];
  if (identities.ins !== null && traits.includes(undefined)) {
    findings.warn(
      "ins_traits_incomplete",
      "The document has an INS without all of the traits that go with it.",
      `${path}/patient`,
    );
  }
  return defined({
    ins: identities.ins,
    localIds: identities.localIds,
    birthName: birthNameOf(familyNames),
    usedName: usedNameOf(familyNames),
    familyNames,
    givenNames,
    prefix: parts("prefix")[0]?.value,
    suffix: parts("suffix")[0]?.value,
    birthTime,
    gender,
    birthPlace,
    address: addresses(role),
    telecom: telecoms(role),
    deceased: extended(person, "deceasedTime", "deceasedInd"),
    multipleBirth: extended(person, "multipleBirthOrderNumber", "multipleBirthInd"),
    guardians: someOf(readGuardians(person)),
    provider: organizationOf(one(role, "providerOrganization")),
  });
}

/** Without pseudonyms, stage names and names kept for searching, where there is another (HL7 EntityNameUse). */
function legalNames(names: readonly XmlElement[]): readonly XmlElement[] {
  if (names.length < 2) return names;
  const legal = names.filter(
    (name) => textOf(name) !== undefined && !/\b(?:P|A|SRCH|PHON|SNDX)\b/.test(attribute(name, "use") ?? ""),
  );
  return legal.length > 0 ? legal : names;
}

/** The parts of every name; a second name, which has the other family, repeats given names of the first. */
function partsOf(names: readonly XmlElement[], local: string): PatientName[] {
  const found: PatientName[] = [];
  for (const name of names) {
    const known = [...found];
    for (const part of all(name, local).flatMap(namePart)) {
      if (!known.some((each) => sameNames([each], [part]))) found.push(part);
    }
  }
  return found;
}

function namePart(element: XmlElement): PatientName[] {
  const value = textOf(element);
  if (value === undefined) return [];
  return [defined({ qualifier: attribute(element, "qualifier"), value })];
}

function readIdentities(findings: Findings, role: XmlElement, path: string): Pick<Patient, "ins" | "localIds"> {
  let ins: Patient["ins"] = null;
  const localIds: Id[] = [];
  for (const element of all(role, "id")) {
    const root = attribute(element, "root")?.trim();
    const value = attribute(element, "extension")?.trim();
    if (root !== undefined && isInsOid(root)) {
      if (!value) findings.warn("ins_without_value", "An identifier with an INS authority has no value.", `${path}/id`);
      else if (ins === null) ins = { value, oid: root };
      else if (ins.value !== value || ins.oid !== root) {
        findings.error("several_ins", "The patient has more than one INS; the first is taken.", `${path}/id`);
      }
      continue;
    }
    const id = idOf(element);
    if (id !== undefined) localIds.push(id);
  }
  return { ins, localIds };
}

/** The commune of birth: its COG code is in `county`, its name in `city`. */
function readBirthPlace(place: XmlElement | undefined): Patient["birthPlace"] {
  const address = one(place, "addr");
  const code = textOf(one(address, "county"));
  const city = textOf(one(address, "city"));
  const placeName = textOf(one(place, "name"));
  const parts = address && otherParts(addressOf(address).parts);
  return unlessEmpty({
    code,
    name: city ?? placeName,
    placeName: city === undefined ? undefined : placeName,
    parts: parts && someOf(parts),
  });
}

/** Of an address, what is neither the code nor the name of the commune. */
function otherParts(parts: Address["parts"]): Address["parts"] {
  const found: Address["parts"] = [];
  for (const part of parts) if (part.name !== "county" && part.name !== "city") addPart(found, part);
  return found;
}

/** A fact of an extension of the patient: its value, else true where only that it is so is told. */
function extended(patient: XmlElement | undefined, valued: string, told: string): true | string | undefined {
  const written = (local: string) => attribute(extensions(patient, local)[0], "value")?.trim();
  if (written(told) === "false") return undefined;
  return written(valued) || (written(told) === "true" ? true : undefined);
}
