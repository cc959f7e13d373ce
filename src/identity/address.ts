import type { Branded, ParseOptions } from "./brand.js";
import type { Ins } from "./ins.js";
import { insKey } from "./ins.js";
import { passes, refuse } from "./refuse.js";

/** An address of the MSSanté space: dot-atom in ASCII, domain in lower case. */
export type MssAddress = Branded<string, "MssAddress">;

/** Domain of the patients' mailboxes (ECO.2.2.6). */
export const PATIENT_DOMAIN = "patient.mssante.fr";

export interface MssAddressOptions extends Pick<ParseOptions, "path"> {
  /** Ends that a domain may have, with their dot. Default `.mssante.fr`; give others for an operator's test space. */
  suffixes?: readonly string[];
}

const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * A MSSanté address. Quoted local parts, comments, address literals and characters outside of ASCII are refused; the
 * lengths are those of RFC 5321 §4.5.3.1 (64 before the `@`, 254 in all, 63 a label).
 *
 * @throws MedimailError `mss_address_invalid`
 */
export function parseMssAddress(value: string, options: MssAddressOptions = {}): MssAddress {
  const at = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(at, 0));
  const domain = value.slice(at + 1).toLowerCase();
  if (at < 1 || value.length > 254 || local.length > 64 || !ATOM.test(local))
    refuse("not an address, or longer than RFC 5321 allows", options, "mss_address_invalid");
  if (domain.length > 253 || !domain.split(".").every((label) => label.length <= 63 && LABEL.test(label)))
    refuse("the domain of the address is malformed", options, "mss_address_invalid");
  const suffixes = options.suffixes ?? [".mssante.fr"];
  if (!suffixes.some((suffix) => domain.endsWith(suffix.toLowerCase()) && domain.length > suffix.length))
    refuse("the domain of the address is not of the MSSanté space", options, "mss_address_invalid");
  return `${local}@${domain}` as MssAddress;
}

export function isMssAddress(value: string, options?: MssAddressOptions): boolean {
  return passes(() => parseMssAddress(value, options));
}

/**
 * The mailbox of a patient, made of the INS (ECO.2.2.6); whether the identity is qualified is for the caller to know.
 * A minor's own INS gives the minor's own mailbox (mes-minor).
 */
export function patientAddress(ins: Ins): MssAddress {
  return `${ins.matricule}@${PATIENT_DOMAIN}` as MssAddress;
}

/** Whether an address is of a patient's mailbox: 15 characters of an INS, its key right (ECO.2.2.6). */
export function isPatientAddress(address: string): boolean {
  const match = /^([1-478]\d{4}(?:\d\d|2[AB])\d{6})(\d\d)@patient\.mssante\.fr$/i.exec(address);
  return match?.[1] !== undefined && insKey(match[1]) === match[2];
}

/** Whether an address is in the patients' domain, whatever stands before the `@` (ANS's auto-reply box, mes-test). */
export function isPatientDomain(address: string): boolean {
  return address.toLowerCase().endsWith(`@${PATIENT_DOMAIN}`);
}
