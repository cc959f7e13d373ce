import { MedimailError } from "../../errors.js";
import type { DirectoryEntry } from "../../seams/index.js";
import type { ReadLine } from "../import.js";
import { entriesOf, type LdapAttributes } from "../ldap/entries.js";
import { fold } from "../words.js";
import type { CsvRow } from "./csv.js";
import type { RegionalField, RegionalProfile } from "./types.js";

/** Turns rows into entries by a profile; the first row names the columns where there is a header. */
export class RowReader {
  readonly #profile: RegionalProfile;
  readonly #asOf: string;
  /** Field and place of its column, from 0. */
  #places: [RegionalField, number][] | undefined;
  #attributes: LdapAttributes;

  constructor(profile: RegionalProfile, asOf: string) {
    this.#profile = profile;
    this.#asOf = asOf;
    const fields = Object.keys(profile.columns) as RegionalField[];
    this.#attributes = Object.fromEntries(fields.map((field) => [field, [field]])) as unknown as LdapAttributes;
    if (profile.header === false) this.#places = this.#placed(undefined);
  }

  /** Undefined for the header. @throws MedimailError `directory_file_invalid` where a column is not there */
  read({ line, cells }: CsvRow): ReadLine | undefined {
    if (this.#places === undefined) {
      if (!cells) throw missing("the header cannot be read");
      this.#places = this.#placed(cells);
      return undefined;
    }
    if (!cells) return { line, fault: "quote not closed, or too many columns" };
    const object = Object.fromEntries(this.#places.map(([field, place]) => [field, cells[place] ?? ""]));
    const [entry] = entriesOf(object, this.#attributes, this.#asOf);
    if (!entry) return { line, fault: "no address of the trust space" };
    return { line, entry: { ...entry, source: "regional" } satisfies DirectoryEntry };
  }

  #placed(header: readonly string[] | undefined): [RegionalField, number][] {
    const names = header?.map((name) => compared(name.replace(/^\ufeff/, "")));
    return (Object.entries(this.#profile.columns) as [RegionalField, string | number | undefined][]).flatMap(
      ([field, column]): [RegionalField, number][] => {
        if (column === undefined) return [];
        if (typeof column === "number") {
          if (header && column > header.length) throw missing(`the file has no column ${column}`);
          return [[field, column - 1]];
        }
        const place = names?.indexOf(compared(column)) ?? -1;
        if (place < 0) throw missing(`the file has no column "${column}"`);
        if (names?.lastIndexOf(compared(column)) !== place) throw missing(`the file has two columns "${column}"`);
        return [[field, place]];
      },
    );
  }
}

/** A heading of signs alone (`#`) is not the same as no heading. */
const compared = (heading: string): string => fold(heading) || heading.trim();

const missing = (what: string): MedimailError =>
  new MedimailError("directory_file_invalid", what, {
    path: "directory.regional.columns",
    hint: "Describe the columns of the file in directory.regional.columns. The index in use stays.",
  });
