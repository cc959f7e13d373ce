import type { CoverageTable } from "./entry.js";
import { met, partly } from "./entry.js";

/** Section 5: mail to patients (Mon espace santé). */
export const patients: CoverageTable = {
  "mes-minor": met(
    "The patient's address comes from the INS of the document's own patient, so a minor's mail goes to the minor's box and no other.",
    ["src/identity/address.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "mes-bounce": met(
    "A bounce becomes a failure with a sentence that a person can act on: unknown or closed mailbox, bad address, full, too large; showing it is the software's.",
    ["src/sending/receipts.ts"],
    ["test/sending/receipts.test.ts"],
  ),
  "mes-25mb": met(
    "A patient's mail over 25,000,000 bytes is refused before it is stored.",
    ["src/message/compose.ts"],
    ["test/message/compose.test.ts"],
  ),
  "mes-fin": met(
    "X-MSS-MES is the way taken; the other one, a mail whose subject is `[FIN]`, is not served.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "mes-test": partly(
    "The auto-reply box of ANS is accepted as a recipient of the patients' domain; nothing was sent to it from here.",
    ["src/sending/rules.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "mes-replyto": met(
    "Reply-To is written on the patient's mail as on any other.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
};
