import { isMedimailError, MedimailError } from "../errors.js";
import { decodeXmlBytes } from "./decode.js";
import { Tokeniser } from "./tokeniser.js";
import { limitError, TreeBuilder } from "./tree.js";
import { DEFAULT_XML_LIMITS, type XmlElement, type XmlLimits, type XmlParseOptions } from "./types.js";

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
  return new Tokenised(what, limits, options).parse(text);
}

/** The tokeniser takes whatever follows half a surrogate pair as its other half, a `<` included. */
function wellFormed(text: string, what: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new MedimailError("xml_invalid", `The ${what} has half a surrogate pair.`);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The document as saxes reads it. */
class Tokenised {
  // Version 1.0 whatever the document declares: 1.1 would let control characters in.
  private readonly parser = new Tokeniser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  private readonly tree: TreeBuilder;

  constructor(
    private readonly what: string,
    limits: XmlLimits,
    options: XmlParseOptions,
  ) {
    const { parser } = this;
    const onText = (text: string): void => this.tree.addText(text);
    this.tree = new TreeBuilder(what, limits, options, {
      position: () => `${parser.line}:${parser.column}`,
      // Without a handler the tokeniser does not even cut the text out.
      skipping: (on) => (on ? parser.off("text") : parser.on("text", onText)),
    });
    parser.on("text", onText);
  }

  parse(text: string): XmlElement {
    const { parser, tree } = this;
    parser.ENTITIES = ENTITIES;
    parser.on("doctype", () => {
      throw new MedimailError("xml_dtd_refused", `The ${this.what} has a DOCTYPE, which is refused.`);
    });
    parser.on("attribute", ({ name, value }) => tree.addAttribute(name, value));
    parser.on("opentag", ({ name }) => tree.openElement(name));
    parser.on("closetag", () => tree.closeElement());
    parser.on("cdata", (cdata) => tree.addText(cdata));
    try {
      this.write(text);
      parser.close();
    } catch (error) {
      if (isMedimailError(error)) throw error;
      throw this.rewritten(error);
    }
    if (tree.root === undefined)
      throw new MedimailError("xml_invalid", `The ${this.what} has no root element that is kept.`);
    return tree.root;
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
}
