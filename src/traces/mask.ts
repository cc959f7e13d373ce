import { isAsciiWithoutIns } from "../plain-text.js";

// The local part of a patient's address is the INS. Some answers quote it without the domain, hence the second pattern: 13
// digits (A or B in Corsica) and the key, whether glued or spaced.
const PATIENT_ADDRESS = /[^\s<>"',;:()[\]]*@patient\.[\w.-]+/gi;
const INS =
  /(?<![\dA-Za-z])[1-478][ .]?\d{2}[ .]?\d{2}[ .]?\d[\dABab][ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{2})?(?![\dA-Za-z])/g;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Longest request or answer that a trace keeps, in characters; the rest is cut. */
export const MAX_TRACE_TEXT = 500;

/**
 * A request or a server's answer as a trace may keep it: one line, no patient's address, no INS, of bounded length. What is
 * masked is not replaced by a hash either: an INS has so few possible values that its hash gives it away. A trace is
 * joined to a transcript by its Message-ID.
 */
export function maskTraceText(text: string): string {
  if (text.length <= MAX_TRACE_TEXT && isAsciiWithoutIns(text) && !namesPatient(text)) return text.trim();
  const line = beginning(text).replace(CONTROLS, " ").trim();
  return line.replace(PATIENT_ADDRESS, "<patient>").replace(INS, "<ins>").slice(0, MAX_TRACE_TEXT);
}

/** Half a test for {@link PATIENT_ADDRESS}: true for all that it finds. */
function namesPatient(text: string): boolean {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const next = text.charAt(at + 1);
    if (next === "p" || next === "P") return true;
  }
  return false;
}

// A word that the cut goes through is dropped: half an address would not be known for one.
function beginning(text: string): string {
  const longest = MAX_TRACE_TEXT * 4;
  return text.length <= longest ? text : text.slice(0, longest).replace(/\S*$/, "");
}
