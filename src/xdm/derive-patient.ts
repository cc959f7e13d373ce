import { hasQualifier } from "../cda/index.js";
import type { Cda, CdaHeader, Patient } from "../cda/types.js";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import { INS_C_OID } from "../identity/index.js";
import { component, cx, MAX_VALUE, oneLine, splitId, within } from "./hl7.js";
import type { DocumentEntry } from "./types.js";

const PID_3 = "PID-3|";

type PatientFields = Pick<DocumentEntry, "patientId" | "sourcePatientId" | "sourcePatientInfo">;

/**
 * patientId, sourcePatientId and sourcePatientInfo of a document (xdm.md §3). An identifier that a CX cannot tell (a root
 * alone), or that passes the length of a value of ebRIM, is left out: half of one would be another patient's.
 *
 * @param tell receives what is left out
 */
export function derivePatient({ patient }: CdaHeader, tell: (code: string, message: string) => void): PatientFields {
  const national = patient.ins ? cx(`${patient.ins.oid}^${patient.ins.value}`, "NH") : undefined;
  const whole = patient.localIds.filter(isWhole);
  const isOld = (id: string): boolean => rootOf(id) === INS_C_OID;
  // The INS-C of before 2021 is no identifier of the producer: ANS's own tool looks past it.
  const ordered = [...whole.filter((id) => !isOld(id)), ...whole.filter(isOld)];
  const known = ordered.map((id) => cx(id, "PI"));
  const [local, ...others] = known.filter((id) => id.length <= MAX_VALUE - PID_3.length);
  if (known.length > others.length + (local === undefined ? 0 : 1))
    tell("xdm_patient_id_too_long", "A patient identifier is longer than metadata can hold: it is left out.");
  const patientId = national ?? local;
  const sourcePatientId = local ?? national;
  return defined({
    patientId,
    sourcePatientId,
    sourcePatientInfo: [
      ...names(patient),
      ...others.map((id) => PID_3 + id),
      ...(patient.birthTime ? [`PID-7|${component(patient.birthTime)}`] : []),
      ...(patient.gender ? [`PID-8|${component(patient.gender)}`] : []),
      ...(patient.birthPlace?.code ? [`PID-11|^^^^^^BDL^^${component(patient.birthPlace.code)}`] : []),
    ],
  });
}

/** PID-5: the name at birth (`L`), then the name in use (`D`). */
function names(patient: Patient): string[] {
  const given = (qualifier?: string) =>
    patient.givenNames
      .filter((name) => (qualifier ? hasQualifier(name, qualifier) : !name.qualifier))
      .map((name) => name.value);
  const all = given().join(" ");
  // Without a qualifier it is the first given name written that counts, whatever its own qualifier (measured).
  const first = patient.givenNames[0]?.value;
  const atBirth = given("BR")[0] ?? first;
  const inUse = given("CL")[0] ?? first;
  const found: string[] = [];
  if (patient.birthName !== undefined) {
    const name = (length: number) =>
      `${component(patient.birthName, length)}^${component(atBirth, length)}^${component(all, length)}`;
    found.push(within((length) => `PID-5|${name(length)}^^^^L`));
  }
  if (patient.usedName !== undefined) {
    const name = (length: number) => `${component(patient.usedName, length)}^${component(inUse, length)}`;
    found.push(within((length) => `PID-5|${name(length)}^^^^^D`));
  }
  return found;
}

/**
 * Refuses documents of two patients: one mail is about one patient (ECO.2.1.1 b). Two documents are of one patient where
 * the INS is the same; where one of them has none, where a local identifier is the same; where they share no kind of
 * identifier, where name at birth, first given name, birth date and sex are.
 *
 * @throws MedimailError `xdm_several_patients`
 */
export function requireOnePatient(cdas: readonly Pick<Cda, "header" | "problems">[]): void {
  const [first] = cdas;
  for (const [index, { header, problems }] of cdas.entries()) {
    const one = index === 0 || (first !== undefined && samePatient(first.header.patient, header.patient));
    if (one && !problems.some(isSeveralPatients)) continue;
    throw new MedimailError("xdm_several_patients", "The documents are of several patients; one mail is about one.", {
      path: `documents[${index}]`,
      hint: "Send the documents of each patient by themselves.",
    });
  }
}

/** One document with a second patient, whom the header does not show. */
const isSeveralPatients = ({ code }: Problem): boolean => code === "several_patients";

function samePatient(one: Patient, other: Patient): boolean {
  if (one.ins && other.ins) return one.ins.value === other.ins.value;
  const own = new Set(one.localIds.filter(isWhole));
  const others = other.localIds.filter(isWhole);
  if (others.some((id) => own.has(id))) return true;
  const authorities = new Set([...own].map(rootOf));
  if (others.some((id) => authorities.has(rootOf(id)))) return false;
  const traits = traitsOf(one);
  return traits !== undefined && traits === traitsOf(other);
}

/** A root alone may be that of the software, in every document of every patient. */
const isWhole = (id: string): boolean => splitId(id).extension.trim() !== "";

const rootOf = (id: string): string => id.split("^", 1)[0] as string;

function traitsOf({ birthName, givenNames, birthTime, gender }: Patient): string | undefined {
  const given = givenNames.find((name) => name.qualifier === "BR") ?? givenNames.find((name) => !name.qualifier);
  const firstGiven = given?.qualifier ? given.value : given?.value.trim().split(/\s+/)[0];
  if (!birthName || !firstGiven || !birthTime) return undefined;
  return [birthName, firstGiven, birthTime.slice(0, 8), gender ?? ""].map(plain).join("|");
}

const plain = (text: string): string =>
  oneLine(text)
    .trim()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[\s'’-]+/g, " ")
    .toUpperCase();
