import type { CoverageTable } from "./entry.js";
import { caller, later, partly } from "./entry.js";

/** Section 4: session, security, Pro Santé Connect. */
export const session: CoverageTable = {
  "SC.PSC.01": later(
    "Comes with Pro Santé Connect; until then the software logs its user in and gives the access token.",
  ),
  "SC.PSC.14": caller("A penetration test is of the product, by a qualified firm."),
  "psc-mtls": later("Comes with Pro Santé Connect."),
  "psc-edc": caller("A habilitation is the publisher's; whether mail needs it is not said."),
  "SC.SSI-IE.33": caller("Identifiers of professionals are managed by the software."),
  "SC.SSI-IE.38": partly(
    "`close()` ends every IMAP session by LOGOUT, in the middle of a command and while it listens too, and hangs up on a server that does not come to it within 2 s; the user's button, and the end of his session at Pro Santé Connect, are the software's (`session.logout()`).",
    ["src/transport/imap/log-out.ts", "src/transport/imap/link.ts"],
    ["test/wiring/close.test.ts", "test/transport/imap-goodbye.test.ts"],
  ),
  "SC.SSI-IE.58": caller("Locking an idle screen is the software's."),
  "SC.SSI-IAM.91-.92": caller("Accounts and administrators are the software's."),
};
