import { escapeAttribute, escapeText } from "../xml/index.js";
import type { Address, Code, Id, Organization, PatientName, PersonName, Telecom } from "./types.js";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What the French profile wants and the header lacks; a reader takes it for absent. */
export const UNKNOWN = { nullFlavor: "UNK" } as const;

/** An element; `content` is XML already. */
export function element(name: string, attributes: Attributes = {}, content = ""): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${escapeAttribute(String(value))}"`;
  }
  return content === "" ? `${tag}/>` : `${tag}>${content}</${name}>`;
}

/** An element around text; nothing for no text. */
export function textElement(name: string, text: string | undefined, attributes: Attributes = {}): string {
  return text === undefined ? "" : element(name, attributes, escapeText(text));
}

/** An element around text, unknown where there is none: the profile wants the element. */
export function textOrUnknown(name: string, text: string | undefined): string {
  return textElement(name, text) || element(name, UNKNOWN);
}

export function idElement(name: string, id: Id | undefined, namespace: Attributes = {}): string {
  if (id === undefined) return "";
  const caret = id.indexOf("^");
  return caret < 0
    ? element(name, { ...namespace, root: id })
    : element(name, { ...namespace, root: id.slice(0, caret), extension: id.slice(caret + 1) });
}

export const idElements = (name: string, ids: readonly Id[] = [], namespace: Attributes = {}): string =>
  ids.map((id) => idElement(name, id, namespace)).join("");

/** An id that the schema wants and the header may lack. */
export function idOrUnknown(name: string, id: Id | undefined): string {
  return id === undefined ? element(name, UNKNOWN) : idElement(name, id);
}

export function codeElement(name: string, code: Code | undefined, content = ""): string {
  if (code === undefined) return "";
  return element(name, { code: code.code, codeSystem: code.codeSystem, displayName: code.displayName }, content);
}

/** A code around its words and translations; of what has no code, these alone. */
export function codeOrText(name: string, code: Code | undefined, content: string): string {
  // The one null flavour of HL7 that goes with words and translations and needs no code system.
  return code === undefined && content !== ""
    ? element(name, { nullFlavor: "OTH" }, content)
    : codeElement(name, code, content);
}

export function codeElements(name: string, codes: readonly Code[] = []): string {
  return codes.map((code) => codeElement(name, code)).join("");
}

export function timeElement(name: string, value: string | undefined): string {
  return value === undefined ? "" : element(name, { value });
}

export function intervalElement(name: string, span: { low?: string; high?: string } | undefined): string {
  const content = timeElement("low", span?.low) + timeElement("high", span?.high);
  return content === "" ? "" : element(name, {}, content);
}

export function addressElements(addresses: readonly Address[] = []): string {
  return addresses
    .map(({ use, nullFlavor, parts }) => element("addr", { use, nullFlavor }, addressParts(parts)))
    .join("");
}

export function addressParts(parts: Address["parts"] = []): string {
  return parts.map(({ name, value }) => (name === "text" ? escapeText(value) : textElement(name, value))).join("");
}

export function telecomElements(telecoms: readonly Telecom[] = []): string {
  return telecoms.map(({ value, use, nullFlavor }) => element("telecom", { value, use, nullFlavor })).join("");
}

export function namePart(name: string, { qualifier, value }: PatientName): string {
  return textElement(name, value, { qualifier });
}

/** A person, in an element of the given name; `families` in place of the one family. */
export function personElement(
  name: string,
  person: PersonName | undefined,
  families: readonly PatientName[] = [],
): string {
  if (person === undefined) return "";
  const parts =
    textElement("prefix", person.prefix) +
    textElement("given", person.given) +
    (families.map((family) => namePart("family", family)).join("") || textOrUnknown("family", person.family)) +
    textElement("suffix", person.suffix);
  return element(name, {}, element("name", {}, parts));
}

export function organizationElement(name: string, organization: Organization | undefined): string {
  if (organization === undefined) return "";
  return element(
    name,
    {},
    idElement("id", organization.id) +
      idElements("id", organization.otherIds) +
      textElement("name", organization.name) +
      telecomElements(organization.telecom) +
      addressElements(organization.address) +
      codeElement("standardIndustryClassCode", organization.practiceSetting),
  );
}
