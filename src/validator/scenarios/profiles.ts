import type { Profile } from "../../compliance/index.js";

/** Products that send unattended, from the APP mailbox of an establishment. */
export const UNATTENDED: readonly Profile[] = ["sending", "pfi", "lis", "ris", "hospital", "nursing-home"];
/** Products with a mailbox on their screens, of a professional or an organisation. */
export const SCREENS: readonly Profile[] = ["mailbox", "gp", "hospital", "nursing-home"];
/** Products that receive documents and file them. */
export const RECEIVING: readonly Profile[] = [...SCREENS, "pfi"];
