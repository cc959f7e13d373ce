import { type CdaHeader, readCda } from "../cda/index.js";
import { isMedimailError, type Problem } from "../errors.js";
import { isInsOid } from "../identity/index.js";
import type { DocumentSubmission, SubmissionAction } from "../sending/types.js";
import { readEr7, type Segment } from "./er7.js";
import { type Hl7Header, headerOf, referenceOf } from "./header.js";
import { base64Of, type Hl7Flags, metadataOf } from "./metadata.js";
import { type People, peopleOf } from "./people.js";
import { refusal } from "./refusal.js";

export interface ReadHl7Options {
  /**
   * Refuses each combination of the flags that the ANS matrix does not name ("regles-gestion-mssante", said to be exhaustive). Default false: what would
   * send a masked document is refused, the rest is a problem `hl7_combination`. Samples of ANS themselves are outside of their matrix.
   */
  strictMatrix?: boolean;
}

/** A request of a CREATEUR of documents (a laboratory system, a RIS, a patient record) to send documents by MSSanté. */
export interface Hl7Order {
  header: Hl7Header;
  /** What to submit. Where neither professionals nor the patient are to get it (DMP alone), `to` is empty. */
  submission: DocumentSubmission & { documents: { cda: Uint8Array }[] };
  /** DESTDMP: the document is also to go to the DMP, which is not the connector's. */
  toDmp: boolean;
  flags: Hl7Flags;
  problems: Problem[];
}

const ACTIONS: Readonly<Record<string, SubmissionAction>> = { NW: "create", RO: "replace", CA: "delete" };
const ACTIONS_BEFORE: Readonly<Record<string, SubmissionAction>> = { F: "create", C: "replace", D: "delete" };
const STATUS: Readonly<Record<SubmissionAction, string>> = { create: "F", replace: "C", delete: "D" };
const EVENTS: Readonly<Record<SubmissionAction, string>> = { create: "T02", replace: "T10", delete: "T04" };
const VERSIONS: Readonly<Record<string, RegExp>> = { ORU: /^2\.5(\.1)?$/, MDM: /^2\.6$/ };
const MAX_DOCUMENTS = 2;

/**
 * Reads `ORU^R01^ORU_R01` (2.5) and `MDM^T02|T10|T04^MDM_T02` (2.6) of the CI-SIS's "Transmission d'un document CDA-R2 en HL7 v2" (2.1, and 2.0 of Ségur's first wave), and makes of it what
 * `documents.submit` takes: documents, action, recipients, masks, texts, receipts asked for. Its `idempotencyKey` is made of who sent the message, its
 * number and its time: a message that an engine sends again is the same submission. Its `reference` brings the header back with each event.
 *
 * @param message without the frame of MLLP; lines that end with CR, LF or both
 * @throws MedimailError `hl7_invalid`, with the field as `path`: what does not hold, what the segments do not agree in, an INS in PID-3 that is not the
 * document's
 *
 * @example
 * const { header, submission } = readHl7Order(bytes);
 * await connector.documents.submit(submission);
 * socket.write(hl7Acknowledgement(header));
 */
export function readHl7Order(message: Uint8Array, { strictMatrix = false }: ReadHl7Options = {}): Hl7Order {
  const { segments, charset } = readEr7(message);
  const [msh] = segments;
  if (!msh) throw refusal(100, "MSH", "there is no header segment");
  const header = headerOf(msh, charset);
  const type = checkHeader(msh, header);
  const action = actionOf(segments, type, header, profileOf(msh));
  const { documents, rest } = documentsOf(segments, action);
  const { flags, fin, bodies, problems } = metadataOf(rest, charset);
  const people = peopleOf(segments);
  header.wants = { reception: flags.ACK_RECEPTION, reading: flags.ACK_LECTURE_MSS };
  checkPatient(one(segments, "PID"), documents);
  checkPeople(flags, people);
  checkMatrix(flags, strictMatrix, problems);
  const confidentiality = [
    ...(flags.MASQUE_PS ? ["MASQUE_PS"] : []),
    ...(flags.INVISIBLE_PATIENT ? ["INVISIBLE_PATIENT"] : []),
    ...(flags.INVISIBLE_REP_LEGAUX ? ["INVISIBLE_REPRESENTANTS_LEGAUX"] : []),
  ];
  const { professional, patient } = bodies;
  return {
    header,
    toDmp: flags.DESTDMP,
    flags,
    problems,
    submission: {
      documents,
      to: [...people.professionals, ...people.patients],
      action,
      ...(confidentiality.length > 0 ? { confidentiality } : {}),
      secretConnection: flags.CONNEXION_SECRETE,
      toDmp: flags.DESTDMP,
      ...(fin ? { fin } : {}),
      ...(people.replyTo === undefined ? {} : { replyTo: people.replyTo }),
      ...(professional === undefined && patient === undefined
        ? {}
        : {
            body: {
              ...(professional === undefined ? {} : { professional: { text: professional } }),
              ...(patient === undefined ? {} : { patient: { text: patient } }),
            },
          }),
      requestRead: flags.ACK_LECTURE_MSS,
      ...(people.actor === undefined ? {} : { actor: people.actor }),
      idempotencyKey: keyOf(header, msh.raw(7)),
      reference: referenceOf(header),
    },
  };
}

function checkHeader(msh: Segment, { controlId, type, trigger, processingId, version }: Hl7Header): "ORU" | "MDM" {
  if (type === "") throw refusal(101, "MSH-9", "the type of the message is missing");
  const name = type;
  if (name !== "ORU" && name !== "MDM") throw refusal(200, "MSH-9", "the type of the message is neither ORU nor MDM");
  const events = name === "ORU" ? ["R01"] : Object.values(EVENTS);
  if (!events.includes(trigger)) throw refusal(201, "MSH-9", `the event of ${name} is none of ${events.join(", ")}`);
  if (controlId === "") throw refusal(101, "MSH-10", "the number of the message is missing");
  if (!["P", "T", "D"].includes(processingId)) throw refusal(202, "MSH-11", "is none of P, T, D");
  if (!VERSIONS[name]?.test(version)) throw refusal(203, "MSH-12", `is not the version of ${name} in this profile`);
  for (const field of [3, 4, 5, 6])
    if (msh.isEmpty(field)) throw refusal(101, `MSH-${field}`, "who sends and who receives must be named");
  return name;
}

/** MSH-21: 2.1, or the one before it, which has no order in ORC-1. Older ones name no recipient. */
function profileOf(msh: Segment): "2.0" | "2.1" {
  const written = msh.text(21);
  if (written === "2.0") return "2.0";
  if (written === "" || /^2\.\d+(\.\d+)*$/.test(written)) return "2.1";
  throw refusal(203, "MSH-21", "the profile of the message is neither 2.1 nor 2.0 of the CI-SIS");
}

/** ORC-1, OBX-11 of the document and, in an MDM, the event say the same, or the message is refused. */
function actionOf(
  segments: readonly Segment[],
  type: "ORU" | "MDM",
  { trigger }: Hl7Header,
  profile: "2.0" | "2.1",
): SubmissionAction {
  const order =
    segments
      .find(({ name }) => name === "ORC")
      ?.text(1)
      .toUpperCase() ?? "";
  const status = segments.find(isDocument)?.text(11).toUpperCase();
  const action = profile === "2.1" ? ACTIONS[order] : ACTIONS_BEFORE[status ?? ""];
  if (profile === "2.1" && !segments.some(({ name }) => name === "ORC"))
    throw refusal(100, "ORC", "the segment is missing");
  if (action === undefined && profile === "2.1")
    throw refusal(order === "" ? 101 : 103, "ORC-1", "is none of NW, RO, CA");
  if (action === undefined) throw refusal(103, "OBX[1]-11", "is none of F, C, D");
  if (type === "MDM" && trigger !== EVENTS[action])
    throw refusal(199, profile === "2.1" ? "ORC-1" : "OBX[1]-11", "does not agree with the event of the message");
  return action;
}

const isDocument = (segment: Segment): boolean =>
  segment.name === "OBX" && segment.text(2) === "ED" && segment.text(3, 3) !== "MetaDMPMSS";

function documentsOf(
  segments: readonly Segment[],
  action: SubmissionAction,
): { documents: { cda: Uint8Array }[]; rest: Segment[] } {
  const holders = segments.filter(isDocument);
  if (holders.length === 0) throw refusal(101, "OBX", "no OBX holds a document (OBX-2 ED)");
  if (holders.length > MAX_DOCUMENTS) throw refusal(198, "OBX", `more than ${MAX_DOCUMENTS} documents`);
  // An MDM of 2.0 has its type in TXA alone.
  const ordered = segments.find(({ name }) => name === "OBR")?.text(4);
  const documents = holders.map((obx, index) => {
    const place = (field: string) => `OBX[${index + 1}]-${field}`;
    if (obx.text(11).toUpperCase() !== STATUS[action]) throw refusal(199, place("11"), "does not agree with ORC-1");
    if (index === 0 && ordered !== undefined && obx.text(3) !== ordered)
      throw refusal(199, place("3"), "is not the type of document of OBR-4");
    if (obx.text(5, 4).toUpperCase() !== "BASE64")
      throw refusal(103, place("5.4"), "the document is not said to be Base64");
    return { cda: base64Of(obx.bulk(5, 5), place("5.5")) };
  });
  const first = segments.indexOf(holders[0] as Segment);
  return { documents, rest: segments.slice(first).filter((segment) => !holders.includes(segment)) };
}

/** A document of one patient in the message of another is the worst that an interface does. */
function checkPatient(pid: Segment, documents: readonly { cda: Uint8Array }[]): void {
  const numbers = pid.repetitions(3).map((cx) => ({
    value: pid.part(cx, 1),
    isIns: isInsOid(pid.part(cx, 4, 2)) || isInsOid(pid.part(cx, 4)) || pid.part(cx, 5).toUpperCase() === "INS",
  }));
  const ins = numbers.filter(({ isIns }) => isIns).map(({ value }) => value.slice(0, 13));
  for (const [index, { cda }] of documents.entries()) {
    const own = headerOfDocument(cda, index).patient.ins;
    if (own && ins.length > 0 && !ins.includes(own.value.slice(0, 13)))
      throw refusal(199, "PID-3", `the INS is not that of document ${index + 1}: nothing is sent`);
  }
}

function headerOfDocument(cda: Uint8Array, index: number): CdaHeader {
  try {
    return readCda(cda).header;
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    throw refusal(102, `OBX[${index + 1}]-5`, `the document cannot be read: ${error.message}`, { cause: error });
  }
}

function checkPeople(flags: Hl7Flags, { professionals, patients }: People): void {
  if (flags.DESTMSSANTEPS !== professionals.length > 0)
    throw refusal(
      flags.DESTMSSANTEPS ? 101 : 199,
      flags.DESTMSSANTEPS ? "PRT" : "OBX(DESTMSSANTEPS)-5",
      "DESTMSSANTEPS and the professionals among the recipients (PRT RCT) do not agree",
    );
  if (flags.DESTMSSANTEPAT !== patients.length > 0)
    throw refusal(
      flags.DESTMSSANTEPAT ? 101 : 199,
      flags.DESTMSSANTEPAT ? "PRT" : "OBX(DESTMSSANTEPAT)-5",
      "DESTMSSANTEPAT and the patient among the recipients (PRT RCT) do not agree",
    );
  if (patients.length > 1) throw refusal(198, "PRT", "more than one patient among the recipients");
}

function checkMatrix(flags: Hl7Flags, strict: boolean, problems: Problem[]): void {
  const { MASQUE_PS, INVISIBLE_PATIENT, INVISIBLE_REP_LEGAUX, CONNEXION_SECRETE, DESTDMP } = flags;
  const { DESTMSSANTEPS: professionals, DESTMSSANTEPAT: patient } = flags;
  if (!professionals && !patient) return;
  const both = professionals && patient && !MASQUE_PS && !INVISIBLE_PATIENT && !INVISIBLE_REP_LEGAUX;
  const alone = professionals && !patient && !MASQUE_PS && INVISIBLE_PATIENT && !INVISIBLE_REP_LEGAUX;
  const toPatient = !professionals && patient && !INVISIBLE_PATIENT && !CONNEXION_SECRETE && !DESTDMP;
  if (both || alone || toPatient) return;
  const message = "The flags of masking and the destinations are no combination of the ANS matrix.";
  if (strict) throw refusal(199, "OBX", message);
  problems.push({ severity: "warning", code: "hl7_combination", message, path: "OBX" });
}

/** A number alone begins again at some engines; with its time it is the message's. */
function keyOf({ controlId, sender }: Hl7Header, time: string): string {
  return `hl7 ${[sender.application, sender.facility, controlId, time.trim()].join("|")}`.slice(0, 500);
}

function one(segments: readonly Segment[], name: string): Segment {
  const found = segments.filter((segment) => segment.name === name);
  const [only] = found;
  if (!only) throw refusal(100, name, "the segment is missing");
  if (found.length > 1) throw refusal(198, name, "the segment is there twice");
  return only;
}
