import { isIP } from "node:net";
import type { GeneralName } from "pkijs";
import type { Certificate } from "./certificate.js";

const DNS = 2;
const DIRECTORY = 4;
const IP = 7;

/** Whether the names of a certificate are within what an authority above it allows (RFC 5280 §4.2.1.10). DNS names, addresses, directory names. */
export function namesAllowed(certificate: Certificate, authority: Certificate): boolean {
  const constraints = authority.nameConstraints;
  if (!constraints) return true;
  const permitted = (constraints.permittedSubtrees ?? []).map(({ base }) => base);
  const excluded = (constraints.excludedSubtrees ?? []).map(({ base }) => base);
  // A kind of name that cannot be compared here may hide anything: refused.
  if ([...permitted, ...excluded].some(({ type }) => ![DNS, DIRECTORY, IP].includes(type))) return false;
  return names(certificate).every(({ type, value }) => {
    const within = (base: GeneralName) => base.type === type && isWithin(type, value, base.value);
    if (excluded.some(within)) return false;
    const ofKind = permitted.filter((base) => base.type === type);
    return ofKind.length === 0 || ofKind.some(within);
  });
}

function names({ x509 }: Certificate): { type: number; value: string }[] {
  const alternative = (x509.subjectAltName ?? "").split(", ").flatMap((text) => {
    if (text.startsWith("DNS:")) return [{ type: DNS, value: text.slice(4) }];
    return text.startsWith("IP Address:") ? [{ type: IP, value: text.slice(11) }] : [];
  });
  return [...alternative, { type: DIRECTORY, value: x509.subject }];
}

function isWithin(type: number, value: string, base: unknown): boolean {
  if (type === DNS) {
    const suffix = String(base).toLowerCase().replace(/^\./, "");
    const name = value.toLowerCase();
    return suffix === "" || name === suffix || name.endsWith(`.${suffix}`);
  }
  if (type === IP) return addressWithin(value, base);
  return directoryWithin(value, base);
}

function addressWithin(value: string, base: unknown): boolean {
  const bytes = (base as { valueBlock?: { valueHexView?: Uint8Array } }).valueBlock?.valueHexView;
  if (!bytes || isIP(value) !== 4 || bytes.length !== 8) return false;
  return value.split(".").every((part, index) => {
    const mask = bytes[index + 4] ?? 0;
    return (Number(part) & mask) === ((bytes[index] ?? 0) & mask);
  });
}

/** The first attributes of the subject are those of the base, in order. */
function directoryWithin(subject: string, base: unknown): boolean {
  const attributes =
    (base as { typesAndValues?: { value: { valueBlock: { value: unknown } } }[] }).typesAndValues ?? [];
  const values = subject.split("\n").map((line) => fold(line.slice(line.indexOf("=") + 1)));
  return attributes.every(({ value }, index) => fold(String(value.valueBlock.value)) === values[index]);
}

function fold(text: string): string {
  return text.toLowerCase().replace(/\s+/g, " ").trim();
}
