import type { Branded, ParseOptions } from "./brand.js";
import { parseAdeli, parseRpps } from "./professional.js";
import { passes, refuse } from "./refuse.js";
import { parseFiness, parseSiren, parseSiret } from "./structure.js";

/** OID of national identifiers of professionals. */
export const IDNPS_OID = "1.2.250.1.71.4.2.1";

/** What a national identifier of a professional is made of: its first character says it. */
export type IdNpsKind = "ADELI" | "CABINET_ADELI" | "FINESS" | "SIREN" | "SIRET" | "CABINET_RPPS" | "RPPS";

/** A national identifier of a professional (PS_IdNat). */
export type IdNps = Branded<
  {
    /** As written, prefix included. */
    readonly value: string;
    readonly kind: IdNpsKind;
    /** The number after the prefix, without the internal part. */
    readonly number: string;
    /** The part after `/`: the identifier of the person within the structure. */
    readonly internal?: string;
  },
  "IdNps"
>;

const KINDS: Readonly<Record<string, IdNpsKind>> = {
  0: "ADELI",
  1: "CABINET_ADELI",
  3: "FINESS",
  4: "SIREN",
  5: "SIRET",
  6: "CABINET_RPPS",
  8: "RPPS",
};

function checkNumber(kind: IdNpsKind, number: string, options: ParseOptions): void {
  if (kind === "RPPS") parseRpps(number, options);
  else if (kind === "ADELI") parseAdeli(number, options);
  else if (kind === "FINESS") parseFiness(number, options);
  else if (kind === "SIREN") parseSiren(number, options);
  else if (kind === "SIRET") parseSiret(number, options);
  else if (!/^[0-9A-Z]{9,16}$/.test(number)) refuse("the number of the practice is malformed", options);
}

/**
 * A national identifier of a professional: `8` and an RPPS number, `0` and an ADELI number, or a structure's number
 * (`3` FINESS, `4` SIREN, `5` SIRET) with `/` and an internal identifier.
 *
 * @throws MedimailError `identity_invalid`
 */
export function parseIdNps(value: string, options: ParseOptions = {}): IdNps {
  const kind = KINDS[value.charAt(0)];
  if (kind === undefined) refuse("the prefix is not one of a national identifier of a professional", options);
  const slash = value.indexOf("/");
  const number = value.slice(1, slash < 0 ? undefined : slash);
  const internal = slash < 0 ? undefined : value.slice(slash + 1);
  const structure = kind === "FINESS" || kind === "SIREN" || kind === "SIRET";
  if (structure && internal === undefined) refuse("a structure's number needs an internal identifier after /", options);
  if ((kind === "RPPS" || kind === "ADELI") && internal !== undefined)
    refuse("an RPPS or ADELI number has no internal identifier", options);
  if (internal !== undefined && !/^[\x21-\x7e]{1,64}$/.test(internal))
    refuse("the internal identifier is malformed", options);
  checkNumber(kind, number, options);
  return { value, kind, number, ...(internal === undefined ? {} : { internal }) } as IdNps;
}

export function isIdNps(value: string, options?: ParseOptions): boolean {
  return passes(() => parseIdNps(value, options));
}
