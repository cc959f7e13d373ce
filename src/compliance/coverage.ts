import { requirement } from "./catalogue.js";
import { content } from "./sections/content.js";
import type { CoverageTable } from "./sections/entry.js";
import { patients } from "./sections/patients.js";
import { products } from "./sections/products.js";
import { protocols } from "./sections/protocols.js";
import { receiving } from "./sections/receiving.js";
import { session } from "./sections/session.js";
import { surroundings } from "./sections/surroundings.js";
import { transport } from "./sections/transport.js";
import type { Coverage } from "./types.js";

/**
 * What this version does about each requirement, by the id of its row. A test joins it with the catalogue both ways, and with the code:
 * what is `met` or `partly` names a file where the requirement's code stands, and a test that names it too.
 */
export const COVERAGE: CoverageTable = Object.freeze({
  ...transport,
  ...content,
  ...receiving,
  ...session,
  ...patients,
  ...products,
  ...protocols,
  ...surroundings,
});

/** What this version does about a requirement, by its id or any of its codes. Undefined where no row has it. */
export function coverageOf(code: string): Coverage | undefined {
  const row = requirement(code);
  return row && COVERAGE[row.id];
}
