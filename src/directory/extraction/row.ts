import { isMssAddress } from "../../identity/index.js";
import type { DirectoryCode, DirectoryEntry, DirectoryMailboxType, DirectoryStructure } from "../../seams/index.js";

/** Why a line cannot be used. */
export type RowFault = "columns" | "charset" | "type" | "address" | "name";

const TYPES: ReadonlySet<string> = new Set(["PER", "ORG", "APP", "CAB"]);

/** One line of the extraction as an entry (ANN/va1.02: RPPS, names, profession, specialty, category, address). */
export function readRow(given: readonly string[], asOf: string): DirectoryEntry | RowFault {
  const field = given.map((text) => text.trim());
  const at = (place: number): string => field[place] ?? "";
  const type = at(0).toUpperCase();
  if (!TYPES.has(type)) return "type";
  const address = at(1).toLowerCase();
  if (!isMssAddress(address)) return "address";
  const structure = structureOf(field);
  const [family, givenName] = [at(9), properCase(at(10))];
  const name = family === "" ? (at(7) === "" ? shownName(structure) : at(7)) : `${givenName} ${family}`.trim();
  if (name === "") return "name";
  const entry: DirectoryEntry = { address, type: type as DirectoryMailboxType, name, source: "extraction", asOf };
  if (family !== "") entry.family = family;
  if (givenName !== "") entry.given = givenName;
  if (at(8) !== "") entry.civility = at(8);
  if (/^\d{11}$/.test(at(3))) entry.rpps = at(3);
  if (at(4) !== "") entry.idNat = at(4);
  else if (entry.rpps) entry.idNat = `8${entry.rpps}`;
  if (structure) entry.structure = structure;
  put(entry, "category", at(11), at(12));
  put(entry, "profession", at(13), at(14));
  put(entry, "specialty", at(15), at(16));
  const street = [at(20), at(21), `${at(22)} ${at(23)} ${at(24)} ${at(25)}`.replace(/ +/g, " ").trim(), at(26)];
  const lines = street.filter((line) => line !== "").join(", ");
  if (lines !== "") entry.street = lines;
  const route = /^(\d{5})?\s*(.*?)(?: CEDEX.*)?$/i.exec(at(27));
  if (at(28) !== "" || route?.[1]) entry.postalCode = at(28) || (route?.[1] ?? "");
  if (route?.[2]) entry.city = route[2];
  if (at(29) !== "") entry.department = at(29);
  if (at(30) !== "") entry.country = at(30);
  if (/^(o|oui|1|true|vrai)$/i.test(at(17))) entry.paperless = true;
  else if (/^(n|non|0|false|faux)$/i.test(at(17))) entry.paperless = false;
  return entry;
}

function put(entry: DirectoryEntry, name: "category" | "profession" | "specialty", code: string, label: string): void {
  if (code === "" && label === "") return;
  const value: DirectoryCode = {};
  if (code !== "") value.code = code;
  if (label !== "") value.label = label;
  entry[name] = value;
}

/** The number with its prefix, or bare: the length tells (FINESS 9, SIREN 9, SIRET 14). */
function structureOf(field: readonly string[]): DirectoryStructure | undefined {
  const [kind = "", number = "", service = "", name = "", tradeName = ""] = [5, 6, 7, 18, 19].map(
    (at) => field[at] ?? "",
  );
  const structure: DirectoryStructure = {};
  if (name !== "") structure.name = name;
  if (tradeName !== "") structure.tradeName = tradeName;
  if (service !== "") structure.service = service;
  const bare = number.startsWith(kind) && /^([12].{9}|3.{14}|[04].*)$/.test(number) ? number.slice(1) : number;
  if (number !== "") structure.idNat = bare === number ? `${kind}${number}` : number;
  if (kind === "1" && bare.length === 9) structure.finess = bare;
  if (kind === "3" && bare.length === 14) structure.siret = bare;
  return Object.keys(structure).length > 0 ? structure : undefined;
}

const shownName = (structure: DirectoryStructure | undefined): string => structure?.tradeName ?? structure?.name ?? "";

/** `JEAN-PIERRE` as it is read: `Jean-Pierre`. What is not all capitals stays. */
function properCase(name: string): string {
  if (name === "" || name !== name.toUpperCase()) return name;
  return name
    .toLowerCase()
    .replace(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => `${before}${letter.toUpperCase()}`);
}
