import type { CoverageTable } from "./entry.js";
import { caller, met, partly } from "./entry.js";

/** Section 3: receiving, screens, directory, traces. */
export const receiving: CoverageTable = {
  "ECO.3.1.1": partly(
    "`connector.mailbox` says of each mail of the list whether a patient is among its people (`kind`); showing it is the software's.",
    ["src/mailbox/summary.ts"],
    ["test/mailbox/summary.test.ts"],
  ),
  "ECO.3.1.2": partly(
    "`open` gives the patient's names and INS of metadata and CDA and puts his name at his address; `shownName` is what to show of an address; the screen is the software's.",
    ["src/mailbox/show-names.ts", "src/mailbox/patient.ts"],
    ["test/mailbox/open.test.ts", "test/cli/mailbox-show.test.ts"],
  ),
  "ECO.3.1.3": met(
    "`connector.mailbox` and `mailbox list` give the subject without the marker (`subject`) beside the stored one (`rawSubject`), which stays as it is on the server.",
    ["src/mailbox/summary.ts"],
    ["test/mailbox/summary.test.ts"],
  ),
  "ECO.3.1.4": partly(
    "`connector.recipients.find` and `resolve`, `medimail directory search`: Annuaire Santé by FHIR, its public extraction, LDAP and regional files as one answer; `submit` takes recipients by RPPS, name, FINESS or from the CDA. The screen is the software's.",
    [
      "src/directory/merged.ts",
      "src/directory/open.ts",
      "src/directory/fhir/directory.ts",
      "src/directory/resolve/resolve.ts",
      "src/wiring/recipients.ts",
    ],
    [
      "test/directory/fhir/directory.test.ts",
      "test/directory/resolve.test.ts",
      "test/sending/recipients.test.ts",
      "test/cli/directory.test.ts",
    ],
  ),
  "SC.MSS-UX.41": partly(
    "One text or fields: RPPS, names, profession, specialty, town or postcode, structure, FINESS, type; in the extraction slips are forgiven, by FHIR and LDAP a specialty is compared by its code. The screen is the software's.",
    ["src/directory/search/tokens.ts", "src/directory/open.ts", "src/directory/fhir/directory.ts"],
    [
      "test/directory/search-extraction.test.ts",
      "test/directory/fhir/directory.test.ts",
      "test/mock/directory.test.ts",
    ],
  ),
  "ECO.3.1.5": partly(
    "The address is built from the qualified INS, a wrong key is refused, and the warning `ins_traits_differ` says where the matricule and the sex or birth date differ (documents, free mails, documents received). Picking the patient and showing him are the software's.",
    [
      "src/identity/ins-traits.ts",
      "src/sending/rules.ts",
      "src/sending/prepare-mail.ts",
      "src/mailbox/writing-types.ts",
    ],
    [
      "test/identity/ins-traits.test.ts",
      "test/sending/rules.test.ts",
      "test/mailbox/writing.test.ts",
      "test/mailbox/open.test.ts",
      "test/compliance/behaviour.test.ts",
    ],
  ),
  "ECO.3.1.6": partly(
    "Receipts got are matched and stored; `mailbox.receipt` returns the MDN that a mail asks for, once, when a person says so, and `inbox.integrate` once its documents are integrated; none that was not asked for. Showing the receipts got is the software's.",
    ["src/sending/receipts.ts", "src/mailbox/receipts.ts"],
    ["test/compliance/behaviour.test.ts", "test/mailbox/writing.test.ts", "test/mailbox/integrate.test.ts"],
  ),
  "MSS-va1.25": partly(
    "`open` gives title, type, date, patient and author of the documents of each mail, whichever way they are packed, and `mailbox list --open` prints them; the screen is the software's.",
    ["src/cli/commands/mailbox-show.ts", "src/mailbox/open.ts"],
    ["test/cli/mailbox-show.test.ts"],
  ),
  "MSS-va1.27": caller(
    "A visual comparison is the software's, on its own patients; `open` gives the traits of metadata and CDA to show beside them.",
  ),
  "MSS-va1.28": caller(
    "The click and the record are the software's; `document.html()` shows the document, `integrated` and `inbox.integrate` note that it was filed.",
  ),
  "SENTINELLE.20": caller("Looking for the known identity is the software's, in its own patient base."),
  "LGC.MSS-UX.05": partly(
    "`open` gives each document with the action of its slot (replace, delete), and says which known version it concerns; the decision is the software's.",
    ["src/mailbox/open-types.ts", "src/mailbox/seen.ts"],
    ["test/mailbox/open-corpus.test.ts", "test/mailbox/open.test.ts"],
  ),
  "LGC.MDV.06": partly(
    "`open` says of each document whether it is integrated already, by whatever mail it came, once the software has said so (`integrated`, `inbox.integrate`); showing it is the software's.",
    ["src/mailbox/opener.ts", "src/storage/inbox/store.ts"],
    ["test/mailbox/open.test.ts"],
  ),
  "SC.CDA-INT.18": partly(
    "`open` says new, duplicate, newer or obsolete by id, setId and versionNumber against the registry of what was seen, and whether another sender than the first deletes or replaces (`disputed`); showing it is the software's.",
    ["src/mailbox/seen.ts", "src/storage/inbox/store.ts"],
    ["test/mailbox/open.test.ts", "test/mailbox/disputed.test.ts", "test/storage/inbox.test.ts"],
  ),
  "SC.CDA-INT.04-.08-.17": caller(
    "Sorting imported documents and naming their origin are the software's; `open` gives type and date of each, `inspectCda` the rest of its header.",
  ),
  "SC.CDA-VISU.01": partly(
    "`document.html()` and `cda render` show header and narrative of any CDA, self-rendering ones too, as safe HTML: every word of the official ones. Of level 1, a text or an image is shown; a PDF is behind a link that saves it, and RTF is given as a file.",
    ["src/rendering/html/page.ts", "src/mailbox/show-document.ts"],
    ["test/rendering/corpus-html.test.ts", "test/mailbox/show-document.test.ts", "test/rendering/browser.test.ts"],
  ),
  "SC.CDA-VISU.03": partly(
    "Each document says which PDF of the mail is its own (by bytes or by name), and the page of a level 1 leads to the embedded PDF; showing the PDF first, and both on one line, is the software's.",
    ["src/mailbox/match-pdf.ts", "src/rendering/html/blocks.ts"],
    ["test/mailbox/open.test.ts", "test/rendering/html.test.ts"],
  ),
  "BIO-va1.01-.05-.06-.08": caller(
    "Alerts, marks and units on the screen are the software's, which reads the coded results: the connector reads the header, and shows the narrative as it is written (`document.html()`).",
  ),
  "ERGO-va1.05-.08": caller(
    "The list's screen is the software's; `mailbox.search` finds by date, read or not and sender, and among opened mails by patient and type of document, in all folders of one mailbox.",
  ),
  "LGC.DMP-UX.10": caller(
    "Screen and list of professionals are the software's. Calls of the network are asynchronous and end with a signal; only reading or composing a large document takes the thread for a moment.",
  ),
  "ANN-va1.01-.04": partly(
    "`updateExtraction` (`medimail directory update`) brings the public file with RPPS, names, profession, specialty, category and addresses, with what changed since; `FhirDirectory` asks the API in real time. The users' own accounts and the video are the software's.",
    ["src/directory/extraction/download.ts", "src/directory/extraction/row.ts", "src/directory/fhir/directory.ts"],
    ["test/directory/replacement.test.ts", "test/cli/directory.test.ts"],
  ),
  "ECO.4.1.1": met(
    "Each sending, sending again, deletion of a document and withdrawal, and each act on a mail of the mailbox (flag, move, copy, deletion), is traced per mailbox in an append-only table; nothing but the retention (a setting, 183 days by default) erases it.",
    ["src/storage/outbox/schema.ts", "src/storage/outbox/retention.ts", "src/mailbox/action-types.ts"],
    [
      "test/storage/at-rest.test.ts",
      "test/sending/outcome.test.ts",
      "test/sending/end-to-end.test.ts",
      "test/mailbox/acting.test.ts",
    ],
  ),
  "ECO.4.1.2": met(
    "A trace has the author that the caller names or the software, local time with offset, action, request and the server's answer, refusals included, and no content; that the author is authenticated is the caller's to ensure.",
    ["src/storage/outbox/settle.ts", "src/transport/smtp/reply.ts"],
    ["test/sending/outcome.test.ts", "test/sending/end-to-end.test.ts"],
  ),
  "SC.MSS-UX.37": partly(
    "The history of transmissions is listed (`outbox.list`, with the state of each recipient) and exported (`traces`); its screen is the software's.",
    ["src/traces/index.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "trace-20y": caller("Access to records is logged by the software; the retention of our traces is a setting."),
};
