import type { CoverageTable } from "./entry.js";
import { caller, met, notApplicable, partly } from "./entry.js";

/** Section 6: products and the ANS guides for intermediation platforms. */
export const products: CoverageTable = {
  "pfi-scope": caller("The HL7 v2 side of a platform is the publisher's; the connector carries its mails."),
  "dpi-scope": caller("Integrating documents into the record is the software's."),
  "sil-scope": caller("The software submits at validation, with its level-3 CDA and the PDF/A-1 of it."),
  "ris-scope": caller("The software submits at validation (examples/send-on-validation.ts)."),
  "dui-scope": notApplicable("The content of that workbook was not seen."),
  "out-from": partly(
    "From is the mailbox, there is no Sender, Reply-To and bodies are the caller's; To has one address, since each recipient gets a mail of his own unless professionals are grouped.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "in-mdn": met(
    "MDN of this form are read, and `mailbox.receipt` answers with one; Original-Recipient is the operator's field, else the box.",
    ["src/message/reports.ts", "src/mailbox/receipts.ts"],
    ["test/message/reports.test.ts", "test/mailbox/writing.test.ts"],
  ),
  "in-mdn-ko": partly(
    "Both forms of a failed integration are read, and the present one can be composed; answering comes with the mailbox.",
    ["src/message/reports.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "in-std": partly(
    "A failure mail that is no MDN is read and can be composed; answering comes with the mailbox.",
    ["src/message/ko.ts", "src/message/reports.ts"],
    ["test/message/receipts.test.ts", "test/message/reports.test.ts"],
  ),
  "in-detect": met(
    "Every subject begins with the marker, and a mention comes after it; detecting a mail received comes with the mailbox.",
    ["src/message/naming.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "out-ack": partly(
    "DSN and MDN become states and events of each recipient; relaying them as ZAM is the platform's.",
    ["src/sending/receipts.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
};
