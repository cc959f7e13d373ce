import type { CoverageTable } from "./entry.js";
import { caller, met, notApplicable, partly } from "./entry.js";

/** Section 6: products and the ANS guides for intermediation platforms. */
export const products: CoverageTable = {
  "pfi-scope": caller("The HL7 v2 side of a platform is the publisher's; the connector carries its mails."),
  "dpi-scope": caller(
    "Integrating documents into the record is the software's; `inbox.integrate` hands each one over once, and answers and files its mail.",
  ),
  "sil-scope": caller(
    "The software submits at validation, with its level-3 CDA; the PDF/A-1 is made of it where the software gives none.",
  ),
  "ris-scope": caller("The software submits at validation (examples/send-on-validation.mts)."),
  "dui-scope": notApplicable("The content of that workbook was not seen."),
  "out-from": partly(
    "From is the mailbox, there is no Sender, Reply-To and bodies are the caller's; To has one address, since each recipient gets a mail of his own unless professionals are grouped.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "in-mdn": met(
    "MDN of this form are read, and `mailbox.receipt` answers with one; Original-Recipient is the operator's field, else the box; the receipt of documents filed has their subject.",
    ["src/message/reports.ts", "src/mailbox/receipts.ts"],
    ["test/message/reports.test.ts", "test/mailbox/writing.test.ts"],
  ),
  "in-mdn-ko": met(
    "Both forms of a failed integration are read; `mailbox.receipt` with `error` and a code 900-906 answers with the present form and the subject `[KO Intégration système !]`, the former form on request.",
    ["src/message/reports.ts", "src/mailbox/receipts.ts"],
    ["test/mailbox/writing.test.ts", "test/message/reports.test.ts", "test/compliance/behaviour.test.ts"],
  ),
  "in-std": met(
    "A failure mail that is no MDN is read; `mailbox.failureMail` sends one where no receipt was asked for, the original within and its attachments repeated.",
    ["src/message/ko.ts", "src/mailbox/receipts.ts"],
    ["test/mailbox/writing.test.ts", "test/message/receipts.test.ts", "test/message/reports.test.ts"],
  ),
  "in-detect": met(
    "Every subject sent begins with the marker, and a mention comes after it; of a mail received `hasXdm` says so by the archive's name, or by the marker before another ZIP.",
    ["src/message/naming.ts", "src/mailbox/summary.ts"],
    ["test/compliance/sent-mail.test.ts", "test/mailbox/summary.test.ts", "test/mailbox/open.test.ts"],
  ),
  "out-ack": partly(
    "DSN and MDN become states and events of each recipient; relaying them as ZAM is the platform's.",
    ["src/sending/receipts.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
};
