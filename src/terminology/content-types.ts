import type { TableCode } from "./document-types.js";
import * as table from "./tables/content-types.js";

/** JDV_J03 (contentTypeCode of a submission set), its codes of the type of activity. */
export const contentTypes: readonly Readonly<TableCode>[] = table.rows.map(([code, displayName]) => ({
  code,
  codeSystem: table.codeSystem,
  displayName,
}));

const byCode = new Map(contentTypes.map((entry) => [entry.code, entry]));

/** A code of JDV_J03 with its system and label; undefined where the code is not a type of activity. */
export function contentType(code: string): TableCode | undefined {
  const found = byCode.get(code);
  return found && { ...found };
}
