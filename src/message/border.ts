import { MedimailError } from "../errors.js";
import { isPlain } from "../plain-text.js";

const MAX_TEXT = 1000;
/** A text that is not folded must fit a line of 998 characters with the name of its field (RFC 5322 §2.1.1). */
const MAX_UNFOLDED = 900;
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const MESSAGE_ID = /^[\x21-\x3b\x3d\x3f\x41-\x7e]{1,400}@[\x21-\x3b\x3d\x3f\x41-\x7e]{1,400}$/;

/** Refuses a text that would reach a header with anything that can inject or disguise. @throws MedimailError `header_injection`, `mail_invalid` */
export function headerText(value: string, path: string): string {
  if (!isPlain(value))
    throw new MedimailError("header_injection", "a field of the mail holds a control character", { path });
  if (value.length > MAX_TEXT)
    throw new MedimailError("mail_invalid", `a field of the mail is longer than ${MAX_TEXT} characters`, { path });
  return value;
}

/** A header text of printable ASCII without space at its ends. @throws MedimailError `header_injection`, `invalid_argument` */
export function asciiText(value: string, path: string): string {
  headerText(value, path);
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    throw new MedimailError("invalid_argument", "the field must be printable ASCII", { path });
  if (value.length > MAX_UNFOLDED)
    throw new MedimailError("mail_invalid", `a field of the mail is longer than ${MAX_UNFOLDED} characters`, { path });
  return value;
}

/** An address that was checked before: here only that it cannot inject. @throws MedimailError `header_injection`, or `code` */
export function headerAddress(
  value: string,
  path: string,
  code: "recipient_invalid" | "mss_address_invalid" = "mss_address_invalid",
): string {
  headerText(value, path);
  if (!ADDRESS.test(value)) throw new MedimailError(code, "not a plain address", { path });
  return value;
}

/** A message id, with or without its angle brackets; given back without. @throws MedimailError `header_injection`, `mail_invalid` */
export function messageIdText(value: string, path: string): string {
  headerText(value, path);
  const bare = value.startsWith("<") && value.endsWith(">") ? value.slice(1, -1) : value;
  if (!MESSAGE_ID.test(bare))
    throw new MedimailError("mail_invalid", "not a message id of RFC 5322", { path, requirement: "ECO.2.2.1" });
  return bare;
}

/** @throws MedimailError `invalid_argument` for a date that is none */
export function dateText(date: Date): string {
  if (Number.isNaN(date.getTime()))
    throw new MedimailError("invalid_argument", "the date is not one", { path: "date" });
  return date.toUTCString().replace("GMT", "+0000");
}
