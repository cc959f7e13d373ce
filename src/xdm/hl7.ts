import type { Author, Code, Id, Organization, PersonName } from "../cda/types.js";

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\E\\",
  "|": "\\F\\",
  "^": "\\S\\",
  "~": "\\R\\",
  "&": "\\T\\",
};

/** Characters of a text that may matter for its first {@link MAX_VALUE}, white space that shrinks included. */
const MAX_LOOKED_AT = 4096;

/** Characters of a slot's value that ebRIM allows. */
export const MAX_VALUE = 256;

/** Builds a value with names as long as the limit of ebRIM lets them be: names are cut, identifiers never. */
export function within(build: (length: number) => string): string {
  let value = "";
  for (const length of [120, 60, 40, 20, 8, 0]) {
    value = build(length);
    if (value.length <= MAX_VALUE) break;
  }
  return value;
}

/**
 * Text as one component of an HL7 v2 value (ITI TF-3 4.2.3.1.7): its separators escaped, line breaks turned into spaces,
 * other spaces as they are; cut at `length` characters of the result, never within an escape.
 */
export function component(text: string | undefined, length = MAX_VALUE): string {
  if (text === undefined) return "";
  // What is far beyond the cut is not looked at: a name of megabytes would else be taken apart six times.
  const escaped = oneLine(text.slice(0, MAX_LOOKED_AT)).replace(
    /[\\|^~&]/g,
    (separator) => ESCAPES[separator] as string,
  );
  if (escaped.length <= length) return escaped;
  let cut = "";
  for (const part of escaped.match(/\\[EFSRT]\\|[^\\]/gu) ?? []) {
    if (cut.length + part.length > length) break;
    cut += part;
  }
  return cut.trimEnd();
}

/** Text on one line. Text without line breaks is not touched: the official archives keep its spaces. */
export function oneLine(text: string): string {
  return /[\r\n\t]/.test(text) ? text.replace(/\s+/g, " ").trim() : text;
}

/** `root` and `root^extension`, apart. */
export function splitId(id: Id): { root: string; extension: string } {
  const caret = id.indexOf("^");
  return caret === -1 ? { root: id, extension: "" } : { root: id.slice(0, caret), extension: id.slice(caret + 1) };
}

const authority = (root: string): string => (root === "" ? "" : `&${component(root)}&ISO`);

/** A patient identifier. `NH` for the national one, `PI` for a local one (xdm.md §2). */
export function cx(id: Id, type: "NH" | "PI"): string {
  const { root, extension } = splitId(id);
  return `${component(extension.trim(), MAX_LOOKED_AT)}^^^${authority(root)}^${type}`;
}

/**
 * A person or a device. XCN-10 and -13 as the French profile has them: `D`/`IDNPS` for a person, `D`/`EI` where the
 * identifier is internal to a structure (it holds a `/`), `U`/`RI` for a device, and for an author said to be neither.
 */
export function xcn(id: Id | undefined, person: PersonName | undefined, device: Author["device"] = {}): string {
  const { root, extension } = splitId(id ?? "");
  const [first, second] = person ? [person.family, person.given] : [device.software, device.model];
  if (id === undefined && first === undefined && second === undefined) return "";
  const type = person ? (extension.includes("/") ? "EI" : "IDNPS") : "RI";
  const end = `^^^^^^${authority(root)}^${person ? "D" : "U"}${id === undefined ? "" : `^^^${type}`}`;
  return within((length) => `${component(extension)}^${component(first, length)}^${component(second, length)}${end}`);
}

/** A structure. Without an identifier its name alone; one that is an OID by itself has no authority (ITI TF-3 4.2.3.1.7, XON). */
export function xon(organization: Pick<Organization, "id" | "name">): string {
  const { id, name } = organization;
  if (id === undefined) return component(name);
  const { root, extension } = splitId(id);
  if (extension === "") return within((length) => `${component(name, length)}^^^^^^^^^${component(root)}`);
  return within((length) => `${component(name, length)}^^^^^${authority(root)}^IDNST^^^${component(extension)}`);
}

/** `code^displayName^codeSystem`. */
export function ce({ code, displayName, codeSystem }: Code): string {
  return within((length) => `${component(code)}^${component(displayName, length)}^${component(codeSystem)}`);
}

/** An e-mail address. */
export function xtn(address: string): string {
  return `^^Internet^${component(address)}`;
}
