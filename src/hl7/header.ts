import type { Hl7Charset } from "./charset.js";
import { readEr7, type Segment } from "./er7.js";
import { escaped } from "./escape.js";
import { refusal } from "./refusal.js";

/** What the answers to a message, today's and those of tomorrow, need of it. */
export interface Hl7Header {
  /** MSH-10. */
  controlId: string;
  /** MSH-3 and MSH-4: who sent it (HD, in the encoding of HL7). */
  sender: { application: string; facility: string };
  /** MSH-5 and MSH-6: whom he sent it to. */
  receiver: { application: string; facility: string };
  /** MSH-9.1: `ORU`, `MDM`. */
  type: string;
  /** MSH-9.2: `R01`, `T02`… */
  trigger: string;
  /** MSH-11: `P`, `T` or `D`. */
  processingId: string;
  /** MSH-12. */
  version: string;
  charset: Hl7Charset;
  /** ACK_RECEPTION and ACK_LECTURE_MSS: which messages of business (ZAM) its sender wants. */
  wants: { reception: boolean; reading: boolean };
}

export function headerOf(msh: Segment, charset: Hl7Charset): Hl7Header {
  return {
    controlId: msh.text(10),
    sender: { application: hdOf(msh, 3), facility: hdOf(msh, 4) },
    receiver: { application: hdOf(msh, 5), facility: hdOf(msh, 6) },
    type: msh.text(9),
    trigger: msh.text(9, 2),
    processingId: msh.text(11),
    version: msh.text(12),
    charset,
    wants: { reception: false, reading: false },
  };
}

/** By our delimiters, whatever the sender's are. */
function hdOf(msh: Segment, field: number): string {
  const parts = [1, 2, 3].map((component) => escaped(msh.text(field, component)));
  return parts.join("^").replace(/\^+$/, "");
}

/** The header of a message that need not hold otherwise: whom to tell what is wrong with it. Undefined where there is none. */
export function hl7Header(message: Uint8Array): Hl7Header | undefined {
  try {
    const end = message.findIndex((byte, at) => at > 3 && (byte === 0x0d || byte === 0x0a));
    // What follows may be what is wrong.
    const { segments, charset } = readEr7(message.subarray(0, end < 0 ? HEAD_BYTES : Math.min(end, HEAD_BYTES)));
    return segments[0] && headerOf(segments[0], charset);
  } catch {
    return undefined;
  }
}

const HEAD_BYTES = 4_096;
const MARK = "hl7:";
/** As long as the reference of a submission may be. */
const MAX_LENGTH = 500;
const CHARSETS: readonly Hl7Charset[] = ["UNICODE UTF-8", "8859/15", "8859/1"];

/**
 * The header as the reference of a submission: its events bring it back, in any process, as long as the content is kept.
 *
 * @throws MedimailError `hl7_invalid` where it is too long
 */
export function referenceOf({ controlId, sender, receiver, processingId, charset, wants }: Hl7Header): string {
  const reference = `${MARK}${JSON.stringify([
    controlId,
    sender.application,
    sender.facility,
    receiver.application,
    receiver.facility,
    processingId,
    CHARSETS.indexOf(charset),
    (wants.reception ? 1 : 0) + (wants.reading ? 2 : 0),
  ])}`;
  if (reference.length > MAX_LENGTH)
    throw refusal(
      102,
      "MSH",
      `the identifiers of the message, its sender and its receiver are longer than ${MAX_LENGTH} characters together`,
    );
  return reference;
}

/** The header of a submission that came by HL7; undefined of any other. Type, trigger and version are those of the answers, 2.6. */
export function headerOfReference(reference: string | undefined): Hl7Header | undefined {
  if (!reference?.startsWith(MARK)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(reference.slice(MARK.length));
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [controlId, application, facility, ours, house, processingId] = value.map(String) as string[];
  const [charset, wants] = [value[6], value[7]].map(Number) as [number, number];
  return {
    controlId: controlId ?? "",
    sender: { application: application ?? "", facility: facility ?? "" },
    receiver: { application: ours ?? "", facility: house ?? "" },
    type: "",
    trigger: "",
    processingId: processingId ?? "P",
    version: "2.6",
    charset: CHARSETS[charset] ?? "UNICODE UTF-8",
    wants: { reception: (wants & 1) === 1, reading: (wants & 2) === 2 },
  };
}
