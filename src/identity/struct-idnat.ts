import type { Branded, ParseOptions } from "./brand.js";
import { passes, refuse } from "./refuse.js";
import { parseFiness, parseSiren, parseSiret } from "./structure.js";

/** OID of national identifiers of structures. */
export const STRUCT_IDNAT_OID = "1.2.250.1.71.4.2.2";

export type StructIdNatKind = "CABINET_ADELI" | "FINESS" | "SIREN" | "SIRET" | "CABINET_RPPS";

/** A national identifier of a structure (Struct_IdNat). */
export type StructIdNat = Branded<
  {
    /** As written, prefix included. */
    readonly value: string;
    readonly kind: StructIdNatKind;
    /** The number after the prefix. */
    readonly number: string;
  },
  "StructIdNat"
>;

const KINDS: Readonly<Record<string, StructIdNatKind>> = {
  0: "CABINET_ADELI",
  1: "FINESS",
  2: "SIREN",
  3: "SIRET",
  4: "CABINET_RPPS",
};

/**
 * A national identifier of a structure: `1` and a FINESS number, `2` SIREN, `3` SIRET, `0` a practice by ADELI,
 * `4` a practice by RPPS.
 *
 * @throws MedimailError `identity_invalid`
 */
export function parseStructIdNat(value: string, options: ParseOptions = {}): StructIdNat {
  const kind = KINDS[value.charAt(0)];
  if (kind === undefined) refuse("the prefix is not one of a national identifier of a structure", options);
  const number = value.slice(1);
  if (kind === "FINESS") parseFiness(number, options);
  else if (kind === "SIREN") parseSiren(number, options);
  else if (kind === "SIRET") parseSiret(number, options);
  else if (!/^[0-9A-Z/]{9,24}$/.test(number)) refuse("the number of the practice is malformed", options);
  return { value, kind, number } as StructIdNat;
}

export function isStructIdNat(value: string, options?: ParseOptions): boolean {
  return passes(() => parseStructIdNat(value, options));
}
