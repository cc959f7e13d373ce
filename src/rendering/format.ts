import {
  type Address,
  type Code,
  hasQualifier,
  type Id,
  type Organization,
  type PatientName,
  type PersonName,
  type Telecom,
} from "../cda/index.js";
import { INS_OIDS } from "../identity/index.js";
import { MONTHS } from "../months.js";
import { plainOf } from "../plain-text.js";
import type { Language } from "./types.js";
import { labelOf, labelsIn, wordsIn } from "./words.js";

/** A text of the header on one line, without what would show another text than the one kept. */
export const clean = (text: string): string => plainOf(text.replace(/[ \t\r\n]+/g, " ")).trim();

/**
 * A time of HL7, as precise as it is written: `20140402145521+0200` is `02/04/2014 à 14:55`. It is the local time of where it
 * was written; an offset that is not of metropolitan France is shown. What is no time stays as it is.
 */
export function formatTime(time: string, language: Language): string {
  const parts = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\d\d(?:\.\d+)?)?)?)?)?)?([+-]\d{4}|Z)?$/.exec(
    time.trim(),
  );
  if (parts === null) return clean(time);
  const [, year = "", month, day, hour, minute, zone] = parts;
  const date =
    language === "en"
      ? [day && String(Number(day)), month && (MONTHS[Number(month) - 1] ?? month), year].filter(Boolean).join(" ")
      : [day, month, year].filter(Boolean).join("/");
  if (hour === undefined) return date;
  const offset =
    zone === undefined || zone === "+0100" || zone === "+0200"
      ? ""
      : zone === "Z"
        ? " UTC"
        : ` (UTC${zone.slice(0, 3)}:${zone.slice(3)})`;
  return `${date} ${wordsIn(language).at} ${hour}:${minute ?? "00"}${offset}`;
}

export function formatInterval(time: { low?: string; high?: string } | undefined, language: Language): string {
  const words = wordsIn(language);
  const low = time?.low && formatTime(time.low, language);
  const high = time?.high && formatTime(time.high, language);
  if (low && high) return low === high ? low : `${words.from} ${low} ${words.to} ${high}`;
  return low ?? (high ? `${words.until} ${high}` : "");
}

const TITLES: Readonly<Record<string, string>> = { DR: "Dr", PR: "Pr", MME: "Mme", MLLE: "Mlle", M: "M.", MR: "M." };
const title = (text: string): string => labelOf(TITLES, clean(text).replace(/\.$/, "").toUpperCase()) ?? clean(text);

/** `Dr Anne LEROY`: the professional title stands in `suffix` or `prefix`, as software pleases; the civility gives way to it. */
export function formatPerson(person: PersonName | undefined, families?: readonly PatientName[]): string {
  if (person === undefined) return "";
  const titles = [person.suffix, person.prefix].flatMap((text) => (text ? [title(text)] : []));
  const professional: string[] = titles.filter((text) => text === "Dr" || text === "Pr");
  const others = titles.filter((text) => !professional.includes(text) && !Object.values(TITLES).includes(text));
  const shown = professional[0] ?? titles.find((text) => !others.includes(text));
  const family = familyOf(person, families);
  return [shown, person.given && clean(person.given), family, ...others].filter(Boolean).join(" ");
}

function familyOf(person: PersonName, families: readonly PatientName[] = []): string | undefined {
  const of = (qualifier: string) => families.find((name) => hasQualifier(name, qualifier))?.value;
  const [birth, used] = [of("BR"), of("CL") ?? of("SP")];
  if (birth === undefined || used === undefined || clean(birth) === clean(used))
    return person.family && clean(person.family);
  return `${clean(used)} (${clean(birth)})`;
}

/** Parts that are codes for machines: of the town, of the country. */
const isCode = (name: string, value: string): boolean =>
  (name === "county" && /^[0-9AB]{4,6}$/.test(value)) || (name === "state" && /^[A-Z]{2}$/.test(value));

/** On one line, in the order of the document; commas before the town and between lines. */
export function formatAddress(address: Address): string {
  const parts = address.parts.filter(({ name, value }) => !isCode(name, value.trim()) && name !== "delimiter");
  let text = "";
  for (const [index, { name, value }] of parts.entries()) {
    const before = parts[index - 1]?.name;
    const together =
      (before === "postalCode" && name === "city") ||
      (/^houseNumber|^streetName|^direction/.test(before ?? "") && /^streetName|^direction/.test(name));
    text += `${text === "" ? "" : together ? " " : ", "}${clean(value)}`;
  }
  return text;
}

/** `tel:` and `mailto:` as a person writes them, with what they are for. */
export function formatTelecom({ value, use }: Telecom, language: Language): string {
  if (value === undefined) return "";
  const bare = clean(value.replace(/^(?:tel|fax|mailto):/i, "").replace(/^\/\//, ""));
  if (bare === "") return "";
  const phone = /^0\d{9}$/.test(bare) ? bare.replace(/\d\d(?=\d)/g, "$& ") : bare;
  const isFax = /^fax:/i.test(value);
  const uses = (use ?? "").split(/\s+/).flatMap((code) => labelOf(labelsIn(language).use, code) ?? []);
  const told = [...(isFax ? ["fax"] : []), ...(/^mailto:/i.test(value) ? [] : uses)];
  return told.length === 0 ? phone : `${phone} (${told.join(", ")})`;
}

export function formatCode(code: Code | undefined): string {
  if (code === undefined) return "";
  return clean(code.displayName ?? code.code);
}

/** `extension (root)`; a root alone is the identifier. */
export function formatId(id: Id): string {
  const caret = id.indexOf("^");
  return clean(caret < 0 ? id : `${id.slice(caret + 1)} (${id.slice(0, caret)})`);
}

/** The part of an identifier that people read. */
export const shortId = (id: Id): string => clean(id.slice(id.indexOf("^") + 1));

export function formatOrganization(organization: Organization | undefined): string {
  if (organization === undefined) return "";
  return clean(organization.name ?? "") || (organization.id ? shortId(organization.id) : "");
}

/** `1 85 05 78 006 048 22 (NIR)`: the matricule in its parts, and its nature. */
export function formatIns({ value, oid }: { value: string; oid?: string }, language: Language): string {
  const bare = clean(value);
  const parts = /^(\d)(\d\d)(\d\d)(\d\d|2[AB])(\d{3})(\d{3})(\d\d)$/i.exec(bare);
  const shown = parts ? parts.slice(1).join(" ") : bare;
  if (oid === undefined) return shown;
  const kind = oid === INS_OIDS.nia ? "NIA" : "NIR";
  return `${shown} (${kind}${isTestOid(oid) ? `, ${wordsIn(language).insTest}` : ""})`;
}

export const isTestOid = (oid: string): boolean => oid === INS_OIDS.testNir || oid === INS_OIDS.demoNir;

export function formatSize(bytes: number, language: Language): string {
  const words = wordsIn(language);
  if (bytes < 1_000) return `${bytes} ${words.bytes}`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, words.kilobytes] : [bytes / 1_000_000, words.megabytes];
  const rounded = value < 10 ? value.toFixed(1) : String(Math.round(value));
  return `${language === "fr" ? rounded.replace(".", ",") : rounded} ${unit}`;
}
