import type { CoverageTable } from "./entry.js";
import { caller, met, notApplicable } from "./entry.js";

/** Sections 8 and 9: the operator's side, and the steps of a raccordement. */
export const surroundings: CoverageTable = {
  "ope-contract": caller("The structure contracts with its operator."),
  "ope-whitelist": met(
    "With `trust.whiteList` a recipient outside the list is refused before anything is stored; without it, an operator's refusal of a domain is shown as it comes.",
    ["src/trust/white-list/white-list.ts", "src/wiring/trust-space.ts"],
    ["test/trust/white-list.test.ts", "test/cli/trust-whitelist.test.ts"],
  ),
  "ope-stats": notApplicable("The operator counts; the headers it counts by are written (ECO.2.4.1, ECO.2.4.3)."),
  "ope-lps": notApplicable("An obligation of operators."),
  "ope-limits": notApplicable("Limits are read from the server where it announces them, and are settings elsewhere."),
  "rac-form": caller("A form of the establishment."),
  "rac-conv": caller("Signed by the establishment and Mipih."),
  "rac-elig": caller("Hosting and eligibility are the publisher's and the establishment's."),
  "rac-modes": caller(
    "The publisher demonstrates the modes that his product has; sending on validation can be shown with this version, the mailbox not yet.",
  ),
  "rac-open": caller("The publisher contacts Mipih."),
  "rac-acc": caller("The GRADeS sends the accounts."),
  "rac-dom": caller("The establishment chooses its domain and has it declared."),
  "rac-admin": caller("The establishment names an administrator."),
  "rac-load": caller("The establishment loads its accounts."),
  "rac-use": caller("The user finishes his registration."),
  "rac-rgpd": caller("The establishment's register and notice."),
  "rac-osis": caller("A declaration of hospitals."),
  "rac-dir": caller("Access is given by Mipih."),
};
