/**
 * XML, read and written safely: a tree out of bytes within limits, without DTD, in any of the encodings that French health
 * software uses; and the escaping of what is written. Pure, knows no vocabulary: `cda` and `xdm` are built on it.
 *
 * The tokeniser is saxes; namespaces are resolved here, to tolerate a prefix never declared (one official archive has it),
 * and faults are told by line, column and kind, never by quoting the document, which is health data.
 */
export { decodeTextBytes, decodeXmlBytes } from "./decode.js";
export { escapeAttribute, escapeText, isXmlText, stripForbidden } from "./escape.js";
export { child, childrenOf, descend } from "./navigate.js";
export { parseXml } from "./parse.js";
export { DEFAULT_XML_LIMITS, type XmlElement, type XmlLimits, type XmlParseOptions } from "./types.js";
