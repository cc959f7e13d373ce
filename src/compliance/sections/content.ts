import type { CoverageTable } from "./entry.js";
import { met, partly } from "./entry.js";

/** Section 2: content of mails. */
export const content: CoverageTable = {
  "ECO.2.1.1": partly(
    "Each mail holds IHE_XDM.ZIP and one PDF per document. What the connector makes of a level-3 document is PDF/A-1b (each official document checked by an independent program); whether a PDF of the caller or of a level 1 is one is looked for in its metadata and warned about, never proven.",
    ["src/message/pdf.ts", "src/message/compose.ts", "src/sending/narrative-pdf.ts", "src/rendering/pdf/render.ts"],
    [
      "test/message/compose.test.ts",
      "test/compliance/sent-mail.test.ts",
      "test/rendering/corpus-pdf.test.ts",
      "test/cli/send.test.ts",
    ],
  ),
  "ECO.2.1.1-b": met(
    "Documents of two patients in one submission are refused with `xdm_several_patients`; of an archive that comes in it is an error.",
    ["src/xdm/open.ts"],
    ["test/xdm/pack.test.ts", "test/message/compose.test.ts"],
  ),
  "ECO.2.1.2": partly(
    "`openXdm` and `mailbox.open` take the patient from the patientId of METADATA.XML and never from the subject, with what the CDA and the address say beside, and a shown document is marked where they do not agree; finding him in the record is the software's.",
    ["src/xdm/open.ts", "src/mailbox/open-types.ts", "src/rendering/claims.ts"],
    ["test/compliance/sent-mail.test.ts", "test/mailbox/open.test.ts", "test/rendering/claims.test.ts"],
  ),
  "ECO.2.1.3": met(
    "The subject is made from the CDA by the rule, and encoded by RFC 2047.",
    ["src/message/naming.ts"],
    ["test/message/naming.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.1.5": partly(
    "Level 1: the encapsulated bytes are joined as they are, PDF/A-1 or not; level 3: a PDF/A-1b is made of header and narrative where the caller gives none.",
    ["src/message/pdf.ts", "src/rendering/pdf/render.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts", "test/rendering/pdf.test.ts"],
  ),
  "ECO.2.1.6": met(
    "Each PDF is named by the rule, two of one name get `-2`.",
    ["src/message/naming.ts"],
    ["test/message/naming.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.2.1": met(
    "One Message-ID for each (submission, recipient), the same at every attempt.",
    ["src/message/message-id.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.2.2": met(
    "`mailbox.reply` writes In-Reply-To and References of the mail it answers; a submission of documents may be given both.",
    ["src/message/compose.ts", "src/message/answer.ts", "src/mailbox/writing.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts", "test/mailbox/writing.test.ts"],
  ),
  "ECO.2.2.3": met(
    "Every text part is UTF-8 and says so.",
    ["src/message/mime.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.2.4": met(
    "text/plain, or multipart/alternative where there is HTML, inside multipart/mixed.",
    ["src/message/compose.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.2.5": met(
    "Reply-To is a setting of the mailbox and of each submission or mail, for any type of mailbox; one outside of the MSSanté space is warned about (`reply_to_outside`).",
    ["src/message/compose.ts", "src/sending/rules.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts", "test/sending/rules.test.ts"],
  ),
  "ECO.2.2.6": met(
    "A patient's address is built from an INS, its key checked: of the CDA, its identity qualified, or given with a free mail. Any other is refused, but ANS's auto-reply box and, in an answer, the patients of the mail answered.",
    ["src/sending/rules.ts", "src/sending/prepare-mail.ts", "src/identity/address.ts"],
    [
      "test/sending/rules.test.ts",
      "test/identity/address.test.ts",
      "test/compliance/sent-mail.test.ts",
      "test/mailbox/writing.test.ts",
    ],
  ),
  "ECO.2.2.7": partly(
    "`sender.label` is required and is the From display name; that it has the parts of the rule is the caller's.",
    ["src/message/types.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.2.8": met(
    "`fin` writes `X-MSS-MES: FIN`, on the patient's mail only.",
    ["src/message/compose.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.3.1": met(
    "NOTIFY, ORCPT, ENVID and RET are given where the operator offers DSN; Return-Receipt-To is not written, since nothing certain asks for it.",
    ["src/transport/smtp/envelope.ts"],
    ["test/transport/smtp-send.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.3.2": met(
    "`requestRead` writes Disposition-Notification-To with the sender's box.",
    ["src/message/types.ts"],
    ["test/message/compose.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.4.1": met(
    "X-MSS-CODECDA has one code per document, in order; a mail without CDA has none.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.4.2": met(
    "X-MSS-INS is O when every CDA has the matricule, its OID and the four traits, else N.",
    ["src/message/compose.ts"],
    ["test/compliance/sent-mail.test.ts"],
  ),
  "ECO.2.4.3": met(
    "`software.nil` is required, and is in every mail composed.",
    ["src/message/types.ts"],
    ["test/message/reports.test.ts", "test/compliance/sent-mail.test.ts"],
  ),
  "MSS-va1.13": met(
    "A mail beyond the size that the operator announces, or beyond 25 MB to a patient, is refused before it is stored where the limit is known, else before it is sent.",
    ["src/message/compose.ts", "src/transport/smtp/envelope.ts"],
    ["test/transport/smtp-send.test.ts", "test/message/compose.test.ts"],
  ),
  "AMBU.MSS-va1.02": met(
    "`action: replace` puts `[Annule et remplace]` after the marker of the subject, a sentence in the body where the caller writes none of his own, and the slot C in the metadata. The format is free as far as public texts tell.",
    ["src/message/naming.ts"],
    ["test/message/naming.test.ts", "test/message/compose.test.ts", "test/xdm/pack.test.ts"],
  ),
  "MSS-va1.20": partly(
    "A submission that says the patient opposes is refused with the patient as recipient; recording the opposition is the software's.",
    ["src/sending/rules.ts"],
    ["test/sending/rules.test.ts", "test/cli/send.test.ts"],
  ),
  "MSS-va1.22": partly(
    "A submission that says the patient opposes is refused until the professional's acknowledgement is given; recording the opposition and showing the warning are the software's.",
    ["src/sending/types.ts", "src/sending/rules.ts"],
    ["test/sending/rules.test.ts", "test/cli/send.test.ts"],
  ),
  "INS-va1.53": met(
    "A CDA that carries an INS is refused where the caller says that the identity is not qualified (`identityStatus`), as a patient so named is not resolved to an address; the document is never altered.",
    ["src/sending/rules.ts", "src/directory/resolve/resolve.ts"],
    ["test/sending/rules.test.ts", "test/cli/send.test.ts", "test/directory/resolve.test.ts"],
  ),
};
