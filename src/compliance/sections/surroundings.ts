import type { CoverageTable } from "./entry.js";
import { caller, met, notApplicable, partly } from "./entry.js";

/** Sections 8 and 9: the operator's side, and the steps of a raccordement. */
export const surroundings: CoverageTable = {
  "ope-contract": caller("The structure contracts with its operator."),
  "ope-whitelist": met(
    "With `trust.whiteList` a recipient outside the list is refused before anything is stored (a list that is missing or not confirmed for 7 days refuses nobody, with a warning); an operator's refusal of a domain is shown as it comes.",
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
    "The publisher demonstrates the modes that his product has; both can be shown with this version (`medimail demo`). `onboarding solution` helps the establishment to choose.",
  ),
  "rac-open": partly(
    "What Mipih needs to open the connector is on a sheet filled from the configuration (`onboarding sheet`), checked before it is sent; contacting Mipih is the publisher's.",
    ["src/onboarding/sheet/sheet.ts"],
    ["test/onboarding/sheet.test.ts"],
  ),
  "rac-acc": caller("The GRADeS sends the accounts."),
  "rac-dom": partly(
    "The domain is advised and its form checked (`onboarding plan --domain`), and found in the white list or not; declaring it is the establishment's.",
    ["src/onboarding/guide/steps.ts", "src/onboarding/domain.ts"],
    ["test/onboarding/plan.test.ts"],
  ),
  "rac-admin": caller("The establishment names an administrator."),
  "rac-load": partly(
    "The load file is checked by row and column, built, compared with the present state and made ready for 18:00 (`accounts`), by a layout of ours until Mipih's real columns are given; loading it is the establishment's.",
    ["src/onboarding/guide/steps.ts", "src/onboarding/accounts"],
    ["test/onboarding/accounts-file.test.ts", "test/onboarding/accounts-life.test.ts"],
  ),
  "rac-use": caller("The user finishes his registration."),
  "rac-rgpd": partly(
    "Register entry, poster and booklet pages as templates to complete (`onboarding template`); entering and displaying them is the establishment's.",
    ["src/onboarding/templates/register.ts", "src/onboarding/templates/notice.ts"],
    ["test/onboarding/templates.test.ts"],
  ),
  "rac-osis": caller("A declaration of hospitals."),
  "rac-dir": partly(
    "LDAP with its account, and CSV files of a folder or an SFTP server whose columns are described; access is given by Mipih, and neither format is published.",
    ["src/directory/ldap/directory.ts", "src/directory/regional/update.ts"],
    [
      "test/directory/ldap/slapd.test.ts",
      "test/directory/regional/update.test.ts",
      "test/directory/regional/sftp.test.ts",
    ],
  ),
};
