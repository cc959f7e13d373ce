import { MedimailError } from "../errors.js";

// What XML 1.0 cannot hold, escaped or not: controls but tab, LF and CR, halves of surrogate pairs, U+FFFE, U+FFFF.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;
const FORBIDDEN_ALL = new RegExp(FORBIDDEN.source, "gu");
const SPECIAL_IN_TEXT = /[&<>\r]/g;
const SPECIAL_IN_ATTRIBUTE = /[&<>"\t\n\r]/g;

const REPLACEMENTS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A reader turns these into spaces in an attribute, and a CR into a LF in text, unless they are references.
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

const replacement = (character: string): string => REPLACEMENTS[character] as string;

/** True where every character of the string may stand in an XML 1.0 document. */
export function isXmlText(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/** The string without the characters that XML 1.0 cannot hold. */
export function stripForbidden(text: string): string {
  return text.replace(FORBIDDEN_ALL, "");
}

function refuseForbidden(text: string): void {
  if (FORBIDDEN.test(text)) {
    throw new MedimailError("xml_invalid", "A text to write has a character that XML 1.0 does not allow.");
  }
}

/**
 * Text of an element; reads back as the very same string.
 *
 * @throws MedimailError `xml_invalid` for a character that XML 1.0 cannot hold (see {@link stripForbidden}).
 */
export function escapeText(text: string): string {
  refuseForbidden(text);
  return text.replace(SPECIAL_IN_TEXT, replacement);
}

/**
 * Value of an attribute, to be put between double quotes; reads back as the very same string.
 *
 * @throws MedimailError `xml_invalid` for a character that XML 1.0 cannot hold (see {@link stripForbidden}).
 */
export function escapeAttribute(value: string): string {
  refuseForbidden(value);
  return value.replace(SPECIAL_IN_ATTRIBUTE, replacement);
}
