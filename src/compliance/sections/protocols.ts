import type { CoverageTable } from "./entry.js";
import { later, met, partly } from "./entry.js";

/** Section 7: what the RFCs behind the requirements ask. */
export const protocols: CoverageTable = {
  "RFC-3207-3501": met(
    "Capabilities are forgotten and asked again after STARTTLS, plain text after its answer ends the session, and nothing is authenticated without TLS.",
    ["src/transport/smtp/session.ts"],
    ["test/transport/"],
  ),
  "RFC-7817": partly(
    "The server's name is checked against its alternative names, never the CN; SRV names come with discovery.",
    ["src/trust/verifier.ts"],
    ["test/trust/"],
  ),
  "RFC-6186": later("Comes with discovery."),
  "RFC-5321": met(
    "EHLO, dot-stuffing, CRLF, each recipient's answer apart, 4xx tried again with back-off and 5xx not, QUIT.",
    ["src/transport/smtp/"],
    ["test/transport/"],
  ),
  "RFC-1870": met(
    "SIZE= is given where it is announced.",
    ["src/transport/smtp/envelope.ts"],
    ["test/transport/smtp-send.test.ts"],
  ),
  "RFC-5322": met(
    "Date, From and Message-ID once, fields folded, References grown from the parent's.",
    ["src/message/fields.ts", "src/message/compose.ts"],
    ["test/message/"],
  ),
  "RFC-2045-2049": met(
    "MIME-Version, boundaries that occur nowhere else, base64 lines of 76, attachments with their disposition.",
    ["src/message/mime.ts"],
    ["test/message/"],
  ),
  "RFC-2047-2231": met(
    "Header fields are ASCII: encoded words for text, `filename*` for names.",
    ["src/message/fields.ts"],
    ["test/message/"],
  ),
  "RFC-3461-3464": met(
    "DSN options only where they are announced; reports are read by their fields, Action and Status.",
    ["src/transport/smtp/envelope.ts", "src/message/delivery-status.ts"],
    ["test/transport/smtp-send.test.ts", "test/message/"],
  ),
  "RFC-8098": partly(
    "MDN are asked for and read; sending one, and its rules, come with the mailbox.",
    ["src/message/disposition.ts"],
    ["test/message/"],
  ),
  "RFC-9051-3501": partly(
    "UID with UIDVALIDITY and BODY.PEEK; IDLE comes with the mailbox.",
    ["src/transport/imap/"],
    ["test/transport/"],
  ),
  "RFC-7628": met(
    "A refused token is recognised in each of its shapes, answered by an empty line, and tried once more with a fresh one.",
    ["src/transport/smtp/auth.ts", "src/transport/"],
    ["test/transport/"],
  ),
};
