import { isMedimailError, MedimailError } from "../errors.js";
import { decodeXmlBytes } from "./decode.js";
import { NameTable, ROOT_SCOPE, type Scope, scopeOf } from "./namespaces.js";
import { Tokeniser } from "./tokeniser.js";
import { DEFAULT_XML_LIMITS, type XmlElement, type XmlLimits, type XmlParseOptions } from "./types.js";

// Attributes come from hostile input: an object that inherits nothing, so that `constructor` is an attribute like another. An
// instance of this is faster than Object.create(null), which V8 keeps as a hash table.
class Attributes {
  [name: string]: string;
}
Object.setPrototypeOf(Attributes.prototype, null);
Reflect.deleteProperty(Attributes.prototype, "constructor");

const ENTITIES: Record<string, string> = Object.assign(Object.create(null), {
  amp: "&",
  gt: ">",
  lt: "<",
  quot: '"',
  apos: "'",
});

/** Kinds of fault in our words: the tokeniser's own messages may quote names of the document. */
const KINDS: readonly [RegExp, string][] = [
  [/^duplicate attribute/, "an attribute given twice"],
  [/^unclosed tag|^unexpected end/, "an end before the last element is closed"],
  [/^unmatched closing|^unexpected close|^weird empty close/, "a closing tag that matches no opening one"],
  [/entity/, "an undefined or malformed entity"],
  [/^disallowed character\.$|"\]\]>"/, "a character that is not allowed there"],
  [/attribute|whitespace between/, "a malformed attribute"],
  [/tag/, "a malformed tag"],
  [/comment/, "a malformed comment"],
  [/processing instruction/, "a malformed processing instruction"],
  [/^text data outside|must contain a root/, "text outside of a root element"],
  [/one root/, "more than one root element"],
  [/declaration|^value |^version|^encoding|^standalone|name\/value|^expected/, "a malformed XML declaration"],
];

/** Characters given to the tokeniser at a time. */
const SLICE = 2 * 1024 * 1024;

function kindOf(message: string): string {
  return KINDS.find(([pattern]) => pattern.test(message))?.[1] ?? "a fault of syntax";
}

/**
 * Reads an XML document into a tree. Made for hostile input: no DTD, no entity but the five of XML and characters, limits
 * on everything that grows, no message that quotes the document.
 *
 * @throws MedimailError `xml_invalid` not well-formed (namespaces included), or not decodable;
 * `xml_dtd_refused` a DOCTYPE, whatever it holds; `xml_limit_exceeded` past a limit.
 */
export function parseXml(bytes: Uint8Array | string, options: XmlParseOptions = {}): XmlElement {
  const what = options.what ?? "XML";
  const limits = { ...DEFAULT_XML_LIMITS, ...options.limits };
  if (bytes.length > limits.maxBytes) throw limitError(what, "maxBytes", limits);
  const text = typeof bytes === "string" ? wellFormed(bytes, what) : decodeXmlBytes(bytes, what);
  return new TreeBuilder(what, limits, options).parse(text);
}

function limitError(what: string, limit: keyof XmlLimits, limits: XmlLimits): MedimailError {
  return new MedimailError("xml_limit_exceeded", `The ${what} passes the limit ${limit} (${limits[limit]}).`, {
    path: limit,
  });
}

/** The tokeniser takes whatever follows half a surrogate pair as its other half, a `<` included. */
function wellFormed(text: string, what: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new MedimailError("xml_invalid", `The ${what} has half a surrogate pair.`);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

class TreeBuilder {
  // Version 1.0 whatever the document declares: 1.1 would let control characters in.
  private readonly parser = new Tokeniser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  private readonly names = new NameTable();
  private readonly scopes: Scope[] = [];
  private readonly open: XmlElement[] = [];
  private readonly path: string[] = [];
  private scope: Scope = ROOT_SCOPE;
  private current: XmlElement | undefined;
  private root: XmlElement | undefined;
  private depth = 0;
  /** Depth of the element that is skipped; 0: none. */
  private skippedAt = 0;
  private elements = 0;
  private textLength = 0;
  private attributes: string[] = [];
  private declares = false;
  private readonly mixed: boolean | ((element: { local: string; uri: string }) => boolean);
  private readonly tolerant: boolean;
  private readonly maxText: number;
  private readonly onText = (text: string): void => this.addText(text);

  constructor(
    private readonly what: string,
    private readonly limits: XmlLimits,
    private readonly options: XmlParseOptions,
  ) {
    this.mixed = options.mixed ?? false;
    this.tolerant = options.tolerateUndeclaredPrefixes === true;
    this.maxText = limits.maxTextBytes ?? Number.POSITIVE_INFINITY;
  }

  parse(text: string): XmlElement {
    const { parser } = this;
    parser.ENTITIES = ENTITIES;
    parser.on("doctype", () => {
      throw new MedimailError("xml_dtd_refused", `The ${this.what} has a DOCTYPE, which is refused.`);
    });
    parser.on("attribute", ({ name, value }) => this.addAttribute(name, value));
    parser.on("opentag", ({ name }) => this.openElement(name));
    parser.on("closetag", () => this.closeElement());
    parser.on("text", this.onText);
    parser.on("cdata", (cdata) => {
      if (this.skippedAt === 0) this.addText(cdata);
    });
    try {
      this.write(text);
      parser.close();
    } catch (error) {
      if (isMedimailError(error)) throw error;
      throw this.rewritten(error);
    }
    if (this.root === undefined)
      throw new MedimailError("xml_invalid", `The ${this.what} has no root element that is kept.`);
    return this.root;
  }

  /**
   * In slices, and what the tokeniser has gathered is made one piece after each: it adds some characters one by one, and fifty million
   * such links would take gigabytes.
   */
  private write(text: string): void {
    for (let from = 0; from < text.length || from === 0; from += SLICE) {
      this.parser.write(text.length <= SLICE ? text : text.slice(from, from + SLICE));
      // Reading a character is what makes V8 flatten a string.
      (this.parser as unknown as { text: string }).text.charCodeAt(0);
    }
  }

  private rewritten(error: unknown): MedimailError {
    const found = error instanceof Error ? /^(\d+:\d+): (.*)$/s.exec(error.message) : null;
    if (!found) return new MedimailError("internal", `The reader of the ${this.what} failed.`, { cause: error });
    const message = found[2] as string;
    if (message.includes("doctype")) {
      return new MedimailError("xml_dtd_refused", `The ${this.what} has a DOCTYPE, which is refused.`);
    }
    return new MedimailError("xml_invalid", `The ${this.what} is not well-formed at ${found[1]}: ${kindOf(message)}.`);
  }

  private readonly fail = (kind: string): MedimailError =>
    new MedimailError(
      "xml_invalid",
      `The ${this.what} is not well-formed at ${this.parser.line}:${this.parser.column}: ${kind}.`,
    );

  private addAttribute(name: string, value: string): void {
    if (name.charCodeAt(0) === 0x78 && name.startsWith("xmlns")) this.declares = true;
    if (this.attributes.push(name, value) > 2 * this.limits.maxAttributes) {
      throw limitError(this.what, "maxAttributes", this.limits);
    }
  }

  private addText(text: string): void {
    const { current } = this;
    if (current === undefined) return;
    this.textLength += text.length;
    if (this.textLength > this.maxText) throw limitError(this.what, "maxTextBytes", this.limits);
    current.text = current.text.length === 0 ? text : current.text + text;
    const { nodes } = current;
    if (nodes === undefined) return;
    const last = nodes.length - 1;
    if (last >= 0 && typeof nodes[last] === "string") nodes[last] += text;
    else nodes.push(text);
  }

  private openElement(name: string): void {
    const { limits, attributes } = this;
    if (++this.elements > limits.maxElements) throw limitError(this.what, "maxElements", limits);
    if (++this.depth > limits.maxDepth) throw limitError(this.what, "maxDepth", limits);
    this.scopes.push(this.scope);
    if (this.declares) {
      this.scope = scopeOf(this.scope, attributes, this.fail);
      this.declares = false;
    }
    const split = this.names.split(name);
    if (split === undefined || split.prefix === "xmlns") throw this.fail("a malformed name");
    const uri = this.resolve(split.prefix);
    if (this.skippedAt === 0 && this.options.skip?.({ local: split.local, uri }, this.path.length, this.path)) {
      this.skippedAt = this.depth;
      // Without a handler the tokeniser does not even cut the text out.
      this.parser.off("text");
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

  private closeElement(): void {
    this.scope = this.scopes.pop() as Scope;
    if (this.skippedAt === 0) {
      this.path.pop();
      this.current = this.open.pop();
    } else if (this.skippedAt === this.depth) {
      this.skippedAt = 0;
      this.parser.on("text", this.onText);
    }
    this.depth--;
  }

  private resolve(prefix: string): string {
    const uri = this.scope.get(prefix);
    if (uri !== undefined) return uri;
    if (this.tolerant) return "";
    throw this.fail("a prefix that is not declared");
  }

  private readAttributes(): Record<string, string> {
    const { attributes } = this;
    const attrs = new Attributes();
    for (let i = 0; i < attributes.length; i += 2) {
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
    attributes.length = 0;
    return attrs;
  }

  private checkAttributes(): void {
    const { attributes } = this;
    for (let i = 0; i < attributes.length; i += 2) {
      const name = attributes[i] as string;
      if (name.includes(":")) this.attributeKey(name);
    }
    attributes.length = 0;
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
