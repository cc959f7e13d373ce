import type { PatientName } from "./types.js";

type Name = { qualifier?: string | undefined; value: string };

/** The families that the two names of a patient stand for. */
export function familyNamesFrom(patient: {
  birthName?: string | undefined;
  usedName?: string | undefined;
}): PatientName[] {
  return [
    ...(patient.birthName === undefined ? [] : [{ qualifier: "BR", value: patient.birthName }]),
    ...(patient.usedName === undefined ? [] : [{ qualifier: "CL", value: patient.usedName }]),
  ];
}

export function sameNames(a: readonly Name[], b: readonly Name[]): boolean {
  return (
    a.length === b.length && a.every((name, i) => name.value === b[i]?.value && name.qualifier === b[i]?.qualifier)
  );
}

/** Whether a name has a qualifier among its own; most have one alone. */
export function hasQualifier({ qualifier }: Pick<Name, "qualifier">, wanted: string): boolean {
  return qualifier === wanted || (qualifier?.includes(wanted) === true && qualifier.split(/\s+/).includes(wanted));
}

/** The first name that has a qualifier among its own. */
export function named(names: readonly Name[], qualifier: string): string | undefined {
  return names.find((name) => hasQualifier(name, qualifier))?.value;
}

/** Family with qualifier BR, else without qualifier. */
export function birthNameOf(familyNames: readonly Name[]): string | undefined {
  return named(familyNames, "BR") ?? familyNames.find((name) => name.qualifier === undefined)?.value;
}

/**
 * Family with qualifier CL, else SP: the name of the spouse, which older French documents have in its place. Where nothing
 * says what a name is that the person has (`AD`, an adopted name, of a vendor abroad), the first: a patient without a name is
 * nobody's.
 */
export function usedNameOf(familyNames: readonly Name[]): string | undefined {
  const used = named(familyNames, "CL") ?? named(familyNames, "SP");
  return used ?? (birthNameOf(familyNames) === undefined ? familyNames[0]?.value : undefined);
}
