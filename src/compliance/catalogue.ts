import { rows } from "./tables/requirements.js";
import type { Requirement } from "./types.js";

/** Every requirement of a MSSanté client that we know of, in the order of the catalogue. */
export const REQUIREMENTS: readonly Requirement[] = rows;

const byName = new Map<string, Requirement>();
for (const row of rows) {
  for (const name of [row.id, ...row.codes]) if (!byName.has(name)) byName.set(name, row);
}

/** The row of an id (`MSS-va1.13`) or of any code that stands for it (`MSS/va1.13`, `SC.MSS/CONF.05`). */
export function requirement(idOrCode: string): Requirement | undefined {
  return byName.get(idOrCode);
}
