import type { Branded, ParseOptions } from "./brand.js";
import { hasLuhnKey } from "./luhn.js";
import { passes, refuse } from "./refuse.js";

/** Number of a professional in the national directory: 11 digits, the last a Luhn key. */
export type Rpps = Branded<string, "Rpps">;
/** Older number of a professional: 9 characters. */
export type Adeli = Branded<string, "Adeli">;

/** @throws MedimailError `identity_invalid` */
export function parseRpps(value: string, options: ParseOptions = {}): Rpps {
  if (!/^\d{11}$/.test(value)) refuse("an RPPS number has 11 digits", options);
  if (options.checkKey !== false && !hasLuhnKey(value)) refuse("the key of the RPPS number is wrong", options);
  return value as Rpps;
}

export function isRpps(value: string, options?: ParseOptions): boolean {
  return passes(() => parseRpps(value, options));
}

/** The second character is a letter for Corsica and overseas. No key is checked: none is published. @throws MedimailError `identity_invalid` */
export function parseAdeli(value: string, options: ParseOptions = {}): Adeli {
  if (!/^\d[\dA-F]\d{7}$/.test(value)) refuse("an ADELI number has 9 characters", options);
  return value as Adeli;
}

export function isAdeli(value: string, options?: ParseOptions): boolean {
  return passes(() => parseAdeli(value, options));
}
