/**
 * The search parameters of Annuaire Santé v2 (interfaces.md §4a), by their own names.
 */

/** A text: the beginning of what is meant, any part of it, or all of it to the letter. A list: one of them. */
export type FhirText =
  | string
  | readonly string[]
  | { contains: string | readonly string[] }
  | { exact: string | readonly string[] };

/** A code or an identifier, with or without its system. `{ not }`: any other. A list: one of them. */
export type FhirToken =
  | FhirTokenValue
  | readonly FhirTokenValue[]
  | { not: FhirTokenValue | readonly FhirTokenValue[] };
export type FhirTokenValue = string | { system: string; code?: string };

/** A date with its comparison: `ge2026-08-30`. A list: all of them hold. */
export type FhirDate = string | readonly string[];

/** The technical id of a resource, or a reference (`Practitioner/003-1`). A list: one of them. */
export type FhirReference = string | readonly string[];

interface Common {
  _id?: FhirReference;
  _lastUpdated?: FhirDate;
  active?: boolean;
  identifier?: FhirToken;
  /** Any part of the address: `{ contains: "@medecin.mssante.fr" }`; `{ contains: "@" }` for whoever has a mailbox. */
  "mailbox-mss"?: FhirText;
  "data-information-system"?: FhirToken;
}

/** What is returned beside and of the matches. */
export interface ResultParameters {
  /** Resources a page. The server's default: 50. */
  _count?: number;
  _total?: "none" | "estimate" | "accurate";
  /** Names of the elements that are returned; a subset cannot be made into directory entries. */
  _elements?: readonly string[];
  _include?: readonly string[];
  _revinclude?: readonly string[];
}

export interface PractitionerParameters extends Common, ResultParameters {
  family?: FhirText;
  given?: FhirText;
  /** A part of the whole name, civility included. A list of lists is no use here: give several words as `all`. */
  name?: FhirText | { all: readonly string[] };
  "identifier-type"?: FhirToken;
  "number-smartcard"?: FhirText;
  /** Diploma, profession, specialty or category. `{ all }`: each of them. */
  "qualification-code"?: FhirToken | { all: readonly FhirTokenValue[] };
}

export interface PractitionerRoleParameters extends Common, ResultParameters {
  "data-registration-authority"?: FhirToken;
  organization?: FhirReference;
  practitioner?: FhirReference;
  /** Function, kind of activity, mode of practice, section of the pharmacists' table. */
  role?: FhirToken;
}

export interface OrganizationParameters extends Common, ResultParameters {
  address?: FhirText;
  "address-city"?: FhirText;
  "address-postalcode"?: FhirText;
  "identifier-type"?: FhirToken;
  name?: FhirText | { all: readonly string[]; contains?: boolean };
  partof?: FhirReference;
  "pharmacy-licence"?: FhirText;
  /** Sector of activity (`SA05`: health centre), category, legal form. */
  type?: FhirToken;
}

export interface FhirSearches {
  Practitioner: PractitionerParameters;
  PractitionerRole: PractitionerRoleParameters;
  Organization: OrganizationParameters;
}
export type FhirResourceType = keyof FhirSearches;

type Parameter =
  | boolean
  | number
  | FhirText
  | FhirToken
  | { all: readonly FhirTokenValue[]; contains?: boolean }
  | undefined;

const DATES: ReadonlySet<string> = new Set(["_lastUpdated"]);
/** Lists that FHIR repeats instead of joining. */
const REPEATED: ReadonlySet<string> = new Set(["_include", "_revinclude"]);

/** The query of a search, each value escaped for FHIR (`,` `$` `|` `\` mean something there). */
export function searchParameters<T extends FhirResourceType>(parameters: FhirSearches[T]): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters) as [string, Parameter][]) {
    if (value === undefined) continue;
    if (typeof value === "boolean" || typeof value === "number") query.append(name, String(value));
    else if (DATES.has(name) || REPEATED.has(name)) for (const one of listed(value)) query.append(name, String(one));
    else if (name === "_elements") query.append(name, listed(value).join(","));
    else append(query, name, value);
  }
  return query;
}

function append(query: URLSearchParams, name: string, value: Exclude<Parameter, boolean | number | undefined>): void {
  if (typeof value === "string" || Array.isArray(value)) query.append(name, oneOf(value));
  else if ("all" in value)
    for (const one of value.all) query.append(value.contains ? `${name}:contains` : name, escaped(one));
  else if ("contains" in value) query.append(`${name}:contains`, oneOf(value.contains as string));
  else if ("exact" in value) query.append(`${name}:exact`, oneOf(value.exact));
  else if ("not" in value) query.append(`${name}:not`, oneOf(value.not));
  else query.append(name, escaped(value as FhirTokenValue));
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const oneOf = (value: FhirTokenValue | readonly FhirTokenValue[]): string =>
  (listed(value) as readonly FhirTokenValue[]).map(escaped).join(",");

function escaped(value: FhirTokenValue): string {
  if (typeof value === "string") return escapedText(value);
  return `${escapedText(value.system)}|${escapedText(value.code ?? "")}`;
}

const escapedText = (text: string): string => text.replace(/[\\$,|]/g, "\\$&");
