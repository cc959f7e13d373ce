import { hash } from "node:crypto";
import { MedimailError } from "../errors.js";

/** Each byte in hexadecimal, of letters alone (g to p for the digits): a run of digits would look like an INS to whoever searches a log for one. */
const DIGITS = "ghijklmnopabcdef";
const LETTERS = Array.from({ length: 256 }, (_, byte) => DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15));

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
  // The length keeps two pairs with the same concatenation apart.
  const digest = hash("sha256", `${input.submission.length}:${input.submission}${input.recipientKey}`, "buffer");
  let name = "";
  for (let i = 0; i < 24; i++) name += LETTERS[digest[i] as number];
  return `${name}@${domain}`;
}
