import type { CoverageTable } from "./entry.js";
import { met, partly } from "./entry.js";

/** Section 7: what the RFCs behind the requirements ask. */
export const protocols: CoverageTable = {
  "RFC-3207-3501": met(
    "Capabilities are forgotten and asked again after STARTTLS, plain text after its answer ends the session, and nothing is authenticated without TLS.",
    ["src/transport/smtp/session.ts", "src/transport/imap/session.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "RFC-7817": partly(
    "The server's name is checked against its alternative names, never the CN. SRV names in a certificate are not looked at: a host that the DNS names is checked under its own name, and must be under `operator.hostSuffixes`, in place of the person of RFC 6186 §6.",
    ["src/trust/certificates/chain.ts"],
    ["test/trust/verifier.test.ts", "test/discovery/rules.test.ts"],
  ),
  "RFC-6186": met(
    "`_submission._tcp` and `_imap._tcp` are asked; `.` is not offered, priority and weight are honoured; a domain that has only implicit TLS (`_imaps._tcp`) is named as such and not used, since the mailbox goes by STARTTLS.",
    ["src/discovery/look-up.ts", "src/discovery/order.ts"],
    ["test/discovery/srv.test.ts", "test/discovery/connector.test.ts"],
  ),
  "RFC-5321": met(
    "EHLO, dot-stuffing, CRLF, each recipient's answer apart, 4xx tried again with back-off and 5xx not, QUIT.",
    ["src/transport/smtp/session.ts", "src/transport/smtp/failure.ts", "src/transport/smtp/dot-stuffing.ts"],
    [
      "test/compliance/sent-mail.test.ts",
      "test/transport/smtp-send.test.ts",
      "test/sending/outcome.test.ts",
      "test/transport/smtp-pool.test.ts",
    ],
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
  "RFC-8098": met(
    "MDN are asked for, read and sent: never for a report or for a mail of the null path, once for a mail ($MDNSent), themselves from the null path, and to another address than the Return-Path only when a person confirms.",
    ["src/message/disposition.ts", "src/mailbox/receipts.ts", "src/sending/outgoing.ts"],
    ["test/mailbox/writing.test.ts", "test/message/receipts.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "RFC-9051-3501": met(
    "UID with UIDVALIDITY, BODY.PEEK, IDLE begun again after 25 minutes, unknown answers passed over.",
    ["src/transport/imap/fetch-new.ts", "src/transport/imap/idle.ts"],
    [
      "test/compliance/behaviour.test.ts",
      "test/mailbox/watch.test.ts",
      "test/mailbox/reading.test.ts",
      "test/transport/imap.test.ts",
    ],
  ),
  "RFC-7628": met(
    "A refused token is recognised in each of its shapes, answered by an empty line (XOAUTH2, the only mechanism with a token), and tried once more with a fresh one.",
    ["src/transport/smtp/auth.ts"],
    [
      "test/compliance/behaviour.test.ts",
      "test/transport/smtp-session.test.ts",
      "test/transport/imap.test.ts",
      "test/transport/refused-token.test.ts",
    ],
  ),
};
