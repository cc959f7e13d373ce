import type { TableCode } from "./document-types.js";

/** Values allowed in confidentialityCode (JDV_J08). */
export type ConfidentialityCode =
  | "N"
  | "R"
  | "V"
  | "INVISIBLE_PATIENT"
  | "INVISIBLE_REPRESENTANTS_LEGAUX"
  | "MASQUE_PS";

/** HL7 Confidentiality. */
export const CONFIDENTIALITY_SYSTEM = "2.16.840.1.113883.5.25";
/** Visibility of a document (TRE_A07): the masks. */
export const VISIBILITY_SYSTEM = "1.2.250.1.213.1.1.4.13";

const level = (code: string, displayName: string) => ({ code, codeSystem: CONFIDENTIALITY_SYSTEM, displayName });
const mask = (code: string, displayName: string) => ({ code, codeSystem: VISIBILITY_SYSTEM, displayName });

/** JDV_J08, keyed by code. */
export const confidentialityCodes: Readonly<Record<ConfidentialityCode, Readonly<TableCode>>> = {
  N: level("N", "Normal"),
  R: level("R", "Restreint"),
  V: level("V", "Très restreint"),
  INVISIBLE_PATIENT: mask("INVISIBLE_PATIENT", "Non visible par le patient"),
  INVISIBLE_REPRESENTANTS_LEGAUX: mask(
    "INVISIBLE_REPRESENTANTS_LEGAUX",
    "Non visible par les représentants légaux du patient",
  ),
  MASQUE_PS: mask("MASQUE_PS", "Masqué aux professionnels de santé"),
};

/** True for a code of JDV_J08. */
export function isConfidentialityCode(code: string): code is ConfidentialityCode {
  return Object.hasOwn(confidentialityCodes, code);
}
