import * as classes from "./tables/classes.js";
import * as loinc from "./tables/document-types.js";
import * as others from "./tables/other-document-types.js";
import * as typeToClass from "./tables/type-to-class.js";

/** A code of the national tables, with its French label where the table has one. */
export interface TableCode {
  code: string;
  codeSystem: string;
  displayName: string;
}

/** OID of LOINC. */
export const LOINC = loinc.codeSystem;
/** OID of the document types that LOINC does not have (TRE_A05). */
export const OTHER_DOCUMENT_TYPES = others.codeSystem;
/** OID of the document classes (JDV_J06). */
export const CLASS_CODE_SYSTEM = classes.codeSystem;

const labels = new Map<string, string>();
for (const [code, display] of loinc.rows) labels.set(`${LOINC} ${code}`, display);
for (const [code, display] of others.loincRows) labels.set(`${LOINC} ${code}`, display);
for (const [code, display] of others.rows) labels.set(`${OTHER_DOCUMENT_TYPES} ${code}`, display);

const classLabels = new Map(classes.rows);

const classOf = new Map<string, TableCode>();
const newer = others.classRows.map(([typeCode, code]) => [typeCode, LOINC, code] as const);
for (const [typeCode, typeCodeSystem, code] of [...newer, ...typeToClass.rows]) {
  const entry = { code, codeSystem: typeToClass.classCodeSystem, displayName: classLabels.get(code) ?? "" };
  classOf.set(`${typeCodeSystem} ${typeCode}`, entry);
}

/** The class (JDV_J06) of a type of document, by table ASS_X04; undefined for a type that the table does not have. */
export function classOfType(code: string, codeSystem: string): TableCode | undefined {
  const found = classOf.get(`${codeSystem} ${code}`);
  return found && { ...found };
}

/**
 * The French label of a type of document, ended codes included (an old document keeps its label).
 * Without a code system, LOINC is looked up first, then the complementary types.
 */
export function documentTypeLabel(code: string, codeSystem?: string): string | undefined {
  if (codeSystem !== undefined) return labels.get(`${codeSystem} ${code}`);
  return labels.get(`${LOINC} ${code}`) ?? labels.get(`${OTHER_DOCUMENT_TYPES} ${code}`);
}

/** The French label of a class of documents (JDV_J06). */
export function classLabel(code: string): string | undefined {
  return classLabels.get(code);
}
