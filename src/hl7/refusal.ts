import { MedimailError, type MedimailErrorDetails } from "../errors.js";

/** Table HL7 0357 (messageErrorCondition), as the CI-SIS has it. */
export const CONDITIONS = {
  100: "Segment sequence error",
  101: "Required field missing",
  102: "Data type error",
  103: "Table value not found",
  198: "Non-conformant cardinality",
  199: "Other HL7 error",
  200: "Unsupported message type",
  201: "Unsupported event code",
  202: "Unsupported processing id",
  203: "Unsupported version id",
  207: "Application error",
} as const;

export type Hl7Condition = keyof typeof CONDITIONS;

const CONDITION = Symbol.for("medimail-connector.hl7-condition");

/** `place`: the field, as `OBX-11`, `OBX[2]-5` for the second of its name. Values are never quoted: they may be a patient's. */
export function refusal(
  condition: Hl7Condition,
  place: string,
  message: string,
  details: Pick<MedimailErrorDetails, "hint" | "cause"> = {},
): MedimailError {
  const error = new MedimailError("hl7_invalid", `${place}: ${message}`, { path: place, ...details });
  Object.defineProperty(error, CONDITION, { value: condition, enumerable: false });
  return error;
}

/** The HL7 code of an error: that of a message that does not hold, else 207, an error of the application. */
export function conditionOf(error: unknown): Hl7Condition {
  const own = typeof error === "object" && error !== null ? (error as Record<symbol, unknown>)[CONDITION] : undefined;
  return typeof own === "number" && own in CONDITIONS ? (own as Hl7Condition) : 207;
}
