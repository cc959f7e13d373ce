import type { MedimailError } from "../../errors.js";
import type { OutgoingMail } from "../../seams/mail-transport.js";
import type { Capabilities } from "./capabilities.js";
import { smtpFailure } from "./failure.js";

/** The MAIL and RCPT lines of a mail, with the parameters that the server announced and no other. */
export interface Envelope {
  mail: string;
  rcpt: string[];
}

/**
 * @throws mail_too_large where the operator's SIZE is passed (MSS/va1.13, RFC 1870): nothing was sent then.
 */
export function envelopeOf(mail: OutgoingMail, capabilities: Capabilities): Envelope {
  const { maxSize } = capabilities;
  if (maxSize > 0 && mail.size > maxSize) {
    throw smtpFailure("mail_too_large", `the mail has ${mail.size} bytes and the operator takes ${maxSize}`, {
      stage: "mail",
      verdict: "permanent",
      systemic: false,
    });
  }
  const utf8 = mail.utf8 === true;
  if (utf8 && !capabilities.smtpUtf8) {
    throw smtpFailure("smtp_permanent", "the mail needs SMTPUTF8 and the operator does not offer it", {
      stage: "mail",
      verdict: "permanent",
      systemic: false,
    });
  }
  if (mail.to.length === 0) throw invalid("the mail has no recipient");
  const dsn = capabilities.dsn ? mail.dsn : undefined;
  const size = capabilities.size ? ` SIZE=${mail.size}` : "";
  const body = capabilities.eightBitMime ? " BODY=8BITMIME" : "";
  const report = dsn ? ` RET=${dsn.ret} ENVID=${xtext(dsn.envid)}` : "";
  const notify = dsn ? ` NOTIFY=${dsn.notify.length === 0 ? "NEVER" : dsn.notify.join(",")}` : "";
  return {
    mail: `MAIL FROM:<${path(mail.from, utf8)}>${size}${body}${utf8 ? " SMTPUTF8" : ""}${report}`,
    rcpt: mail.to.map(
      (address) => `RCPT TO:<${path(address, utf8)}>${dsn ? `${notify} ORCPT=rfc822;${xtext(address)}` : ""}`,
    ),
  };
}

/** RFC 2920: all of it in one write, and DATA, which ends the group. */
export function envelopeLines({ mail, rcpt }: Envelope): string {
  return `${mail}\r\n${rcpt.join("\r\n")}\r\nDATA\r\n`;
}

/** RFC 3461 §4 (the delivery report of ECO.2.3.1): what is not a visible ASCII character, `+` and `=` are written as `+` and two hexadecimal digits. */
export function xtext(text: string): string {
  return text.replace(/[^\x21-\x2a\x2c-\x3c\x3e-\x7e]/g, (character) =>
    [...Buffer.from(character, "utf8")].map((byte) => `+${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

function path(address: string, utf8: boolean): string {
  // One address that ends the path early would give the server another command.
  if (/[\x00-\x20\x7f<>]/.test(address) || address.length > 320)
    throw invalid("an envelope address has a character that it cannot have");
  if (/[^\x00-\x7f]/.test(address)) {
    if (!utf8) throw invalid("an envelope address is not ASCII");
    return Buffer.from(address, "utf8").toString("latin1");
  }
  return address;
}

function invalid(why: string): MedimailError {
  return smtpFailure("invalid_argument", why, { stage: "mail", verdict: "permanent", systemic: false });
}
