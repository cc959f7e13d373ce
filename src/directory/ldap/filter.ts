import type { Filter } from "ldapts";
import { MedimailError } from "../../errors.js";
import type { DirectoryQuery } from "../../seams/index.js";
import type { LdapAttributes } from "./entries.js";

type Engine = typeof import("ldapts");

/** Parts of a query that a filter may name. */
export const FILTER_FIELDS = [
  "family",
  "given",
  "rpps",
  "finess",
  "siret",
  "structure",
  "profession",
  "specialty",
  "city",
  "address",
] as const;
type Field = (typeof FILTER_FIELDS)[number];

/** Fields whose whole value is asked; of the others the beginning, or any part. */
const WHOLE: ReadonlySet<Field> = new Set(["rpps", "finess", "siret", "address"]);
const PLACEHOLDER = /\{([a-z]+)\}/g;
/** Letters that may stand there with an accent, and what may stand between the parts of a name. */
const DOUBTFUL = /[aceinouyœæ'’\s\p{M}-]+/gu;

/** Refuses a filter template that the directory could not be asked with. @throws MedimailError `invalid_argument` */
export function assertTemplate(engine: Engine, template: string): void {
  const refuse = (why: string): never => {
    throw new MedimailError("invalid_argument", `the filter of the directory ${why}`, {
      path: "directory.ldap.filter",
    });
  };
  for (const [, name] of template.matchAll(PLACEHOLDER))
    if (!FILTER_FIELDS.some((field) => field === name))
      refuse(`names {${name}}; it may name ${FILTER_FIELDS.join(", ")}`);
  if (template.length > 2_000) refuse("is longer than 2 000 characters");
  try {
    engine.FilterParser.parseString(template.replace(PLACEHOLDER, "x"));
  } catch {
    refuse("is no LDAP filter (RFC 4515)");
  }
}

/**
 * The filter of a search: the template with what is asked put in, escaped (RFC 4515), and a filter for each other field that has an attribute. What is
 * typed never becomes a part of the filter's own language.
 *
 * @param loose letters that may have an accent match any; the answer is compared here anyway
 */
export function searchFilter(
  engine: Engine,
  {
    template,
    attributes,
    query,
    words,
    loose,
  }: {
    template: string;
    attributes: LdapAttributes;
    query: DirectoryQuery;
    words: readonly string[];
    loose: boolean;
  },
): Filter {
  const named = new Set([...template.matchAll(PLACEHOLDER)].map(([, name]) => name));
  const filled = template.replace(PLACEHOLDER, (_, name: Field) => {
    const value = query[name]?.trim() ?? "";
    // Without a value the attribute only has to be there.
    return value === "" ? "*" : escaped(value);
  });
  const filters: Filter[] = [engine.FilterParser.parseString(filled)];
  for (const field of FILTER_FIELDS) {
    const value = query[field]?.trim() ?? "";
    const names = attributes[field] ?? [];
    // A profession is asked by its code or by its label, which the attribute need not have: compared here.
    if (value === "" || named.has(field) || names.length === 0 || field === "profession" || field === "specialty")
      continue;
    const isCity = field === "city" && /^\d[\dAB]?\d{0,3}$/i.test(value);
    filters.push(anyOf(engine, isCity ? (attributes.postalCode ?? names) : names, value, WHOLE.has(field), loose));
  }
  const shown = [
    ...new Set(
      [attributes.name, attributes.family, attributes.given, attributes.structure, attributes.city].flatMap(
        (names) => names ?? [],
      ),
    ),
  ];
  for (const word of words) if (shown.length > 0) filters.push(anyOf(engine, shown, word, false, loose));
  const [only] = filters;
  return filters.length === 1 && only ? only : new engine.AndFilter({ filters });
}

function anyOf(engine: Engine, names: readonly string[], value: string, whole: boolean, loose: boolean): Filter {
  const filters = names.map((attribute) =>
    whole
      ? new engine.EqualityFilter({ attribute, value })
      : new engine.SubstringFilter({ attribute, ...(loose ? looseParts(value) : { any: [value] }) }),
  );
  const [only] = filters;
  return filters.length === 1 && only ? only : new engine.OrFilter({ filters });
}

function looseParts(value: string): { any: string[] } {
  const parts = value
    .normalize("NFD")
    .toLowerCase()
    .split(DOUBTFUL)
    .filter((part) => part !== "");
  return { any: parts.length > 0 ? parts : [value] };
}

function escaped(value: string): string {
  return value.replace(/[\\*()\u0000]/g, (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
