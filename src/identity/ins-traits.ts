import type { Problem } from "../errors.js";
import { type Ins, isIns, isInsOid, parseIns } from "./ins.js";

/** What of the traits differs from what the matricule says. */
export type InsDifference = "sex" | "birthYear" | "birthMonth";

/** Sex (`M`, `F`, or HL7's other codes, which are not compared) and birth date (`YYYYMMDD…`, or its beginning). */
export interface InsTraits {
  sex?: string;
  birthDate?: string;
}

const SEX_OF_FIRST_DIGIT: Readonly<Record<string, string>> = { "1": "M", "7": "M", "2": "F", "8": "F" };

/**
 * Compares the matricule with the sex and the birth date. A difference is for a person to look at (SC.MSS/UX.32), not an error: a
 * registered sex or date may have changed since the number was given. What is unknown on one side is not compared: another first
 * digit than 1, 2, 7 and 8, a month over 12 (a birth date known in part), a sex that is neither.
 */
export function insDifferences(ins: Ins, traits: InsTraits): InsDifference[] {
  const differences: InsDifference[] = [];
  const registered = SEX_OF_FIRST_DIGIT[ins.matricule.charAt(0)];
  const sex = traits.sex === "M" || traits.sex === "F" ? traits.sex : undefined;
  if (registered !== undefined && sex !== undefined && sex !== registered) differences.push("sex");
  const [, year, month] = /^\d\d(\d\d)(\d\d)?/.exec(traits.birthDate ?? "") ?? [];
  if (year !== undefined && year !== ins.matricule.slice(1, 3)) differences.push("birthYear");
  const known = Number(ins.matricule.slice(3, 5));
  if (month !== undefined && known >= 1 && known <= 12 && Number(month) !== known) differences.push("birthMonth");
  return differences;
}

/**
 * The warning that asks a person to confirm who the patient is (ECO.3.1.5), where his matricule says otherwise than his sex or birth
 * date; test identities too, since a product is shown with them. It names the traits and none of their values. A matricule without
 * its form says nothing here, and its key is not judged: `ins_key_invalid` does.
 */
export function insTraitsProblems(
  ins: { value: string; oid: string } | null | undefined,
  traits: InsTraits,
  path: string,
): Problem[] {
  const options = { allowTest: true, checkKey: false };
  if (!ins || !isInsOid(ins.oid) || !isIns(ins.value, ins.oid, options)) return [];
  const differing = insDifferences(parseIns(ins.value, ins.oid, options), traits);
  if (differing.length === 0) return [];
  const message = `The matricule of the INS says otherwise than the patient's traits: ${differing.join(", ")} (ECO.3.1.5).`;
  return [{ severity: "warning", code: "ins_traits_differ", message, ...(path === "" ? {} : { path }) }];
}
