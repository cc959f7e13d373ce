import type { Profile } from "../compliance/index.js";

/** The profiles of `--profile`, known without loading the room of the checks: a test joins the two. */
export const PROFILES = [
  "all",
  "sending",
  "mailbox",
  "pfi",
  "lis",
  "ris",
  "gp",
  "hospital",
  "nursing-home",
] as const satisfies readonly Profile[];
