import { CONTENT, type NodeMutant } from "./content.js";
import { ENVELOPE } from "./envelope.js";

/** Every mutant in Node, by name. */
export const NODE_MUTANTS: Readonly<Record<string, NodeMutant>> = { ...CONTENT, ...ENVELOPE };
