import type { MedimailError } from "../errors.js";

export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

/**
 * Prefixes in scope. An element that declares some has a scope of its own, linked to the one around it: copying the whole
 * would let a document of 50 MB, with many prefixes outside and many declarations inside, take minutes.
 */
export class Scope {
  readonly #own: ReadonlyMap<string, string>;
  readonly #outer: Scope | undefined;

  constructor(own: ReadonlyMap<string, string>, outer?: Scope) {
    this.#own = own;
    this.#outer = outer;
  }

  get(prefix: string): string | undefined {
    const own = this.#own.get(prefix);
    return own === undefined ? this.#outer?.get(prefix) : own;
  }
}

export const ROOT_SCOPE = new Scope(
  new Map([
    ["", ""],
    ["xml", XML_NAMESPACE],
  ]),
);

export interface QName {
  prefix: string;
  local: string;
}

/** Splits names, and remembers them: a document repeats few names many times. */
export class NameTable {
  private readonly known = new Map<string, QName>();

  /** @returns undefined where the name has an empty part or more than one colon. */
  split(name: string): QName | undefined {
    const found = this.known.get(name);
    if (found) return found;
    const colon = name.indexOf(":");
    if (colon === 0 || colon === name.length - 1 || name.indexOf(":", colon + 1) > 0) {
      if (colon >= 0) return undefined;
    }
    const made =
      colon < 0 ? { prefix: "", local: name } : { prefix: name.slice(0, colon), local: name.slice(colon + 1) };
    this.known.set(name, made);
    return made;
  }
}

/** The scope inside of an element with these attributes (name, value, name, value…). */
export function scopeOf(outer: Scope, attributes: readonly string[], fail: (kind: string) => MedimailError): Scope {
  let own: Map<string, string> | undefined;
  for (let i = 0; i < attributes.length; i += 2) {
    const name = attributes[i] as string;
    if (!name.startsWith("xmlns")) continue;
    const uri = (attributes[i + 1] as string).trim();
    let prefix: string;
    if (name.length === 5) prefix = "";
    else if (name[5] === ":") prefix = name.slice(6);
    else continue;
    const reserved = prefix === "xmlns" || uri === XMLNS_NAMESPACE || (prefix === "xml") !== (uri === XML_NAMESPACE);
    if (reserved) throw fail("a declaration of a reserved namespace");
    if (prefix !== "" && uri === "") throw fail("a prefix declared without namespace");
    own ??= new Map();
    own.set(prefix, uri);
  }
  return own ? new Scope(own, outer) : outer;
}
