import * as labels from "./tables/format-labels.js";
import * as newer from "./tables/newer-template-formats.js";
import * as table from "./tables/template-to-format.js";

/** A formatCode, with the label of JDV_J10 where that has one. */
export interface FormatCode {
  code: string;
  codeSystem: string;
  displayName?: string;
}

const labelOf = new Map(labels.rows);

function labelled(code: string, codeSystem: string): FormatCode {
  const displayName = labelOf.get(code);
  return displayName === undefined ? { code, codeSystem } : { code, codeSystem, displayName };
}

/** The formatCode of a document whose body is an encapsulated PDF, whatever its templates (xds-sd of IHE). */
export const PDF_FORMAT: Readonly<FormatCode> = labelled("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3");

/** What JDV_J10 has for a document of a model that neither IHE nor the CI-SIS defines. */
export const OTHER_FORMAT: Readonly<FormatCode> = labelled(
  "urn:asipSante:modelesHorsProfils:2011",
  "1.2.250.1.213.1.1.4.2.282",
);

const formats = new Map<string, FormatCode>();
const several = new Map<string, FormatCode[]>();
for (const [templateId, code, codeSystem] of [...table.rows, ...newer.rows]) {
  const format = labelled(code, codeSystem);
  if (!formats.has(templateId)) formats.set(templateId, format);
  several.set(templateId, [...(several.get(templateId) ?? []), format]);
}

/**
 * The formatCode of a document model, by table ASS_A11. A model with several formats (the unstructured body,
 * 1.3.6.1.4.1.19376.1.2.20) gives the first, PDF; {@link formatsOfTemplate} gives all.
 */
export function formatOfTemplate(templateId: string): FormatCode | undefined {
  const found = formats.get(templateId);
  return found && { ...found };
}

/** Every formatCode of a document model, in the order of the table. */
export function formatsOfTemplate(templateId: string): FormatCode[] {
  return (several.get(templateId) ?? []).map((format) => ({ ...format }));
}
