/** Directories of any size with people, structures and numbers that are made up, for tests, the bench and the mock. Pure: same seed, same people. */
export { EXTRACTION_COLUMNS } from "./columns.js";
export type { SampleOptions } from "./extraction.js";
export { sampleExtraction, sampleRows } from "./extraction.js";
export { SeededRandom } from "./random.js";
