import { requirement } from "../catalogue.js";
import { content } from "./content.js";
import type { Guidance, GuidanceTable } from "./guidance.js";
import { products } from "./products.js";
import { protocols } from "./protocols.js";
import { receiving } from "./receiving.js";
import { session } from "./session.js";
import { surroundings } from "./surroundings.js";
import { transport } from "./transport.js";

export type { Guidance } from "./guidance.js";

/** By the id of the row. */
export const GUIDANCE: GuidanceTable = Object.freeze({
  ...transport,
  ...content,
  ...receiving,
  ...session,
  ...products,
  ...protocols,
  ...surroundings,
});

/** What a person needs to know of a row, by its id or any of its codes. Undefined where no row has it. */
export function guidanceOf(idOrCode: string): Guidance | undefined {
  const row = requirement(idOrCode);
  return row && GUIDANCE[row.id];
}
