import { defined } from "../../defined.js";
import { plainOf } from "../../plain-text.js";
import type { DirectoryCode, DirectoryEntry, DirectoryMailboxType, DirectorySource } from "../../seams/index.js";

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
  const text = (at: number): string | undefined => field[at] || undefined;
  const code = (at: number): DirectoryCode | undefined =>
    field[at] || field[at + 1] ? defined({ code: text(at), label: text(at + 1) }) : undefined;
  const structure = defined({
    name: text(8),
    tradeName: text(9),
    finess: text(10),
    siret: text(11),
    idNat: text(12),
    service: text(13),
  });
  return defined({
    address: field[0] ?? "",
    type: (field[1] ?? "PER") as DirectoryMailboxType,
    name: field[2] ?? "",
    family: text(3),
    given: text(4),
    civility: text(5),
    rpps: text(6),
    idNat: text(7),
    structure: Object.keys(structure).length > 0 ? structure : undefined,
    profession: code(14),
    category: code(16),
    specialty: code(18),
    street: text(20),
    postalCode: text(21),
    city: text(22),
    department: text(23),
    country: text(24),
    paperless: unflag(field[25]),
    redList: unflag(field[26]),
    rank: field[27] ? Number(field[27]) : undefined,
    source,
    asOf,
  }) as DirectoryEntry;
}

const flag = (value: boolean | undefined): string => (value === undefined ? "" : value ? "1" : "0");
const unflag = (text: string | undefined): boolean | undefined => (text ? text === "1" : undefined);
