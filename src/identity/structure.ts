import type { Branded, ParseOptions } from "./brand.js";
import { hasLuhnKey } from "./luhn.js";
import { passes, refuse } from "./refuse.js";

/** Number of an establishment in the national file: 9 characters, the last a Luhn key. */
export type Finess = Branded<string, "Finess">;
/** Number of an enterprise: 9 digits, the last a Luhn key. */
export type Siren = Branded<string, "Siren">;
/** Number of one place of an enterprise: SIREN and 5 digits, the last a Luhn key. */
export type Siret = Branded<string, "Siret">;

const LA_POSTE = "356000000";

/**
 * A FINESS number. For the key, the letter of Corsica counts as a digit: `2A…` as 21…, `2B…` as 22… (seen on known
 * establishments; no normative text was read).
 *
 * @throws MedimailError `identity_invalid`
 */
export function parseFiness(value: string, options: ParseOptions = {}): Finess {
  if (!/^(?:\d\d|2[AB])\d{7}$/.test(value)) refuse("a FINESS number has 9 characters", options);
  const digits = value.replace("A", "1").replace("B", "2");
  if (options.checkKey !== false && !hasLuhnKey(digits)) refuse("the key of the FINESS number is wrong", options);
  return value as Finess;
}

export function isFiness(value: string, options?: ParseOptions): boolean {
  return passes(() => parseFiness(value, options));
}

/** @throws MedimailError `identity_invalid` */
export function parseSiren(value: string, options: ParseOptions = {}): Siren {
  if (!/^\d{9}$/.test(value)) refuse("a SIREN number has 9 digits", options);
  if (options.checkKey !== false && !hasLuhnKey(value)) refuse("the key of the SIREN number is wrong", options);
  return value as Siren;
}

export function isSiren(value: string, options?: ParseOptions): boolean {
  return passes(() => parseSiren(value, options));
}

function hasSiretKey(value: string): boolean {
  if (hasLuhnKey(value)) return true;
  // The post offices of La Poste have a plain sum that is a multiple of five instead of a Luhn key.
  if (!value.startsWith(LA_POSTE)) return false;
  return [...value].reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0;
}

/** @throws MedimailError `identity_invalid` */
export function parseSiret(value: string, options: ParseOptions = {}): Siret {
  if (!/^\d{14}$/.test(value)) refuse("a SIRET number has 14 digits", options);
  if (options.checkKey !== false && !hasSiretKey(value)) refuse("the key of the SIRET number is wrong", options);
  return value as Siret;
}

export function isSiret(value: string, options?: ParseOptions): boolean {
  return passes(() => parseSiret(value, options));
}
