import type { Cda } from "../cda/types.js";
import { type FormatCode, formatOfTemplate, formatsOfTemplate, PDF_FORMAT } from "../terminology/index.js";
import { splitId } from "./hl7.js";

/** Model of a document whose body is a file (XDS-SD of IHE): its format depends on the file. */
const UNSTRUCTURED = "1.3.6.1.4.1.19376.1.2.20";

const UNSTRUCTURED_FORMATS: Readonly<Record<string, string>> = {
  "text/plain": "urn:ihe:iti:xds-sd:text:2008",
  "image/jpeg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
  "image/jpg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
  "text/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
  "application/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
  "image/tiff": "urn:ihe:iti-fr:xds-sd:tiff:2010",
};

/*
 * A choice between two official sources that disagree: table ASS_A11 (2024) gives these codes of IHE the system of IHE
 * (1.3.6.1.4.1.19376.1.2.3), the official archives (2025-2026) the systems below. The archives are followed; without this
 * map it is the table that counts.
 */
const SYSTEMS_OF_ARCHIVES: Readonly<Record<string, string>> = {
  "urn:ihe:iti:xds-sd:pdf:2008": "1.2.250.1.213.1.1.4.12",
  "urn:ihe:lab:xd-lab:2008": "1.2.250.1.213.1.1.4.2.282",
  "urn:ihe:pharm:pre:2010": "1.2.250.1.213.1.1.4.2.282",
  "urn:ihe:eyecare:geneyeevalcn:2014": "1.2.250.1.213.1.1.4.2.282",
  "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013": "1.2.250.1.213.1.1.4.2.282",
};

/**
 * The formatCode of a document: by the kind of file for a body that is a file (table ASS_A12; PDF where it does not say of
 * what kind), else by the last of its templates that table ASS_A11 knows. Undefined where neither knows it.
 */
export function formatOf({ header, body }: Pick<Cda, "header" | "body">): FormatCode | undefined {
  const known = body.level === "N1" ? formatOfFile(body.mediaType) : formatOfModel(header.templateIds);
  if (known === undefined) return undefined;
  return { ...known, codeSystem: SYSTEMS_OF_ARCHIVES[known.code] ?? known.codeSystem };
}

function formatOfFile(mediaType = "application/pdf"): FormatCode | undefined {
  const type = mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/pdf") return { ...PDF_FORMAT };
  const code = UNSTRUCTURED_FORMATS[type];
  return formatsOfTemplate(UNSTRUCTURED).find((each) => each.code === code);
}

function formatOfModel(templateIds: readonly string[]): FormatCode | undefined {
  for (const id of templateIds.toReversed()) {
    const templateId = splitId(id).root;
    // A structured body that still claims the unstructured model is no PDF.
    if (templateId === UNSTRUCTURED) continue;
    const format = formatOfTemplate(templateId);
    if (format !== undefined) return format;
  }
  return undefined;
}
