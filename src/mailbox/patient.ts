import { type CdaHeader, hasQualifier } from "../cda/index.js";
import { isInsOid, isPatientAddress, sameBirthDate, sameGender, sameName } from "../identity/index.js";
import type { DocumentEntry } from "../xdm/index.js";
import type { Agreement, MailPatient, PatientTraits } from "./open-types.js";

/** What the mail itself says of the patient. */
export interface MailIdentity {
  addressIns?: string;
  header?: "O" | "N";
}

/** The patient of a document, as each place names him. */
export function patientOf(
  metadata: DocumentEntry | undefined,
  header: CdaHeader | undefined,
  mail: MailIdentity,
): MailPatient {
  const told = metadata && traitsOfMetadata(metadata);
  const written = header && traitsOfCda(header);
  const first = told && nameOf(told) !== "" ? told : (written ?? told);
  const ins = told?.ins ?? written?.ins;
  const birthDate = told?.birthDate ?? written?.birthDate;
  const gender = told?.gender ?? written?.gender;
  return {
    name: first ? nameOf(first) : "",
    ...(ins ? { ins } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(gender ? { gender } : {}),
    ...(told ? { metadata: told } : {}),
    ...(written ? { cda: written } : {}),
    ...mail,
    agreement: agreementOf([told?.ins?.value, written?.ins?.value, mail.addressIns]),
  };
}

export function agreementOf(values: readonly (string | undefined)[]): Agreement {
  const named = values.filter((value) => value !== undefined).map((value) => value.trim().toUpperCase());
  if (named.length < 2) return "absent";
  return new Set(named).size === 1 ? "agree" : "differ";
}

/** Traits that metadata and CDA both have, and have otherwise. */
export function traitsThatDiffer({ metadata, cda }: MailPatient): string[] {
  if (!metadata || !cda) return [];
  const differ = (a: string | undefined, b: string | undefined, same: (a: string, b: string) => boolean): boolean =>
    a !== undefined && b !== undefined && !same(a, b);
  return [
    ...(differ(metadata.ins?.oid, cda.ins?.oid, (a, b) => a.trim() === b.trim()) ? ["insOid"] : []),
    ...(differ(metadata.birthName, cda.birthName, sameName) ? ["birthName"] : []),
    ...(differ(metadata.birthDate, cda.birthDate, sameBirthDate) ? ["birthDate"] : []),
    ...(differ(metadata.gender, cda.gender, sameGender) ? ["gender"] : []),
  ];
}

/** The matricule of a patient's address, where one is among the people. */
export function patientAddressIns(addresses: readonly (string | undefined)[]): string | undefined {
  const address = addresses.find((candidate) => candidate !== undefined && isPatientAddress(candidate));
  return address?.slice(0, address.indexOf("@")).toUpperCase();
}

function nameOf({ birthName, usedName, givenName }: PatientTraits): string {
  return [birthName ?? usedName ?? "", givenName ?? ""].join(" ").trim();
}

function traitsOfCda({ patient }: CdaHeader): PatientTraits {
  const { ins, birthName, usedName, givenNames, birthTime, gender } = patient;
  const first = givenNames.find((name) => hasQualifier(name, "BR")) ?? givenNames[0];
  const givenName = first?.qualifier ? first.value : first?.value.split(/\s+/)[0];
  return {
    ...(ins ? { ins } : {}),
    ...(birthName ? { birthName } : {}),
    ...(usedName ? { usedName } : {}),
    ...(givenName ? { givenName } : {}),
    ...(birthTime ? { birthDate: birthTime } : {}),
    ...(gender ? { gender } : {}),
  };
}

function traitsOfMetadata({ patientId, sourcePatientInfo }: DocumentEntry): PatientTraits {
  const ins = patientId === undefined ? undefined : insOfCx(patientId);
  const values = (field: string): string[] =>
    sourcePatientInfo.filter((line) => line.startsWith(`${field}|`)).map((line) => line.slice(field.length + 1));
  const names = values("PID-5").map((value) => value.split("^").map(unescaped));
  const birth = names.find((parts) => parts[6] === "L") ?? names[0];
  const used = names.find((parts) => parts[6] === "D");
  const birthDate = values("PID-7")[0];
  const gender = values("PID-8")[0];
  return {
    ...(ins ? { ins } : {}),
    ...(birth?.[0] ? { birthName: birth[0] } : {}),
    ...(used?.[0] ? { usedName: used[0] } : {}),
    ...(birth?.[1] ? { givenName: birth[1] } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(gender ? { gender } : {}),
  };
}

/** `matricule^^^&oid&ISO^NH`; some software escapes its `&` twice. */
function insOfCx(cx: string): { value: string; oid: string } | undefined {
  const [value = "", , , authority = ""] = cx.replaceAll("&amp;", "&").split("^");
  const oid = authority.split("&")[1] ?? "";
  return value !== "" && isInsOid(oid) ? { value, oid } : undefined;
}

const HL7: Readonly<Record<string, string>> = { E: "\\", F: "|", S: "^", R: "~", T: "&" };
const unescaped = (text: string): string => text.replace(/\\([EFSRT])\\/g, (_, letter: string) => HL7[letter] ?? "");
