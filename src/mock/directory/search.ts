import type { MockResource } from "./resources.js";

/** What the server cannot do: the code and the words of an OperationOutcome. */
export class Refused extends Error {}

type Values = readonly string[];
type Kind = "string" | "token" | "reference" | "date";
interface Parameter {
  kind: Kind;
  values: (resource: MockResource) => Values;
}

/** Elements of any depth, as texts: `name.family`. */
function at(resource: unknown, path: string): string[] {
  let found: unknown[] = [resource];
  for (const step of path.split("."))
    found = found
      .flatMap((one) => [(one as Record<string, unknown> | null)?.[step]].flat())
      .filter((one) => one !== undefined);
  return found.map(String);
}

const element = (kind: Kind, ...paths: string[]): Parameter => ({
  kind,
  values: (resource) => paths.flatMap((path) => at(resource, path)),
});

function codings(resource: MockResource, path: string): string[] {
  let found: unknown[] = [resource];
  for (const step of path.split("."))
    found = found
      .flatMap((one) => [(one as Record<string, unknown> | null)?.[step]].flat())
      .filter((one) => one !== undefined);
  return found.map((one) => {
    const { system = "", code, value } = one as { system?: string; code?: string; value?: string };
    return `${system}|${code ?? value ?? ""}`;
  });
}
const token = (...paths: string[]): Parameter => ({
  kind: "token",
  values: (resource) => paths.flatMap((path) => codings(resource, path)),
});

/** Only addresses that are mailboxes are found by this one. */
const mailbox: Parameter = {
  kind: "string",
  values: (resource) =>
    ((resource["telecom"] ?? []) as { value?: string; extension?: unknown[] }[]).flatMap(({ value, extension }) =>
      value !== undefined && extension ? [value] : [],
    ),
};
const none: Parameter = { kind: "token", values: () => [] };

const COMMON: Record<string, Parameter> = {
  _id: element("token", "id"),
  _lastUpdated: element("date", "meta.lastUpdated"),
  active: element("token", "active"),
  identifier: token("identifier"),
  "mailbox-mss": mailbox,
  "data-information-system": none,
};

const PARAMETERS: Record<MockResource["resourceType"], Record<string, Parameter>> = {
  Practitioner: {
    ...COMMON,
    family: element("string", "name.family"),
    given: element("string", "name.given"),
    name: element("string", "name.family", "name.given", "name.prefix", "name.suffix"),
    "identifier-type": token("identifier.type.coding"),
    "number-smartcard": none,
    "qualification-code": token("qualification.code.coding"),
  },
  PractitionerRole: {
    ...COMMON,
    "data-registration-authority": none,
    organization: element("reference", "organization.reference"),
    practitioner: element("reference", "practitioner.reference"),
    role: token("code.coding"),
  },
  Organization: {
    ...COMMON,
    address: element("string", "address.line", "address.city", "address.postalCode"),
    "address-city": element("string", "address.city"),
    "address-postalcode": element("string", "address.postalCode"),
    "identifier-type": token("identifier.type.coding"),
    name: element("string", "name"),
    partof: element("reference", "partOf.reference"),
    "pharmacy-licence": none,
    type: token("type.coding"),
  },
};
/** Of the result, not of the search. */
export const RESULT_PARAMETERS = new Set([
  "_count",
  "_total",
  "_elements",
  "_include",
  "_revinclude",
  "_format",
  "_pretty",
]);

/** The resources of a type that fit all parameters. @throws Refused for a parameter that the server has not */
export function matching(
  resources: readonly MockResource[],
  type: MockResource["resourceType"],
  query: URLSearchParams,
) {
  const tests = [...query].flatMap(([name, value]) => (RESULT_PARAMETERS.has(name) ? [] : [test(type, name, value)]));
  return resources.filter((one) => one.resourceType === type && tests.every((fits) => fits(one)));
}

function test(type: MockResource["resourceType"], name: string, value: string): (resource: MockResource) => boolean {
  const [bare = "", modifier] = name.split(":");
  const parameter = PARAMETERS[type][bare];
  if (!parameter) throw new Refused(`Unknown search parameter "${bare}" for resource type "${type}"`);
  const wanted = split(value);
  if (wanted.length === 0) throw new Refused(`Empty value of "${bare}"`);
  const fits = MATCH[parameter.kind](modifier);
  if (!fits) throw new Refused(`Unsupported modifier of "${bare}"`);
  return (resource) => {
    const values = parameter.values(resource);
    const found = wanted.some((one) => values.some((has) => fits(has, one)));
    return modifier === "not" ? !found : found;
  };
}

type Match = ((has: string, wanted: string) => boolean) | undefined;
const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const MATCH: Record<Kind, (modifier: string | undefined) => Match> = {
  string(modifier) {
    if (modifier === "exact") return (has, wanted) => has === wanted;
    if (modifier === "contains") return (has, wanted) => fold(has).includes(fold(wanted));
    // Each part of a name may begin with it, as HAPI indexes words.
    return modifier === undefined ? (has, wanted) => ` ${fold(has)}`.includes(` ${fold(wanted)}`) : undefined;
  },
  token(modifier) {
    if (modifier !== undefined && modifier !== "not") return undefined;
    return (has, wanted) => {
      const [system, code] = wanted.includes("|") ? wanted.split("|") : [undefined, wanted];
      const [ownSystem, own] = has.includes("|") ? has.split("|") : [undefined, has];
      return (system === undefined || system === ownSystem) && (code === "" || code === own);
    };
  },
  reference: (modifier) =>
    modifier === undefined ? (has, wanted) => has === wanted || has.endsWith(`/${wanted}`) : undefined,
  date(modifier) {
    if (modifier !== undefined) return undefined;
    return (has, wanted) => {
      const [, prefix = "eq", date = ""] = /^(eq|ne|gt|lt|ge|le|ap)?(.*)$/.exec(wanted) ?? [];
      if (Number.isNaN(Date.parse(date))) throw new Refused("Invalid date");
      const order = has.slice(0, date.length).localeCompare(date);
      if (prefix === "gt") return order > 0;
      if (prefix === "lt") return order < 0;
      if (prefix === "ge") return order >= 0;
      if (prefix === "le") return order <= 0;
      return prefix === "ne" ? order !== 0 : order === 0;
    };
  },
};

/** At its commas, those that are escaped apart. */
function split(value: string): string[] {
  return (value.match(/(?:\\.|[^,\\])+/g) ?? []).map((one) => one.replace(/\\(.)/g, "$1")).filter((one) => one !== "");
}

/** What `_include` and `_revinclude` bring along. */
export function included(
  all: readonly MockResource[],
  matches: readonly MockResource[],
  query: URLSearchParams,
): MockResource[] {
  const found = new Set<MockResource>();
  const byName = new Map(all.map((one) => [`${one.resourceType}/${one.id}`, one]));
  for (const include of query.getAll("_include"))
    for (const match of matches) {
      const [type, name] = include.split(":");
      const paths =
        include === "*" ? ["practitioner", "organization", "partOf"] : [name === "partof" ? "partOf" : (name ?? "")];
      if (include !== "*" && type !== match.resourceType) continue;
      for (const path of paths)
        for (const reference of at(match, `${path}.reference`)) {
          const target = byName.get(reference);
          if (target) found.add(target);
        }
    }
  for (const include of query.getAll("_revinclude")) {
    const [type, name = ""] = include.split(":");
    const names = new Set(matches.map((one) => `${one.resourceType}/${one.id}`));
    for (const one of all)
      if (
        one.resourceType === type &&
        at(one, `${name === "partof" ? "partOf" : name}.reference`).some((to) => names.has(to))
      )
        found.add(one);
  }
  return [...found].filter((one) => !matches.includes(one));
}
