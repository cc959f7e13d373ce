import { defined } from "../../defined.js";
import { isFiness, isMssAddress, isRpps, isSiret } from "../../identity/index.js";
import { plainOf } from "../../plain-text.js";
import type { DirectoryEntry, DirectoryMailboxType } from "../../seams/index.js";
import { professionOf } from "../professions.js";

/** Which attributes say what; the first that has a value counts. Names of attributes of LDAP. */
export interface LdapAttributes {
  address: readonly string[];
  name?: readonly string[];
  family?: readonly string[];
  given?: readonly string[];
  civility?: readonly string[];
  type?: readonly string[];
  /** 11 digits, or a national identifier that begins with 8. */
  rpps?: readonly string[];
  idNat?: readonly string[];
  finess?: readonly string[];
  siret?: readonly string[];
  structure?: readonly string[];
  service?: readonly string[];
  /** A code or a label. */
  profession?: readonly string[];
  specialty?: readonly string[];
  street?: readonly string[];
  postalCode?: readonly string[];
  city?: readonly string[];
  department?: readonly string[];
  country?: readonly string[];
  /** TRUE, 1, O, OUI, Y, YES. */
  paperless?: readonly string[];
  redList?: readonly string[];
}

/** Attributes of `inetOrgPerson`: no schema of the national or of a regional directory is published (interfaces.md §4c). */
export const DEFAULT_ATTRIBUTES: LdapAttributes = {
  address: ["mail"],
  name: ["displayName", "cn"],
  family: ["sn"],
  given: ["givenName"],
  structure: ["o"],
  service: ["ou"],
  profession: ["title"],
  street: ["street", "postalAddress"],
  postalCode: ["postalCode"],
  city: ["l"],
  department: ["st"],
  country: ["c"],
};

/** An entry as the engine gives it. */
export type LdapObject = Record<string, Buffer | Buffer[] | string[] | string>;

const TYPES: ReadonlySet<string> = new Set(["PER", "ORG", "APP", "CAB", "INT", "MED"]);
const MAX_VALUES = 100;
const MAX_TEXT = 300;

/** The mailboxes of an entry; a mail address outside the trust space is none. */
export function entriesOf(object: LdapObject, attributes: LdapAttributes, asOf: string): DirectoryEntry[] {
  const byName = new Map(
    Object.entries(object).map(([name, value]) => [name.toLowerCase().split(";")[0] ?? "", value]),
  );
  const values = (names: readonly string[] = []): string[] =>
    names.flatMap((name) => texts(byName.get(name.toLowerCase()) ?? []));
  const one = (names: readonly string[] | undefined): string | undefined => values(names)[0];

  const family = one(attributes.family);
  const given = one(attributes.given);
  const idNat = one(attributes.idNat);
  const rpps = [one(attributes.rpps), idNat]
    .map((value) => value?.replace(/^8(?=\d{11}$)/, ""))
    .find((value) => value !== undefined && isRpps(value, { checkKey: false }));
  const finess = one(attributes.finess);
  const siret = one(attributes.siret);
  const structure = defined({
    name: one(attributes.structure),
    finess: finess !== undefined && isFiness(finess, { checkKey: false }) ? finess : undefined,
    siret: siret !== undefined && isSiret(siret, { checkKey: false }) ? siret : undefined,
    service: one(attributes.service),
  });
  const type = one(attributes.type)?.toUpperCase();
  const profession = one(attributes.profession);
  const specialty = one(attributes.specialty);
  const person = family !== undefined || given !== undefined || rpps !== undefined;
  const shared = defined({
    type: (type !== undefined && TYPES.has(type) ? type : person ? "PER" : "ORG") as DirectoryMailboxType,
    name:
      one(attributes.name) ??
      ([given, family].filter((part) => part !== undefined).join(" ") || (structure.name ?? "")),
    family,
    given,
    civility: one(attributes.civility),
    rpps,
    idNat,
    structure: Object.keys(structure).length > 0 ? structure : undefined,
    profession: profession === undefined ? undefined : coded(profession, true),
    specialty: specialty === undefined ? undefined : coded(specialty, false),
    street: one(attributes.street),
    postalCode: one(attributes.postalCode),
    city: one(attributes.city),
    department: one(attributes.department),
    country: one(attributes.country),
    paperless: isTrue(one(attributes.paperless)),
    redList: isTrue(one(attributes.redList)) === true ? true : undefined,
    source: "ldap" as const,
    asOf,
  });
  const addresses = [...new Set(values(attributes.address).filter((value) => isMssAddress(value)))];
  return addresses.map((address) => ({ address, ...shared }));
}

function texts(value: LdapObject[string]): string[] {
  return (Array.isArray(value) ? value : [value])
    .slice(0, MAX_VALUES)
    .map((one) => plainOf(String(one)).trim().slice(0, MAX_TEXT))
    .filter((one) => one !== "");
}

const coded = (value: string, isProfession: boolean) => {
  if (!/^[A-Z]{0,4}\d{1,4}$/i.test(value)) return { label: value };
  return isProfession ? professionOf(value) : { code: value };
};

function isTrue(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  return /^(true|1|o|oui|y|yes)$/i.test(value);
}
