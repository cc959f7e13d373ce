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

/** What an acknowledgement of ours says of an error (see `hl7Acknowledgement`). */
export const codeOfAnswer = (error: unknown): "AA" | "AE" | "AR" =>
  error === undefined ? "AA" : isMedimailError(error) && error.retryable ? "AR" : "AE";
