/**
 * Each step from the name of the operator to the mailbox, tried and timed: what a publisher's support runs. Opens the sessions that the connector
 * opens, by the same code; sends nothing and opens no mail.
 */
export { type DiagnosisParts, diagnose } from "./diagnose.js";
export {
  type AdviceCode,
  type CertificateSeen,
  type Diagnosis,
  type Seen,
  STEPS,
  type Step,
  type StepError,
  type StepName,
  type StepState,
} from "./types.js";
