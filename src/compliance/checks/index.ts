import { archive } from "./archive.js";
import { body } from "./body.js";
import type { Check } from "./check.js";
import { form } from "./form.js";
import { mailIdentity } from "./mail-identity.js";
import { mssHeaders } from "./mss-headers.js";
import { pdf } from "./pdf.js";
import { sender } from "./sender.js";
import { starttls } from "./starttls.js";
import { subject } from "./subject.js";

/** Every check, in the order of the chapters. */
export const CHECKS: readonly Check[] = [
  ...starttls,
  ...archive,
  ...subject,
  ...pdf,
  ...mailIdentity,
  ...body,
  ...sender,
  ...mssHeaders,
  ...form,
];
