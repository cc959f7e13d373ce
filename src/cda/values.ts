import { type Defined, defined } from "../defined.js";
import type { Problem } from "../errors.js";
import { IDNPS_OID, STRUCT_IDNAT_OID } from "../identity/index.js";
import type { XmlElement } from "../xml/index.js";
import type { Address, Code, Id, Organization, PersonName, Telecom } from "./types.js";
import { ADDRESS_PARTS, HL7, TIME } from "./vocabulary.js";

/** What the readers of one document share: the problems found so far. */
export class Findings {
  readonly problems: Problem[] = [];

  warn(code: string, message: string, path: string): void {
    this.problems.push({ severity: "warning", code, message, path });
  }

  error(code: string, message: string, path: string): void {
    this.problems.push({ severity: "error", code, message, path });
  }
}

/** Of that name in the namespace of CDA: extensions (`sdtc`, `lab`) use the same names. */
const isNamed = (element: XmlElement, local: string): boolean => element.local === local && element.uri === HL7;

/** The first child of that name. */
export function one(element: XmlElement | undefined, local: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  for (const found of element.children) if (isNamed(found, local)) return found;
  return undefined;
}

export function all(element: XmlElement | undefined, local: string): XmlElement[] {
  const found: XmlElement[] = [];
  if (element === undefined) return found;
  for (const child of element.children) if (isNamed(child, local)) found.push(child);
  return found;
}

export function follow(element: XmlElement | undefined, ...locals: string[]): XmlElement | undefined {
  let at = element;
  for (const local of locals) at = one(at, local);
  return at;
}

/** An attribute, verbatim; undefined where it is absent or empty. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  const value = element?.attrs[name];
  return value === undefined || value === "" ? undefined : value;
}

/**
 * Text without the layout of the file: white space that holds a line break or a tab goes at the ends, and is one space
 * within. Spaces alone are the author's, and stay: the official metadata repeat them. Text of nothing but white space is empty.
 */
export function plain(text: string): string {
  if (!/[^ \t\r\n]/.test(text)) return "";
  if (!/[\t\r\n]/.test(text)) return text;
  return text.replace(/[ \t\r\n]+/g, (run, at: number) => {
    if (!/[\t\r\n]/.test(run)) return run;
    return at === 0 || at + run.length === text.length ? "" : " ";
  });
}

/** The text of an element, and where it has none of its own, that of the parts it is made of. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const own = plain(element.text);
  if (own !== "") return own;
  const parts = element.children.map((part) => plain(part.text)).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(" ");
}

/** The first text among the children of that name. */
function firstText(element: XmlElement, local: string): string | undefined {
  for (const found of element.children) {
    const text = isNamed(found, local) ? textOf(found) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The members that are known, or undefined where none is. */
export function unlessEmpty<T extends object>(object: T): Defined<T> | undefined {
  for (const key in object) if (object[key] !== undefined) return defined(object);
  return undefined;
}

/** A root with a null flavour says whose the identifier would be, not what it is. */
export function idOf(element: XmlElement | undefined): Id | undefined {
  const root = attribute(element, "root")?.trim();
  if (!root) return undefined;
  const extension = attribute(element, "extension");
  if (extension === undefined && attribute(element, "nullFlavor") !== undefined) return undefined;
  return extension === undefined ? root : `${root}^${extension}`;
}

/** Children of that name, whatever their namespace: extensions of CDA have several (`sdtc`, `lab`, `ps3-20`). */
export function extensions(element: XmlElement | undefined, local: string): XmlElement[] {
  return element === undefined ? [] : element.children.filter((child) => child.local === local);
}

/** A value, unless it is the one that CDA has where none is written. */
export const otherThan = (usual: string, value: string | undefined): string | undefined =>
  value === usual ? undefined : value;

/** A list, or undefined where it is empty. */
export function someOf<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Every usable id of those elements. */
export function idsOf(elements: readonly XmlElement[]): Id[] | undefined {
  return someOf(elements.flatMap((element) => idOf(element) ?? []));
}

/** The roots of the national identifiers of professionals and structures. */
const NATIONAL = new RegExp(`^(?:${[IDNPS_OID, STRUCT_IDNAT_OID].join("|").replaceAll(".", "\\.")})\\^`);

/**
 * The id of an entity that carries several, of which the metadata have room for one: the national one, since the metadata say
 * that it is that (`IDNPS`, `IDNST`), else the first usable one.
 */
export function firstId(element: XmlElement | undefined): Id | undefined {
  if (element === undefined) return undefined;
  let first: Id | undefined;
  for (const found of element.children) {
    const id = isNamed(found, "id") ? idOf(found) : undefined;
    if (id !== undefined && NATIONAL.test(id)) return id;
    first ??= id;
  }
  return first;
}

/** The ids that an entity carries beside {@link firstId}. */
export function otherIdsOf(element: XmlElement | undefined): Id[] | undefined {
  const ids = idsOf(all(element, "id")) ?? [];
  const first = ids.indexOf(firstId(element) ?? "");
  return someOf(ids.filter((_, index) => index !== first));
}

/** Neither a code nor an OID has white space around it, whatever the software wrote. */
export function codeOf(element: XmlElement | undefined): Code | undefined {
  const code = attribute(element, "code")?.trim();
  if (!code) return undefined;
  return defined({
    code,
    codeSystem: attribute(element, "codeSystem")?.trim() || undefined,
    displayName: attribute(element, "displayName"),
  });
}

/** `value` of a point in time, verbatim; a value that is no HL7 time is kept, and told. */
export function timeOf(findings: Findings, element: XmlElement | undefined, path: string): string | undefined {
  const value = attribute(element, "value");
  if (value !== undefined && !TIME.test(value))
    findings.warn("time_invalid", "A time is not in the form of HL7.", path);
  return value;
}

/** Bounds of an interval; a lone point in time, its centre included, counts as its beginning. */
export function interval(
  findings: Findings,
  element: XmlElement | undefined,
  path: string,
): { low?: string; high?: string } {
  const high = timeOf(findings, one(element, "high"), `${path}/high`);
  const low =
    timeOf(findings, one(element, "low"), `${path}/low`) ??
    timeOf(findings, element, path) ??
    (high === undefined ? timeOf(findings, one(element, "center"), `${path}/center`) : undefined);
  return defined({ low, high });
}

export function versionOf(findings: Findings, element: XmlElement | undefined, path: string): number | undefined {
  const value = attribute(element, "value");
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  findings.warn("version_invalid", "The version number is not a whole number.", path);
  return undefined;
}

/** Two neighbouring texts cannot be told apart once written: they are one. */
export function addPart(parts: Address["parts"], { name, value }: Address["parts"][number]): void {
  const last = parts.at(-1);
  if (name === "text" && last?.name === "text") last.value = `${last.value} ${value}`;
  else parts.push({ name, value });
}

/** Parts in the order of the document. A part that CDA does not know, and text outside of parts, are `text`. */
export function addressOf(element: XmlElement): Address {
  const parts: Address["parts"] = [];
  for (const node of element.nodes ?? []) {
    const name = typeof node === "string" || !ADDRESS_PARTS.has(node.local) ? "text" : node.local;
    const value = typeof node === "string" ? plain(node) : textOf(node);
    if (value === undefined || value === "") continue;
    if (typeof node !== "string" && node.local === "useablePeriod") continue;
    addPart(parts, { name, value });
  }
  return defined({ use: attribute(element, "use"), nullFlavor: attribute(element, "nullFlavor"), parts });
}

export function addresses(element: XmlElement | undefined): Address[] | undefined {
  const elements = all(element, "addr");
  if (elements.length === 0) return undefined;
  const found = elements
    .map(addressOf)
    .filter((address) => address.parts.length > 0 || address.nullFlavor !== undefined);
  return found.length === 0 ? undefined : found;
}

export function telecoms(element: XmlElement | undefined): Telecom[] | undefined {
  const elements = all(element, "telecom");
  if (elements.length === 0) return undefined;
  const found = elements
    .map((telecom) =>
      defined({
        value: attribute(telecom, "value"),
        use: attribute(telecom, "use"),
        nullFlavor: attribute(telecom, "nullFlavor"),
      }),
    )
    .filter((telecom) => telecom.value !== undefined || telecom.nullFlavor !== undefined);
  return found.length === 0 ? undefined : found;
}

/** The first name of a person; a name that is not in parts counts as the family. */
export function personOf(element: XmlElement | undefined): PersonName | undefined {
  const name = all(element, "name").find((found) => textOf(found) !== undefined);
  if (name === undefined) return undefined;
  const person = unlessEmpty({
    family: firstText(name, "family"),
    given: firstText(name, "given"),
    prefix: firstText(name, "prefix"),
    suffix: firstText(name, "suffix"),
  });
  return person ?? { family: textOf(name) as string };
}

export function organizationOf(element: XmlElement | undefined): Organization | undefined {
  if (element === undefined) return undefined;
  return unlessEmpty({
    id: firstId(element),
    otherIds: otherIdsOf(element),
    name: textOf(one(element, "name")),
    telecom: telecoms(element),
    address: addresses(element),
    practiceSetting: codeOf(one(element, "standardIndustryClassCode")),
  });
}
