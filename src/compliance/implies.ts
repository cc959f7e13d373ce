import { requirement } from "./catalogue.js";

/**
 * Rows that a breach of a row also breaks, by nature and not by chance: what is wrong in one way must fail its own row, and may fail
 * these. Fixed before the mutants of test/mutants were written; a row that is not named here must not fail with another.
 */
export const IMPLIES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  // A session in clear: the submission rule, the TLS rule and the order of STARTTLS are three names for it.
  "ECO.1.0.1": ["ECO.1.1.1", "RFC-3207-3501", "ECO.1.2.1", "APP-AUTH"],
  "ECO.1.0.2": ["ECO.1.1.1", "RFC-3207-3501", "ECO.1.2.1", "APP-AUTH"],
  "ECO.1.1.1": ["ECO.1.0.1", "ECO.1.0.2", "RFC-3207-3501", "ECO.1.1.3"],
  "RFC-3207-3501": ["ECO.1.0.1", "ECO.1.0.2"],
  // A server that is believed without a look at its certificate fails every rule on certificates that was shown.
  "ECO.1.1.5": ["ECO.1.1.10", "RFC-7817", "ECO.1.1.6"],
  "ECO.1.1.6": ["ECO.1.1.7"],
  "ECO.1.1.7": ["ECO.1.1.6"],
  "ECO.1.1.10": ["ECO.1.1.5", "RFC-7817"],
  "RFC-7817": ["ECO.1.1.5", "ECO.1.1.10"],
  "ECO.1.1.9": ["RFC-6186"],
  "RFC-6186": ["ECO.1.1.9"],
  "ECO.1.2.1": ["ECO.1.0.1", "ECO.1.0.2", "ECO.1.1.1"],
  // No archive, or one that cannot be opened: what is held against it is then not observed, and only the scope of a product falls with it.
  "ECO.2.1.1": ["pfi-scope", "sil-scope", "ris-scope", "in-detect"],
  "ECO.2.1.1-b": ["ECO.2.1.1"],
  "ECO.2.1.3": ["in-detect", "AMBU.MSS-va1.02"],
  // A mention before the marker: who detects by the subject misses it, and the subject does not begin by the marker.
  "in-detect": ["ECO.2.1.3"],
  "ECO.2.1.5": ["sil-scope"],
  "ECO.2.2.1": ["RFC-5322"],
  "ECO.2.2.2": ["RFC-5322"],
  "ECO.2.2.4": ["RFC-2045-2049"],
  "ECO.2.2.8": ["mes-fin"],
  "mes-fin": ["ECO.2.2.8"],
  "ECO.2.2.5": ["mes-replyto"],
  "mes-replyto": ["ECO.2.2.5"],
  "mes-minor": ["ECO.2.2.6", "ECO.3.1.5"],
  "ECO.2.2.6": ["ECO.3.1.5"],
  "ECO.3.1.5": ["ECO.2.2.6"],
  "ECO.2.2.7": ["out-from"],
  "out-from": ["ECO.2.2.7"],
  "ECO.2.3.1": ["out-ack"],
  "RFC-3461-3464": ["ECO.2.3.1"],
  "INS-va1.53": ["ECO.2.2.6", "ECO.2.4.2"],
  "MSS-va1.13": ["mes-25mb", "RFC-1870"],
  "mes-25mb": ["MSS-va1.13"],
  "MSS-va1.20": [],
  // A receipt that is wrong in its form is wrong for RFC 8098 too.
  "in-mdn": ["RFC-8098", "ECO.3.1.6"],
  "in-mdn-ko": ["RFC-8098"],
  "ECO.3.1.6": ["RFC-8098", "in-mdn"],
  "RFC-8098": ["ECO.3.1.6", "in-mdn"],
  "ECO.3.1.4": ["SC.MSS-UX.41", "ANN-va1.01-.04"],
  "SC.PSC.01": ["psc-mtls"],
  "SC.SSI-IE.58": ["SC.SSI-IE.38"],
});

/** The rows that a breach of a row may break beside it, by any of its codes. */
export function impliedBy(idOrCode: string): readonly string[] {
  const row = requirement(idOrCode);
  return (row && IMPLIES[row.id]) ?? [];
}
