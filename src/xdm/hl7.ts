import type { Author, Id, Organization, PersonName } from "../cda/types.js";

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\" };

/** ebRIM allows 256 characters in the value of a slot; a component that could grow is cut so that the whole fits. */
const COMPONENT = 120;

/**
 * Text as one component of an HL7 v2 value (ITI TF-3 4.2.3.1.7): its separators escaped, line breaks turned into spaces,
 * other spaces as they are.
 */
export function component(text: string | undefined, length = COMPONENT): string {
  if (text === undefined) return "";
  const line = oneLine(text);
  const cut = line.length > length ? line.slice(0, length).trimEnd() : line;
  return cut.replace(/[\\|^~&]/g, (separator) => ESCAPES[separator] as string);
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
  return `${component(extension)}^^^${authority(root)}^${type}`;
}

/**
 * A person or a device. XCN-10 and -13 as the French profile has them: `D`/`IDNPS` for a person, `D`/`EI` where the
 * identifier is internal to a structure (it holds a `/`), `U`/`RI` for a device, and for an author said to be neither.
 */
export function xcn(id: Id | undefined, person: PersonName | undefined, device: Author["device"] = {}): string {
  const { root, extension } = splitId(id ?? "");
  const [first, second] = person ? [person.family, person.given] : [device.software, device.model];
  if (id === undefined && first === undefined && second === undefined) return "";
  const who = `${component(extension)}^${component(first, 60)}^${component(second, 60)}`;
  const type = person ? (extension.includes("/") ? "EI" : "IDNPS") : "RI";
  return `${who}^^^^^^${authority(root)}^${person ? "D" : "U"}${id === undefined ? "" : `^^^${type}`}`;
}

/** A structure. Without an identifier its name alone. */
export function xon(organization: Pick<Organization, "id" | "name">): string {
  const name = component(organization.name);
  if (organization.id === undefined) return name;
  const { root, extension } = splitId(organization.id);
  return `${name}^^^^^${authority(root)}^IDNST^^^${component(extension)}`;
}

/** An e-mail address. */
export function xtn(address: string): string {
  return `^^Internet^${component(address)}`;
}
