import { requirement } from "../catalogue.js";
import type { Guidance, GuidanceTable } from "./guidance.js";

export type { Guidance } from "./guidance.js";

/** By the id of the row. */
export const GUIDANCE: GuidanceTable = Object.freeze({});

const NONE: Guidance = { help: { fr: "", en: "" } };

/** What a person needs to know of a row, by its id or any of its codes. */
export function guidanceOf(idOrCode: string): Guidance {
  const row = requirement(idOrCode);
  return (row && GUIDANCE[row.id]) ?? NONE;
}
