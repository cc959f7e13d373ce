import type { CdaHeader } from "../cda/index.js";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import {
  insTraitsProblems,
  isMssAddress,
  isPatientAddress,
  parseIns,
  parseMssAddress,
  patientAddress,
} from "../identity/index.js";
import { headerText } from "../message/index.js";
import type { AddressedSubmission, RecipientInput } from "./types.js";

/** A recipient that the rules let through. */
export interface AllowedRecipient {
  address: string;
  kind: "professional" | "patient";
  name?: string;
}

export interface RuleContext {
  /** Test and demonstration authorities of the INS (1.2.250.1.213.1.4.10, .11) are taken; only where the operator is a test. */
  allowTestIdentities: boolean;
  /** Domains that an address may end in. Default `.mssante.fr`. */
  addressSuffixes?: readonly string[];
  /** The sender of the configuration, where the submission names no Reply-To. */
  sender?: { replyTo?: string };
}

/** The box of ANS that answers by itself, on the patients' side (requirement `mes-test`). */
export const PATIENT_TEST_BOX = "reponse.automatique-test@patient.mssante.fr";

const MASKS = {
  professional: "MASQUE_PS",
  patient: "INVISIBLE_PATIENT",
  guardians: "INVISIBLE_REPRESENTANTS_LEGAUX",
} as const;

/**
 * Who may be written to, by the rules that bind the sender: identity status (INS/va1.53), patient's address from a
 * qualified INS (ECO.2.2.6), oppositions (MSS/va1.20, .22), masks (our rule in interfaces.md §8). Pure; what it refuses
 * is refused before anything is stored.
 *
 * Throws `identity_not_qualified`, `patient_address_refused`, `ins_key_invalid`, `opposition_patient`, `opposition_professional`,
 * `mask_forbids_recipient`, `recipient_invalid`, `header_injection`, `mail_invalid`, `invalid_argument`.
 */
export function allowedRecipients(
  submission: AddressedSubmission,
  headers: readonly CdaHeader[],
  context: RuleContext,
): { recipients: AllowedRecipient[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const own = ownAddress(submission, headers, context, problems);
  const recipients = new Map<string, AllowedRecipient>();
  for (const [index, given] of (submission.to ?? []).entries()) {
    const recipient = checkedRecipient(given, `to[${index}]`, context);
    if (recipient.kind === "patient" && recipient.address !== PATIENT_TEST_BOX && recipient.address !== own()) {
      throw new MedimailError(
        "patient_address_refused",
        `to[${index}] is a patient's address, but not that of the documents' patient.`,
        {
          path: `to[${index}]`,
          hint: "Leave it out and set `patient: true`: the address is built from the qualified INS of the CDA.",
        },
      );
    }
    // Two writings of one box (a correspondent and an address of the CDA) are one recipient.
    const box = recipient.address.toLowerCase();
    if (!recipients.has(box)) recipients.set(box, recipient);
  }
  if (submission.patient) {
    const address = own();
    if (!recipients.has(address)) recipients.set(address, { address, kind: "patient" });
  }
  const list = [...recipients.values()];
  if (list.length === 0) {
    throw new MedimailError("invalid_argument", "The submission has no recipient.", {
      path: "to",
      hint: "Give `to`, or `patient: true`.",
    });
  }
  const toPatient = list.some((recipient) => recipient.kind === "patient");
  const toProfessionals = list.some((recipient) => recipient.kind === "professional");
  checkOppositions(submission, toPatient, toProfessionals);
  checkMasks(submission, headers, toPatient, toProfessionals);
  if (submission.fin && !toPatient) {
    throw new MedimailError("invalid_argument", "`fin` closes an exchange with a patient, and no recipient is one.", {
      path: "fin",
      requirement: "ECO.2.2.8",
    });
  }
  if (toPatient) problems.push(...traitProblems(headers));
  problems.push(...replyToProblems(submission, context));
  problems.push(...versionProblems(submission.action, headers));
  return { recipients: list, problems };
}

/** Whom the patient's mail goes to is for a person to confirm where the matricule doubts it (ECO.3.1.5). */
function traitProblems(headers: readonly CdaHeader[]): Problem[] {
  return headers.flatMap(({ patient }, index) =>
    insTraitsProblems(
      patient.ins,
      defined({ sex: patient.gender, birthDate: patient.birthTime }),
      `documents[${index}].patient.ins`,
    ),
  );
}

/**
 * The action is the caller's word and the CDA is never altered: where they do not agree, the recipient's software files one document too many, or
 * does not find the one that is replaced (AMBU.MSS-va1.02).
 */
function versionProblems(action: AddressedSubmission["action"], headers: readonly CdaHeader[]): Problem[] {
  return headers.flatMap(({ relatedDocuments, versionNumber }, index) => {
    const replaces = relatedDocuments.some(({ typeCode }) => typeCode === "RPLC");
    const path = `documents[${index}].relatedDocuments`;
    if (action === "replace" && !replaces && (versionNumber ?? 1) < 2) {
      const message = "The action is replace, and the CDA is no new version (versionNumber, relatedDocument RPLC).";
      return [{ severity: "warning", code: "replacement_no_new_version", message, path }];
    }
    if ((action ?? "create") === "create" && replaces) {
      const message = 'The CDA replaces another document (relatedDocument RPLC), and the action is not "replace".';
      return [{ severity: "warning", code: "replacement_without_action", message, path }];
    }
    return [];
  });
}

/** A correspondent's operator refuses an answer that would leave the MSSanté space: it would reach nobody (ECO.2.2.5). */
function replyToProblems(
  submission: AddressedSubmission,
  { sender, addressSuffixes: suffixes }: RuleContext,
): Problem[] {
  const replyTo = submission.replyTo ?? sender?.replyTo;
  if (replyTo === undefined || isMssAddress(replyTo, suffixes ? { suffixes } : {})) return [];
  const message = "Reply-To is not a MSSanté address: an answer to it is refused by its sender's operator (ECO.2.2.5).";
  return [{ severity: "warning", code: "reply_to_outside", message, path: "replyTo" }];
}

/** A recipient whose address is of the MSSanté space. @throws `recipient_invalid` */
export function checkedRecipient(given: string | RecipientInput, path: string, context: RuleContext): AllowedRecipient {
  const input = typeof given === "string" ? { address: given } : given;
  let address: string;
  try {
    address = parseMssAddress(input.address, context.addressSuffixes ? { suffixes: context.addressSuffixes } : {});
  } catch (cause) {
    throw new MedimailError("recipient_invalid", `${path} is not a MSSanté address.`, {
      path,
      cause,
      hint: "An address ends in .mssante.fr.",
    });
  }
  const isPatient = isPatientAddress(address) || address.endsWith("@patient.mssante.fr");
  if (input.kind && (input.kind === "patient") !== isPatient) {
    throw new MedimailError("recipient_invalid", `${path} says ${input.kind}, its address says otherwise.`, { path });
  }
  // Here, while it still has the place that the caller gave it.
  if (input.name !== undefined) headerText(input.name, `${path}.name`);
  return {
    address,
    kind: isPatient ? "patient" : "professional",
    ...(input.name === undefined ? {} : { name: input.name }),
  };
}

/** Checks the identity of every document, and gives a function that builds the patient's own address or says why not. */
function ownAddress(
  submission: AddressedSubmission,
  headers: readonly CdaHeader[],
  context: RuleContext,
  problems: Problem[],
): () => string {
  const withIns = headers.filter((header) => header.patient.ins);
  const status = submission.identityStatus ?? (withIns.length > 0 ? "qualifiee" : "provisoire");
  if (status !== "qualifiee" && withIns.length > 0) {
    throw new MedimailError("identity_not_qualified", `The identity status is ${status}, but the CDA carries an INS.`, {
      hint: "Produce the document without the matricule and its OID, or qualify the identity first. The document is never altered here.",
      path: "documents",
    });
  }
  const ins = withIns[0]?.patient.ins;
  let parsed: ReturnType<typeof parseIns> | undefined;
  let fault: unknown;
  if (ins) {
    try {
      parsed = parseIns(ins.value, ins.oid, { allowTest: context.allowTestIdentities, path: "patient.ins" });
    } catch (error) {
      // A test identity has no place on a real operator, whoever the recipient is; a wrong key only closes the patient's own box.
      if ((error as MedimailError).code === "ins_test_oid_refused") throw error;
      fault = error;
      problems.push({
        severity: "warning",
        code: "ins_key_invalid",
        message: "The INS of the CDA does not pass its check.",
        path: "patient.ins",
      });
    }
  }
  return () => {
    if (parsed && withIns.length === headers.length) return patientAddress(parsed);
    if (fault) throw fault;
    throw new MedimailError(
      "patient_address_refused",
      "A patient's address is built from a qualified INS, and the documents carry none.",
      {
        hint: "Qualify the identity, produce the CDA with its INS, then submit again.",
        path: "patient",
      },
    );
  };
}

function checkOppositions({ opposition }: AddressedSubmission, toPatient: boolean, toProfessionals: boolean): void {
  if (opposition?.patient && toPatient) {
    throw new MedimailError("opposition_patient", "The patient opposes mails to himself.", {
      hint: "Remove the patient from the recipients.",
    });
  }
  if (opposition?.professionals && toProfessionals && !opposition.acknowledged) {
    throw new MedimailError("opposition_professional", "The patient opposes mails between professionals.", {
      hint: "Warn the professional; where he sends all the same, set `opposition.acknowledged`.",
    });
  }
}

function checkMasks(
  submission: AddressedSubmission,
  headers: readonly CdaHeader[],
  toPatient: boolean,
  toProfessionals: boolean,
): void {
  const masks = new Set([
    ...(submission.confidentiality ?? []),
    ...headers.map((header) => header.confidentialityCode?.code ?? ""),
  ]);
  const refuse = (what: string, hint: string): never => {
    throw new MedimailError("mask_forbids_recipient", what, { path: "confidentiality", hint });
  };
  if (toProfessionals && masks.has(MASKS.professional)) {
    refuse(
      "MASQUE_PS hides the document from professionals, and one is a recipient.",
      "Send it to the patient alone, or without this mask.",
    );
  }
  if (toPatient && masks.has(MASKS.patient)) {
    refuse(
      "INVISIBLE_PATIENT hides the document from the patient, who is a recipient.",
      "Send it to professionals alone until the document was announced to the patient.",
    );
  }
  if (toPatient && toProfessionals && masks.has(MASKS.guardians)) {
    refuse(
      "INVISIBLE_REPRESENTANTS_LEGAUX: such a document goes to professionals or to the patient, not to both at once.",
      "Submit twice.",
    );
  }
  if (toPatient && !toProfessionals && submission.secretConnection) {
    refuse("A secret connection (CONNEXION_SECRETE) forbids a mail to the patient alone.", "Leave the patient out.");
  }
}
