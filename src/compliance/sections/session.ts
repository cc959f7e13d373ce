import type { CoverageTable } from "./entry.js";
import { caller, met, partly } from "./entry.js";

/** Section 4: session, security, Pro Santé Connect. */
export const session: CoverageTable = {
  "SC.PSC.01": partly(
    "`createProSanteConnect`: authorization code with PKCE, state and nonce, or CIBA on the e-CPS, then renewal and logout; tried on an OpenID provider and the mock, not on the real Pro Santé Connect. The button, the browser and the account that the identity opens are the software's.",
    ["src/auth/psc/create.ts"],
    ["test/auth/psc.test.ts", "test/cli/login.test.ts"],
  ),
  "SC.PSC.14": caller("A penetration test is of the product, by a qualified firm."),
  "psc-mtls": met(
    "The software proves itself to Pro Santé Connect by a secret, a signed assertion, or its certificate over mutual TLS with no secret sent; tried on the mock behind TLS, not on the real one.",
    ["src/auth/psc/types.ts", "src/auth/psc/create.ts"],
    ["test/auth/psc-mtls.test.ts", "test/auth/psc.test.ts"],
  ),
  "psc-edc": caller("A habilitation is the publisher's; whether mail needs it is not said."),
  "SC.SSI-IE.33": caller("Identifiers of professionals are managed by the software."),
  "SC.SSI-IE.38": partly(
    "`close()` ends every IMAP session by LOGOUT, in the middle of a command too, and hangs up on a server that does not answer within 2 s; `session.logout()` drops the tokens and gives the address that ends the session at Pro Santé Connect. The user's button and the browser are the software's.",
    ["src/transport/imap/log-out.ts", "src/transport/imap/link.ts", "src/auth/psc/session.ts"],
    ["test/wiring/close.test.ts", "test/transport/imap-goodbye.test.ts", "test/auth/psc.test.ts"],
  ),
  "SC.SSI-IE.58": caller("Locking an idle screen is the software's."),
  "SC.SSI-IAM.91-.92": caller("Accounts and administrators are the software's."),
};
