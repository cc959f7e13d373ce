import { MedimailError } from "../errors.js";
import { parseXml, type XmlElement } from "../xml/index.js";
import { readBody } from "./body.js";
import { readHeader } from "./read-header.js";
import type { Cda, CdaLimits } from "./types.js";
import { Findings } from "./values.js";
import { HL7, XSL } from "./vocabulary.js";

export interface ReadCdaOptions {
  limits?: Partial<CdaLimits>;
}

const isAddress = ({ local }: { local: string }): boolean => local === "addr";
// The structured body is most of a level 3 document, and none of the header: it is checked, not kept.
const inStructuredBody = (_: unknown, depth: number, path: readonly string[]): boolean =>
  path[depth - 1] === "structuredBody";

/**
 * Reads the header of a CDA R2 document, of level 1, 2 or 3, self-rendering or not, and gives access to the file that a
 * level 1 document encapsulates. What can be used is used: faults that leave the document usable are `problems`.
 *
 * @throws MedimailError `cda_invalid` no CDA, or its id, type or patient cannot be used; `xml_invalid` not well-formed;
 * `xml_dtd_refused`; `xml_limit_exceeded`.
 */
export function readCda(bytes: Uint8Array, options: ReadCdaOptions = {}): Cda {
  const root = parseXml(bytes, {
    what: "CDA",
    mixed: isAddress,
    skip: inStructuredBody,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return readCdaTree(root).cda;
}

/** A document that was read, and the element it was read from. */
export interface CdaTree {
  cda: Cda;
  document: XmlElement;
}

/**
 * What {@link readCda} reads, of a tree that was parsed already: for those who also want the narrative. The `addr` of the
 * tree must have their `nodes`.
 *
 * @throws MedimailError `cda_invalid`
 */
export function readCdaTree(root: XmlElement): CdaTree {
  const selfRendering = root.uri === XSL && (root.local === "stylesheet" || root.local === "transform");
  const document = selfRendering ? findDocument(root) : root;
  if (document === undefined || document.uri !== HL7 || document.local !== "ClinicalDocument") {
    throw new MedimailError("cda_invalid", "The document is not a CDA R2 document: it has no ClinicalDocument.", {
      path: "ClinicalDocument",
    });
  }
  const findings = new Findings();
  const header = readHeader(findings, document);
  const { body, encapsulated } = readBody(findings, document);
  return { cda: { header, body, problems: findings.problems, selfRendering, encapsulated }, document };
}

/** The document nested in a stylesheet, wherever it is. */
function findDocument(element: XmlElement): XmlElement | undefined {
  for (const found of element.children) {
    const document = found.uri === HL7 && found.local === "ClinicalDocument" ? found : findDocument(found);
    if (document !== undefined) return document;
  }
  return undefined;
}
