import { createHash } from "node:crypto";
import { MedimailError } from "../errors.js";

/**
 * The Message-ID of a submission to one recipient (ECO.2.2.1), without angle brackets: the same for the same input, so that a
 * mail sent again is the same mail. A hash of both keys before the sender's domain: nothing of the patient or the recipient
 * can be read from it.
 *
 * @param input.submission id of the submission; made at random by the caller, or the recipient could be guessed
 * @param input.recipientKey what tells the recipient from the others of the submission (address, or group)
 * @throws MedimailError `invalid_argument` for a domain that is none
 */
export function messageIdFor(input: { submission: string; recipientKey: string; domain: string }): string {
  const domain = input.domain.toLowerCase();
  if (!/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(domain))
    throw new MedimailError("invalid_argument", "not a domain name", { path: "domain" });
  const hash = createHash("sha256");
  // The length keeps two pairs with the same concatenation apart.
  hash.update(`${input.submission.length}:${input.submission}${input.recipientKey}`);
  // Letters alone (g to p for the digits): a run of digits would look like an INS to whoever searches a log for one.
  const name = hash
    .digest("hex")
    .slice(0, 48)
    .replace(/\d/g, (digit) => "ghijklmnop".charAt(Number(digit)));
  return `${name}@${domain}`;
}
