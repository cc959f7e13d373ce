import type { Profile } from "../../compliance/index.js";
import type { ScenarioPlan } from "../plan-types.js";
import { MAILBOX } from "./mailbox.js";
import { TO_PATIENTS } from "./patients.js";
import { RECEIPTS } from "./receipts.js";
import { SENDING } from "./sending.js";
import { SESSION } from "./session.js";
import { TRANSPORT } from "./transport.js";

/** Every scenario, in the order in which they are played. */
export const SCENARIOS: readonly ScenarioPlan[] = [
  ...SENDING,
  ...TO_PATIENTS,
  ...RECEIPTS,
  ...TRANSPORT,
  ...SESSION,
  ...MAILBOX,
];

/** Those of a kind of product. */
export function plansOf(profile: Profile): readonly ScenarioPlan[] {
  return profile === "all" ? SCENARIOS : SCENARIOS.filter(({ profiles }) => profiles.includes(profile));
}
