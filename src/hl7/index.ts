/**
 * HL7 v2, as hospitals' software orders a document to be sent (CI-SIS, "Transmission d'un document CDA-R2 en HL7 v2"): messages in, submissions out, and
 * the answers. Pure: bytes in, bytes out.
 */
export { codeOfAnswer, type Hl7Answer, readHl7Answer } from "./answer.js";
export { type AnswerOptions, hl7Acknowledgement, hl7Receipt, receiptId } from "./answers.js";
export { type Hl7Header, hl7Header } from "./header.js";
export type { Hl7Flag, Hl7Flags } from "./metadata.js";
export { type Hl7Order, type ReadHl7Options, readHl7Order } from "./order.js";
