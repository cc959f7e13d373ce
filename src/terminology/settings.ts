import * as table from "./tables/settings.js";

const labelsOf = (rows: typeof table.facilityRows) =>
  new Map(rows.map(([code, codeSystem, displayName]) => [`${codeSystem} ${code}`, displayName]));

const facilities = labelsOf(table.facilityRows);
const practices = labelsOf(table.practiceRows);

/** The French label of a type of healthcare facility (JDV_J02). */
export function facilityLabel(code: string, codeSystem: string): string | undefined {
  return facilities.get(`${codeSystem} ${code}`);
}

/** The French label of a practice setting (JDV_J04). */
export function practiceLabel(code: string, codeSystem: string): string | undefined {
  return practices.get(`${codeSystem} ${code}`);
}
