import { archive } from "./archive.js";
import { archivePatient } from "./archive-patient.js";
import { askedFor } from "./asked.js";
import { body } from "./body.js";
import type { Check } from "./check.js";
import { ended } from "./ended.js";
import { form } from "./form.js";
import { imap } from "./imap.js";
import { mailIdentity } from "./mail-identity.js";
import { mssHeaders } from "./mss-headers.js";
import { pdf } from "./pdf.js";
import { psc } from "./psc.js";
import { receipts } from "./receipts.js";
import { replies } from "./replies.js";
import { sender } from "./sender.js";
import { sessions } from "./sessions.js";
import { starttls } from "./starttls.js";
import { subject } from "./subject.js";
import { submission } from "./submission.js";
import { tls } from "./tls.js";
import { traces } from "./traces.js";
import { unfinished } from "./unfinished.js";

/** Every check, in the order of the chapters. */
export const CHECKS: readonly Check[] = [
  ...starttls,
  ...tls,
  ...sessions,
  ...imap,
  ...psc,
  ...archive,
  ...archivePatient,
  ...subject,
  ...pdf,
  ...mailIdentity,
  ...body,
  ...sender,
  ...askedFor,
  ...submission,
  ...mssHeaders,
  ...replies,
  ...receipts,
  ...ended,
  ...unfinished,
  ...traces,
  ...form,
];
