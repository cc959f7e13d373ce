import { MedimailError } from "../errors.js";
import { NameTable, ROOT_SCOPE, type Scope, scopeOf } from "./namespaces.js";
import type { XmlElement, XmlLimits, XmlParseOptions } from "./types.js";

// Attributes come from hostile input: an object that inherits nothing, so that `constructor` is an attribute like another. An
// instance of this is faster than Object.create(null), which V8 keeps as a hash table.
class Attributes {
  [name: string]: string;
}
Object.setPrototypeOf(Attributes.prototype, null);
Reflect.deleteProperty(Attributes.prototype, "constructor");

export function limitError(what: string, limit: keyof XmlLimits, limits: XmlLimits): MedimailError {
  return new MedimailError("xml_limit_exceeded", `The ${what} passes the limit ${limit} (${limits[limit]}).`, {
    path: limit,
  });
}

/** Who reads the document for the tree. */
export interface Reader {
  /** Where it is, for a message: `line:column`. */
  position(): string;
  /** A subtree that is not kept begins, or is over: what is read of it is checked, and its text not wanted. */
  skipping(on: boolean): void;
}

/** The tree, made of what a reader tells in the order of the document; names are resolved and limits kept here. */
export class TreeBuilder {
  private readonly names = new NameTable();
  private readonly scopes: Scope[] = [];
  private readonly open: XmlElement[] = [];
  private readonly path: string[] = [];
  private scope: Scope = ROOT_SCOPE;
  /** Most elements are of the namespace of the one before. */
  private lastPrefix: string | undefined;
  private lastScope: Scope | undefined;
  private lastUri = "";
  private current: XmlElement | undefined;
  root: XmlElement | undefined;
  private depth = 0;
  /** Depth of the element that is skipped; 0: none. */
  private skippedAt = 0;
  private elements = 0;
  private textLength = 0;
  /** Names and values of the element that opens, as many as {@link attributesEnd} says: setting the length of an array is slow. */
  private readonly attributes: string[] = [];
  private attributesEnd = 0;
  private declares = false;
  private readonly mixed: boolean | ((element: { local: string; uri: string }) => boolean);
  private readonly tolerant: boolean;
  private readonly maxText: number;

  constructor(
    private readonly what: string,
    private readonly limits: XmlLimits,
    private readonly options: XmlParseOptions,
    private readonly reader: Reader,
  ) {
    this.mixed = options.mixed ?? false;
    this.tolerant = options.tolerateUndeclaredPrefixes === true;
    this.maxText = limits.maxTextBytes ?? Number.POSITIVE_INFINITY;
  }

  private readonly fail = (kind: string): MedimailError =>
    new MedimailError("xml_invalid", `The ${this.what} is not well-formed at ${this.reader.position()}: ${kind}.`);

  addAttribute(name: string, value: string): void {
    if (name.charCodeAt(0) === 0x78 && name.startsWith("xmlns")) this.declares = true;
    const { attributes } = this;
    attributes[this.attributesEnd++] = name;
    attributes[this.attributesEnd++] = value;
    if (this.attributesEnd > 2 * this.limits.maxAttributes) {
      throw limitError(this.what, "maxAttributes", this.limits);
    }
  }

  addText(text: string): void {
    const { current } = this;
    if (current === undefined || this.skippedAt !== 0) return;
    this.textLength += text.length;
    if (this.textLength > this.maxText) throw limitError(this.what, "maxTextBytes", this.limits);
    current.text = current.text.length === 0 ? text : current.text + text;
    const { nodes } = current;
    if (nodes === undefined) return;
    const last = nodes.length - 1;
    if (last >= 0 && typeof nodes[last] === "string") nodes[last] += text;
    else nodes.push(text);
  }

  openElement(name: string): void {
    const { limits } = this;
    if (++this.elements > limits.maxElements) throw limitError(this.what, "maxElements", limits);
    if (++this.depth > limits.maxDepth) throw limitError(this.what, "maxDepth", limits);
    this.scopes.push(this.scope);
    if (this.declares) {
      this.scope = scopeOf(this.scope, this.attributes.slice(0, this.attributesEnd), this.fail);
      this.declares = false;
    }
    const split = this.names.split(name);
    if (split === undefined || split.prefix === "xmlns") throw this.fail("a malformed name");
    const uri = this.resolve(split.prefix);
    if (this.skippedAt === 0 && this.options.skip?.({ local: split.local, uri }, this.path.length, this.path)) {
      this.skippedAt = this.depth;
      this.reader.skipping(true);
    }
    if (this.skippedAt !== 0) {
      this.checkAttributes();
      return;
    }
    const element: XmlElement = {
      local: split.local,
      uri,
      prefix: split.prefix,
      attrs: this.readAttributes(),
      children: [],
      text: "",
    };
    if (this.mixed !== false && (this.mixed === true || this.mixed(element))) element.nodes = [];
    const { current } = this;
    if (current !== undefined) {
      current.children.push(element);
      current.nodes?.push(element);
      this.open.push(current);
    } else {
      this.root = element;
    }
    this.current = element;
    this.path.push(split.local);
  }

  closeElement(): void {
    this.scope = this.scopes.pop() as Scope;
    if (this.skippedAt === 0) {
      this.path.pop();
      this.current = this.open.pop();
    } else if (this.skippedAt === this.depth) {
      this.skippedAt = 0;
      this.reader.skipping(false);
    }
    this.depth--;
  }

  private resolve(prefix: string): string {
    const { scope } = this;
    if (prefix === this.lastPrefix && scope === this.lastScope) return this.lastUri;
    const uri = scope.get(prefix);
    if (uri !== undefined) {
      this.lastPrefix = prefix;
      this.lastScope = scope;
      this.lastUri = uri;
      return uri;
    }
    if (this.tolerant) return "";
    throw this.fail("a prefix that is not declared");
  }

  private readAttributes(): Record<string, string> {
    const { attributes, attributesEnd } = this;
    const attrs = new Attributes();
    for (let i = 0; i < attributesEnd; i += 2) {
      const name = attributes[i] as string;
      const value = attributes[i + 1] as string;
      if (!name.includes(":")) {
        if (name !== "xmlns") attrs[name] = value;
        continue;
      }
      const key = this.attributeKey(name);
      if (key === undefined) continue;
      if (attrs[key] !== undefined) throw this.fail("an attribute given twice");
      attrs[key] = value;
    }
    this.attributesEnd = 0;
    return attrs;
  }

  private checkAttributes(): void {
    const { attributes, attributesEnd } = this;
    for (let i = 0; i < attributesEnd; i += 2) {
      const name = attributes[i] as string;
      if (name.includes(":")) this.attributeKey(name);
    }
    this.attributesEnd = 0;
  }

  /** @returns undefined for a declaration of a namespace. */
  private attributeKey(name: string): string | undefined {
    const split = this.names.split(name);
    if (split === undefined) throw this.fail("a malformed name");
    if (split.prefix === "xmlns") return undefined;
    const uri = this.resolve(split.prefix);
    return uri === "" ? split.local : `{${uri}}${split.local}`;
  }
}
