import { isMedimailError } from "../errors.js";
import { readEr7 } from "./er7.js";
import { refusal } from "./refusal.js";

/** What the other side says of a message of ours. */
export interface Hl7Answer {
  /** `taken`: AA or CA. `refused`: AE or CE, the same would be refused again. `later`: AR or CR. */
  verdict: "taken" | "refused" | "later";
  /** MSA-2: which message it speaks of. */
  controlId: string;
}

const VERDICTS: Readonly<Record<string, Hl7Answer["verdict"]>> = {
  AA: "taken",
  CA: "taken",
  AE: "refused",
  CE: "refused",
  AR: "later",
  CR: "later",
};

/** Reads an acknowledgement. @throws MedimailError `hl7_invalid` */
export function readHl7Answer(bytes: Uint8Array): Hl7Answer {
  const msa = readEr7(bytes).segments.find(({ name }) => name === "MSA");
  if (!msa) throw refusal(100, "MSA", "the segment is missing");
  const verdict = VERDICTS[msa.text(1).toUpperCase()];
  if (!verdict) throw refusal(103, "MSA-1", "is none of AA, AE, AR, CA, CE, CR");
  return { verdict, controlId: msa.text(2) };
}

/** Ours and not the message's: nobody mends them by another message. */
const OURS = /^(storage_|file_|secret_|config_|certificate_|internal$|timeout$|closed$|login_)/;

/**
 * What an acknowledgement of ours says of an error (see `hl7Acknowledgement`). AE: the message must be corrected; an engine sets it aside. AR: the same may be
 * sent later, once it passes or somebody has mended what is ours.
 */
export function codeOfAnswer(error: unknown): "AA" | "AE" | "AR" {
  if (error === undefined) return "AA";
  return !isMedimailError(error) || error.retryable || OURS.test(error.code) ? "AR" : "AE";
}
