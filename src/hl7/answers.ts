import { isMedimailError } from "../errors.js";
import type { SubmissionEvent } from "../sending/types.js";
import { codeOfAnswer } from "./answer.js";
import { encode } from "./charset.js";
import { escaped } from "./escape.js";
import { type Hl7Header, headerOfReference } from "./header.js";
import { CONDITIONS, conditionOf } from "./refusal.js";

const SEPARATORS = "^~\\&";
const PROFILE = "2.1^CISIS_CDA_HL7_V2";
const YES_NO = "expandedYes-NoIndicator";

export interface AnswerOptions {
  /** MSH-7. Default: now. */
  at?: Date;
  /** MSH-10, 20 characters or so, new for each message. Default for an acknowledgement: made of the time and of chance; for a receipt: of the event. */
  controlId?: string;
}

/**
 * The acknowledgement of a message (`ACK^R01^ACK`…): AA where it was taken, and its sender is free of it; with an error AE, the message does not hold, or AR
 * where the same message may be taken later (`retryable`).
 *
 * The error is told by its HL7 code (table 0357), the field, our code and our message, none of which has a patient's data.
 *
 * @param header that of the order; of a message that could not be read, see {@link hl7Header}
 */
export function hl7Acknowledgement(
  header: Hl7Header,
  { error, at = new Date(), controlId = uniqueId(at) }: AnswerOptions & { error?: unknown } = {},
): Uint8Array {
  const version = /^\d+(\.\d+)*$/.test(header.version) ? header.version : "2.5";
  const segments = [
    mshOf(header, {
      type: `ACK${header.trigger === "" ? "" : `^${escaped(header.trigger)}^ACK`}`,
      version,
      at,
      controlId,
    }),
  ];
  segments.push(`MSA|${codeOfAnswer(error)}|${escaped(header.controlId)}`);
  if (error !== undefined) segments.push(errorSegment(error));
  return encode(`${segments.join("\r")}\r`, header.charset);
}

function errorSegment(error: unknown): string {
  const condition = conditionOf(error);
  const { code, message, path } = isMedimailError(error)
    ? error
    : { code: "internal", message: "An unforeseen fault of the connector.", path: undefined };
  return [
    "ERR",
    "",
    locationOf(path),
    coded(String(condition), CONDITIONS[condition], "messageErrorCondition"),
    "E",
    coded(code, "", "MEDIMAIL"),
    "",
    "",
    escaped(message),
  ].join("|");
}

/** ERL: `OBX[2]-5.5` is `OBX^2^5^^5`. Places that are of no message are left out. */
function locationOf(path: string | undefined): string {
  const found = /^([A-Z][A-Z\d]{2})(?:\[(\d+)\]|\([A-Z_]+\))?(?:-(\d+)(?:\.(\d+))?)?$/.exec(path ?? "");
  if (!found) return "";
  const [, segment = "", sequence = "1", field, component] = found;
  if (field === undefined) return `${segment}^${sequence}`;
  return `${segment}^${sequence}^${field}${component === undefined ? "" : `^1^${component}`}`;
}

/**
 * The message of business for an event of a submission that came by HL7, where its sender wants one: `ZAM^Z02^ZAM_Z01` for what became of the mail at the
 * recipient's server (delivered, failed), `ZAM^Z03^ZAM_Z01` for its reading (read, integrated, refused with its code 900 to 906). Undefined for all others.
 *
 * @example
 * for await (const event of connector.events({ after })) {
 *   const receipt = hl7Receipt(event);
 *   if (receipt) await sendToTheEngine(receipt);
 * }
 */
export function hl7Receipt(
  event: SubmissionEvent,
  { at = event.at, controlId }: AnswerOptions = {},
): Uint8Array | undefined {
  const header = headerOfReference(event.reference);
  const kind = KINDS[event.event];
  if (!header || !kind || event.recipient === undefined || !header.wants[kind.wanted]) return undefined;
  const { trigger, status, recipient, ok } = kind;
  const segments = [
    mshOf(header, {
      type: `ZAM^${trigger}^ZAM_Z01`,
      version: "2.6",
      at,
      controlId: controlId ?? receiptId(event),
      profile: PROFILE,
    }),
    `EVN||${hl7Time(at)}`,
    obx(1, "CWE", status, escaped(header.controlId), coded(ok ? "Y" : "N", "", YES_NO)),
    obx(2, "XTN", recipient, "", `^^X.400^${escaped(event.recipient)}`),
  ];
  if (!ok)
    segments.push(
      ["ERR", "", "", coded("207", CONDITIONS[207], "messageErrorCondition"), "E", causeOf(event)].join("|"),
    );
  return encode(`${segments.join("\r")}\r`, header.charset);
}

/** MSH-10 of the message of business of an event: the same each time that it is written. */
export const receiptId = ({ seq }: Pick<SubmissionEvent, "seq">): string => `MED${seq}`;

interface Kind {
  trigger: "Z02" | "Z03";
  wanted: "reception" | "reading";
  status: string;
  recipient: string;
  ok: boolean;
}

const RECEPTION = {
  trigger: "Z02",
  wanted: "reception",
  status: coded("ACK_RECEPTION_MSS", "Accusé de réception MSSanté", "AckMetierZAM"),
  recipient: coded("DESTINATAIRE_MSS", "Destinataire MSSanté", "AckMetierZAM"),
} as const;
const READING = {
  trigger: "Z03",
  wanted: "reading",
  status: coded("ACK_LECTURE_MSS", "Accusé de lecture", "AckMetierZAM"),
  recipient: coded("LECTEUR_MSS", "Lecteur du courriel MSSanté", "AckMetierZAM"),
} as const;

const KINDS: Readonly<Partial<Record<SubmissionEvent["event"], Kind>>> = {
  delivered: { ...RECEPTION, ok: true },
  failed: { ...RECEPTION, ok: false },
  read: { ...READING, ok: true },
  integrated: { ...READING, ok: true },
  refused: { ...READING, ok: false },
};

/** Table SMTPERRORCODE of the CI-SIS: codes that are not in it are those of the same class that say least. */
const SMTP: ReadonlySet<number> = new Set([
  ...[
    101, 111, 251, 252, 420, 421, 422, 431, 432, 441, 442, 450, 451, 452, 500, 501, 502, 503, 504, 510, 512, 513, 523,
  ],
  ...[530, 541, 550, 551, 552, 553, 554],
]);

function causeOf({ event, error }: SubmissionEvent): string {
  if (event === "refused") {
    const application = error?.application ?? "906";
    return coded(escaped(application), "", "applicationErrorCondition");
  }
  const reply = error?.reply ?? 554;
  const known = SMTP.has(reply) ? reply : reply >= 400 && reply < 500 ? 451 : 554;
  return coded(String(known), "", "SMTPERRORCODE");
}

function obx(number: number, type: string, code: string, subId: string, value: string): string {
  return `OBX|${number}|${type}|${code}|${subId}|${value}||||||F|`;
}

function mshOf(
  { sender, receiver, processingId, charset }: Hl7Header,
  {
    type,
    version,
    at,
    controlId,
    profile,
  }: { type: string; version: string; at: Date; controlId: string; profile?: string },
): string {
  const fields = [
    `MSH|${SEPARATORS}`,
    receiver.application,
    receiver.facility,
    sender.application,
    sender.facility,
    hl7Time(at),
    "",
    type,
    escaped(controlId),
    ["P", "T", "D"].includes(processingId) ? processingId : "P",
    version,
    ...["", "", "", ""],
    "FRA",
    charset,
    ...(profile === undefined ? [] : ["", "", profile]),
  ];
  return fields.join("|");
}

function coded(code: string, text: string, system: string): string {
  return [code, text, system].join("^");
}

/** `20261129101500+0100`, by the clock of the place. */
export function hl7Time(at: Date): string {
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const offset = -at.getTimezoneOffset();
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("");
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join("");
  return `${day}${time}${offset < 0 ? "-" : "+"}${two(offset / 60)}${two(offset % 60)}`;
}

let last = 0;
/** Unique in a process, and between two by the time in it. */
function uniqueId(at: Date): string {
  last = (last + 1) % 46_656;
  const chance = Math.floor(Math.random() * 46_656);
  return `${at.getTime().toString(36)}${last.toString(36).padStart(3, "0")}${chance.toString(36).padStart(3, "0")}`.toUpperCase();
}
