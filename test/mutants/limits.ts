/** Mutants that the judge does not see, and why. A mutant that it comes to see must leave this list. */
export const KNOWN_MISSES: Readonly<Record<string, string>> = {};

/** Requirements that a program sees and no mutant breaks, and why. */
export const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  "ECO.2.1.2":
    "which patient the software has filed under stands on a screen; the mock sees only that the mail was fetched",
  "ECO.3.1.5": "the choice in the patient base stands on a screen; its address is that of ECO.2.2.6",
  "LGC.MSS-UX.05": "what the software decides of a replacement stands on a screen",
  "LGC.MDV.06": "that a document is there already is said on a screen",
  "SC.CDA-INT.18": "duplicates and versions are told on a screen",
  "LGC.DMP-UX.10": "that the screen is not blocked is seen by the person in front of it",
  "ANN-va1.01-.04": "beside the requests of ECO.3.1.4 it is frequency and content, declared",
  "ECO.4.1.2": "the traces are the publisher's own file, joined to his declaration",
  "SC.SSI-IE.58": "two hours of silence: the clock of a process cannot be moved",
  "mes-bounce": "the explanation of a bounce stands on a screen",
  "mes-test": "its mailbox is not to be written to from a test operator, and the mock does not know it",
  "mes-replyto": "optional; a Reply-To that is missing where it is asked breaks ECO.2.2.5",
  "pfi-scope": "the HL7 side of a platform is not seen by a mail operator",
  "dpi-scope": "the integration into the record stands on a screen",
  "out-ack": "the HL7 acknowledgement of a platform is not seen by a mail operator",
};
