import { REQUIREMENTS } from "../compliance/index.js";
import { sha256 } from "./declarations.js";

/** Rows of the catalogue and what they say: two reports of one version were judged by the same requirements. */
export const CATALOGUE_VERSION = `${REQUIREMENTS.length}-${sha256(JSON.stringify(REQUIREMENTS)).slice(0, 12)}`;
