import type { CoverageTable } from "./entry.js";
import { later, met, partly } from "./entry.js";

/** Section 7: what the RFCs behind the requirements ask. */
export const protocols: CoverageTable = {
  "RFC-3207-3501": met(
    "Capabilities are forgotten and asked again after STARTTLS, plain text after its answer ends the session, and nothing is authenticated without TLS.",
    ["src/transport/smtp/session.ts", "src/transport/imap/session.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "RFC-7817": partly(
    "The server's name is checked against its alternative names, never the CN; SRV names come with discovery.",
    ["src/trust/certificates/chain.ts"],
    ["test/trust/verifier.test.ts"],
  ),
  "RFC-6186": later("Comes with discovery."),
  "RFC-5321": met(
    "EHLO, dot-stuffing, CRLF, each recipient's answer apart, 4xx tried again with back-off and 5xx not, QUIT.",
    ["src/transport/smtp/session.ts", "src/transport/smtp/failure.ts", "src/transport/smtp/dot-stuffing.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "RFC-1870": met(
    "SIZE= is given where it is announced.",
    ["src/transport/smtp/envelope.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "RFC-5322": met(
    "Date, From and Message-ID once, fields folded, References grown from the parent's.",
    ["src/message/fields.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "RFC-2045-2049": met(
    "MIME-Version, boundaries that occur nowhere else, base64 lines of 76, attachments with their disposition.",
    ["src/message/mime.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "RFC-2047-2231": met(
    "Header fields are ASCII: encoded words for text, `filename*` for names.",
    ["src/message/fields.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "RFC-3461-3464": met(
    "DSN options only where they are announced; reports are read by their fields, Action and Status.",
    ["src/transport/smtp/envelope.ts", "src/message/delivery-status.ts"],
    ["test/message/receipts.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "RFC-8098": partly(
    "MDN are asked for and read; sending one, and its rules, come with the mailbox.",
    ["src/message/disposition.ts"],
    ["test/message/receipts.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "RFC-9051-3501": partly(
    "UID with UIDVALIDITY and BODY.PEEK; IDLE comes with the mailbox.",
    ["src/transport/imap/fetch-new.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "RFC-7628": met(
    "A refused token is recognised in each of its shapes, answered by an empty line, and tried once more with a fresh one.",
    ["src/transport/smtp/auth.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
};
