import type { CoverageTable } from "./entry.js";
import { caller, later } from "./entry.js";

/** Section 4: session, security, Pro Santé Connect. */
export const session: CoverageTable = {
  "SC.PSC.01": later(
    "Comes with Pro Santé Connect; until then the software logs its user in and gives the access token.",
  ),
  "SC.PSC.14": caller("A penetration test is of the product, by a qualified firm."),
  "psc-mtls": later("Comes with Pro Santé Connect."),
  "psc-edc": caller("A habilitation is the publisher's; whether mail needs it is not said."),
  "SC.SSI-IE.33": caller("Identifiers of professionals are managed by the software."),
  "SC.SSI-IE.38": caller("Closing the user's session is the software's; `close()` then ends ours."),
  "SC.SSI-IE.58": caller("Locking an idle screen is the software's."),
  "SC.SSI-IAM.91-.92": caller("Accounts and administrators are the software's."),
};
