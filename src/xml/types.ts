/** An element as read. Names are resolved: compare `local` (and `uri` where it matters), never the prefix. */
export interface XmlElement {
  local: string;
  /** Namespace; empty for none, and for a prefix never declared where that is tolerated. */
  uri: string;
  /** As written; empty for none. */
  prefix: string;
  /** By local name, or `{uri}local` for an attribute with a prefix. Declarations of namespaces are left out. */
  attrs: Record<string, string>;
  children: XmlElement[];
  /** The element's own text (CDATA included), concatenated; not that of its children. */
  text: string;
  /** Text and children in their order; only with the option `mixed`. */
  nodes?: (XmlElement | string)[];
}

/** What a document may not pass; each is refused with the code `xml_limit_exceeded`. */
export interface XmlLimits {
  /** Bytes of the document (UTF-16 units, where a string is given). Default 50 MiB. */
  maxBytes: number;
  /** Depth of elements; the root has depth 1. Default 200. */
  maxDepth: number;
  /** Elements, those of skipped subtrees included. Default 500,000. */
  maxElements: number;
  /** Attributes of one element, declarations of namespaces included. Default 100. */
  maxAttributes: number;
  /** Characters of text kept, of the whole document. Default: no limit of its own. */
  maxTextBytes?: number;
}

export interface XmlParseOptions {
  limits?: Partial<XmlLimits>;
  /** A prefix never declared gives an element or attribute without namespace, instead of `xml_invalid`. */
  tolerateUndeclaredPrefixes?: boolean;
  /** Fills {@link XmlElement.nodes}: of every element, or of those that the function names. */
  mixed?: boolean | ((element: { local: string; uri: string }) => boolean);
  /**
   * Says of an element, when it opens, that it and all below are not wanted: the subtree is tokenised and checked, but
   * not kept. `path` has the local names of the ancestors, root first, and `depth` is its length. `path` is reused: copy
   * it to keep it.
   */
  skip?: (element: { local: string; uri: string }, depth: number, path: readonly string[]) => boolean;
  /** How messages call the document: `CDA`, `METADATA.XML`. Default `XML`. */
  what?: string;
}

export const DEFAULT_XML_LIMITS: Readonly<XmlLimits> = {
  maxBytes: 50 * 1024 * 1024,
  maxDepth: 200,
  maxElements: 500_000,
  maxAttributes: 100,
};
