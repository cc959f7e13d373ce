import { type Cda, type CdaLimits, readCdaTree, readSectionParties } from "../cda/index.js";
import type { Code } from "../cda/types.js";
import { child, childrenOf, parseXml, type XmlElement, type XmlParseOptions } from "../xml/index.js";
import { Findings } from "./findings.js";
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from "./limits.js";
import { MediaStore } from "./media.js";
import { idOf, NarrativeReader } from "./narrative.js";
import type { Body, Section, ShownDocument } from "./types.js";

export interface ReadShownOptions {
  limits?: Partial<CdaLimits & RenderLimits>;
}

/** Of entries only the files are wanted, and what leads to them. */
const OF_ENTRIES = new Set(
  (
    "templateId code effectiveTime statusCode author performer participant informant consumable specimen product subject " +
    "referenceRange interpretationCode methodCode targetSiteCode approachSiteCode routeCode doseQuantity rateQuantity " +
    "maxDoseQuantity repeatNumber priorityCode availabilityTime precondition text reference languageCode value"
  ).split(" "),
);

/** For one document: where an entry begins is kept, since a look along the path for each element costs as much as reading it. */
function notWanted(): NonNullable<XmlParseOptions["skip"]> {
  let entry = Number.POSITIVE_INFINITY;
  return ({ local }, depth, path) => {
    if (depth <= entry) {
      // An `entry` is one in a section, never within its text or title.
      const isEntry =
        local === "entry" && path[depth - 1] === "section" && !path.includes("text") && !path.includes("title");
      entry = isEntry ? depth : Number.POSITIVE_INFINITY;
      return false;
    }
    if (!OF_ENTRIES.has(local)) return false;
    const parent = path[depth - 1];
    return parent !== "observationMedia" && parent !== "value";
  };
}

/**
 * Reads a CDA R2 document as a person does: header, narrative in its order, the files that the narrative shows. What the
 * model does not know is text, and a problem; what stands in the entries and not in the narrative is not shown.
 *
 * @throws MedimailError `cda_invalid`, `xml_invalid`, `xml_dtd_refused`, `xml_limit_exceeded`
 */
export function readShown(bytes: Uint8Array, options: ReadShownOptions = {}): ShownDocument {
  const limits = { ...DEFAULT_RENDER_LIMITS, ...options.limits };
  const root = parseXml(bytes, { what: "CDA", mixed: true, skip: notWanted(), limits: parserLimits(options) });
  const { cda, document } = readCdaTree(root);
  const findings = new Findings();
  const component = child(document, "component");
  const structured = component && child(component, "structuredBody");
  const media = new MediaStore(structured, findings, limits);
  const sections = structured && sectionsOf(structured, media, findings, limits);
  const body =
    sections && (sections.length > 0 || cda.body.level === "N3")
      ? shownAs(sections)
      : fileOf(cda, media, component && child(component, "nonXMLBody"));
  return { cda, body, problems: [...cda.problems, ...findings.problems] };
}

const shownAs = (sections: Section[]): Body => ({ kind: "sections", sections });

function fileOf(cda: Cda, media: MediaStore, holder: XmlElement | undefined): Body {
  const file = cda.encapsulated();
  const text = holder && child(holder, "text");
  const address = text && child(text, "reference")?.attrs["value"]?.trim();
  if (file === undefined && address)
    return { kind: "file", media: media.outside(cda.body.mediaType ?? "", address, "component/nonXMLBody/text") };
  if (file === undefined) return { kind: "none" };
  return { kind: "file", media: media.of(file, cda.body.mediaType ?? "", "component/nonXMLBody/text") };
}

function parserLimits({ limits = {} }: ReadShownOptions): Partial<CdaLimits> {
  const { maxBytes, maxDepth, maxElements, maxAttributes } = limits;
  return Object.fromEntries(
    Object.entries({ maxBytes, maxDepth, maxElements, maxAttributes }).filter(([, value]) => value !== undefined),
  );
}

function sectionsOf(structured: XmlElement, media: MediaStore, findings: Findings, limits: RenderLimits): Section[] {
  const reader = new NarrativeReader(findings, media, limits);
  const read = (holder: XmlElement, path: string): Section[] =>
    childrenOf(holder, "component").flatMap((component, index) =>
      childrenOf(component, "section").map((section) => sectionOf(section, `${path}component[${index + 1}]/section`)),
    );
  const sectionOf = (section: XmlElement, path: string): Section => {
    const code = codeOf(child(section, "code"));
    const language = child(section, "languageCode")?.attrs["code"];
    return {
      ...idOf(section),
      ...(code && { code }),
      ...(language && { language }),
      ...readSectionParties(section),
      ...reader.section(child(section, "title"), childrenOf(section, "text"), `${path}/text`),
      sections: read(section, `${path}/`),
    };
  };
  const sections = read(structured, "");
  reader.finish();
  return sections;
}

function codeOf(element: XmlElement | undefined): Code | undefined {
  const code = element?.attrs["code"]?.trim();
  const displayName = element?.attrs["displayName"];
  return code ? { code, ...(displayName ? { displayName } : {}) } : undefined;
}
