import * as table from "./tables/template-to-format.js";

/** A formatCode; the national table gives no label for it. */
export interface FormatCode {
  code: string;
  codeSystem: string;
  displayName?: string;
}

/** The formatCode of a document whose body is an encapsulated PDF, whatever its templates (xds-sd of IHE). */
export const PDF_FORMAT: Readonly<FormatCode> = {
  code: "urn:ihe:iti:xds-sd:pdf:2008",
  codeSystem: "1.3.6.1.4.1.19376.1.2.3",
  displayName: "Document à corps non structuré en Pdf/A-1",
};

const formats = new Map<string, FormatCode>();
const several = new Map<string, FormatCode[]>();
for (const [templateId, code, codeSystem] of table.rows) {
  const format = { code, codeSystem };
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
