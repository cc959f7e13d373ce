import type { Profile, Requirement } from "./types.js";

/** Kinds of product that a report is made for, `all` first. */
export const PROFILES: readonly Profile[] = [
  "all",
  "sending",
  "mailbox",
  "pfi",
  "lis",
  "ris",
  "gp",
  "hospital",
  "nursing-home",
];

/**
 * Which kinds of product each profile of the catalogue concerns (requirements.md: ALL, IHM, APP, SEND, RECV, a kind of product; those
 * of chapter 9 name who does it, which concerns every product). Ours where the sources are silent: a laboratory's or an imaging
 * software sends unattended from an APP box and has no mailbox on its screen.
 */
const SCREENS: readonly Profile[] = ["mailbox", "gp", "hospital", "nursing-home"];
const UNATTENDED: readonly Profile[] = ["sending", "pfi", "lis", "ris"];
const CONCERNED: Readonly<Record<string, readonly Profile[]>> = {
  ALL: PROFILES,
  SEND: PROFILES,
  IHM: SCREENS,
  RECV: [...SCREENS, "pfi"],
  APP: UNATTENDED,
  LGC: ["gp"],
  DPI: ["hospital"],
  PFI: ["pfi"],
  SIL: ["lis"],
  RIS: ["ris"],
  DUI: ["nursing-home"],
};

/** Whether a row concerns a kind of product. `all` is concerned by every row. */
export function appliesTo(row: Requirement, profile: Profile): boolean {
  if (profile === "all") return true;
  return (CONCERNED[row.profiles] ?? PROFILES).includes(profile);
}
