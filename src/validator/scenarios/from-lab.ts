import { BOX } from "../people.js";
import type { ArrivalPlan } from "../plan-types.js";

/** A mail of the laboratory to the professional, with documents of the scenario. */
export const fromLab = (documents: readonly string[], text: string): ArrivalPlan => ({
  from: BOX.app,
  label: "Laboratoire de biologie - CH EXEMPLE",
  to: BOX.doctor,
  documents,
  text,
});
