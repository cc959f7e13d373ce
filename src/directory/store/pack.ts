import { plainOf } from "../../plain-text.js";
import type {
  DirectoryCode,
  DirectoryEntry,
  DirectoryMailboxType,
  DirectorySource,
  DirectoryStructure,
} from "../../seams/index.js";

const SEPARATOR = "\u001f";

/** An entry as one text of the index: its fields in this order. What comes in loses its control characters, so that none is a separator. */
export function packEntry(entry: DirectoryEntry): string {
  const { structure, profession, category, specialty } = entry;
  return [
    entry.address,
    entry.type,
    entry.name,
    entry.family,
    entry.given,
    entry.civility,
    entry.rpps,
    entry.idNat,
    structure?.name,
    structure?.tradeName,
    structure?.finess,
    structure?.siret,
    structure?.idNat,
    structure?.service,
    profession?.code,
    profession?.label,
    category?.code,
    category?.label,
    specialty?.code,
    specialty?.label,
    entry.street,
    entry.postalCode,
    entry.city,
    entry.department,
    entry.country,
    flag(entry.paperless),
    flag(entry.redList),
    entry.rank === undefined ? "" : String(entry.rank),
  ]
    .map((field) => (field === undefined ? "" : plainOf(field)))
    .join(SEPARATOR);
}

export function unpackEntry(packed: string, source: DirectorySource, asOf: string): DirectoryEntry {
  const field = packed.split(SEPARATOR);
  const at = (place: number): string => field[place] ?? "";
  const entry: DirectoryEntry = { address: at(0), type: at(1) as DirectoryMailboxType, name: at(2), source, asOf };
  put(entry, "family", at(3));
  put(entry, "given", at(4));
  put(entry, "civility", at(5));
  put(entry, "rpps", at(6));
  put(entry, "idNat", at(7));
  const structure: DirectoryStructure = {};
  put(structure, "name", at(8));
  put(structure, "tradeName", at(9));
  put(structure, "finess", at(10));
  put(structure, "siret", at(11));
  put(structure, "idNat", at(12));
  put(structure, "service", at(13));
  if (Object.keys(structure).length > 0) entry.structure = structure;
  for (const [place, name] of CODES) {
    const code: DirectoryCode = {};
    put(code, "code", at(place));
    put(code, "label", at(place + 1));
    if (code.code || code.label) entry[name] = code;
  }
  put(entry, "street", at(20));
  put(entry, "postalCode", at(21));
  put(entry, "city", at(22));
  put(entry, "department", at(23));
  put(entry, "country", at(24));
  if (at(25) !== "") entry.paperless = at(25) === "1";
  if (at(26) !== "") entry.redList = at(26) === "1";
  if (at(27) !== "") entry.rank = Number(at(27));
  return entry;
}

const CODES = [
  [14, "profession"],
  [16, "category"],
  [18, "specialty"],
] as const;

/** Sets what is there: an absent field is not an empty one. */
function put<K extends string>(object: Partial<Record<K, string>>, name: K, value: string): void {
  if (value !== "") object[name] = value;
}

const flag = (value: boolean | undefined): string => (value === undefined ? "" : value ? "1" : "0");
