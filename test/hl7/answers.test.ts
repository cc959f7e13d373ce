import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { hl7Acknowledgement, hl7Header, hl7Receipt, readHl7Order } from "../../src/hl7/index.js";
import type { SubmissionEvent } from "../../src/sending/index.js";
import { bytes, DOCTOR, type MessageParts, message } from "./messages.js";

const AT = new Date(2026, 10, 29, 10, 15, 0);
const lines = (answer: Uint8Array | undefined, encoding: BufferEncoding = "utf8") =>
  Buffer.from(answer ?? [])
    .toString(encoding)
    .replace(/\d{14}[+-]\d{4}/g, "TIME")
    .split("\r");
const read = (change: Partial<MessageParts> = {}) => readHl7Order(bytes(message(change)));

function acknowledged(change: Partial<MessageParts>, error?: unknown): string[] {
  const header = hl7Header(bytes(message(change)));
  if (!header) throw new Error("no header");
  return lines(hl7Acknowledgement(header, { at: AT, controlId: "A1", ...(error === undefined ? {} : { error }) }));
}

describe("an acknowledgement", () => {
  it("goes back to who sent, by his version, character set and number", () => {
    expect(acknowledged({})).toEqual([
      "MSH|^~\\&|PFI|CHU_X|SIL|CHU_X|TIME||ACK^R01^ACK|A1|P|2.5|||||FRA|UNICODE UTF-8",
      "MSA|AA|12345",
      "",
    ]);
    expect(acknowledged({ type: "MDM^T10^MDM_T02", version: "2.6", charset: "8859/15", processingId: "T" })[0]).toBe(
      "MSH|^~\\&|PFI|CHU_X|SIL|CHU_X|TIME||ACK^T10^ACK|A1|T|2.6|||||FRA|8859/15",
    );
  });

  it.each<[string, Partial<MessageParts>, string]>([
    [
      "a version",
      { version: "2.9" },
      "ERR||MSH^1^12|203^Unsupported version id^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a type",
      { type: "ADT^A01" },
      "ERR||MSH^1^9|200^Unsupported message type^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "an event",
      { type: "ORU^R02" },
      "ERR||MSH^1^9|201^Unsupported event code^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a processing",
      { processingId: "Z" },
      "ERR||MSH^1^11|202^Unsupported processing id^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a missing segment",
      { orc: undefined },
      "ERR||ORC^1|100^Segment sequence error^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a missing field",
      { controlId: "" },
      "ERR||MSH^1^10|101^Required field missing^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a value of no table",
      { orc: "XX" },
      "ERR||ORC^1^1|103^Table value not found^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "a field that is there twice",
      { more: ["OBX|9|CE|DESTDMP^^MetaDMPMSS||Y||||||F|"] },
      "ERR||OBX^1|198^Non-conformant cardinality^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
    [
      "what is no base64",
      { documents: [{ data: "*", status: "F", code: "11502-2", encoding: "Base64" }], obr: "11502-2" },
      "ERR||OBX^1^5^1^5|102^Data type error^messageErrorCondition|E|hl7_invalid^^MEDIMAIL|||",
    ],
  ])("AE of %s tells the HL7 code and the field", (_, change, expected) => {
    let fault: unknown;
    try {
      read(change);
    } catch (error) {
      fault = error;
    }
    const [, msa, err = ""] = acknowledged(change, fault);
    expect(msa).toBe(`MSA|AE|${change.controlId ?? "12345"}`);
    expect(err.startsWith(expected), err).toBe(true);
  });

  it("AE where the message must be corrected, AR where the same may be taken later (what is full, what is ours); nothing of our own faults", () => {
    const refused = new MedimailError("recipient_outside_trust_space", "not in the list: a|b.fr", { path: "to" });
    expect(acknowledged({}, refused).slice(1, 3)).toEqual([
      "MSA|AE|12345",
      "ERR|||207^Application error^messageErrorCondition|E|recipient_outside_trust_space^^MEDIMAIL|||not in the list: a\\F\\b.fr",
    ]);
    const full = new MedimailError("storage_failed", "the disk is full", { retryable: true });
    expect(acknowledged({}, full)[1]).toBe("MSA|AR|12345");
    const readOnly = new MedimailError("storage_failed", "it cannot be written", { retryable: false });
    expect(acknowledged({}, readOnly)[1]).toBe("MSA|AR|12345");
    expect(acknowledged({}, new Error("at /home/x"))[1]).toBe("MSA|AR|12345");
    expect(acknowledged({}, new Error("at /home/x"))[2]).toContain("internal^^MEDIMAIL|||An unforeseen fault");
  });
});

describe("a message of business", () => {
  const event = (change: Partial<SubmissionEvent> = {}): SubmissionEvent => ({
    event: "delivered",
    submission: "s",
    recipient: DOCTOR,
    at: AT,
    reference: read().submission.reference ?? "",
    seq: 7,
    ...change,
  });

  it("ZAM^Z02 for a mail that was delivered", () => {
    expect(lines(hl7Receipt(event()))).toEqual([
      "MSH|^~\\&|PFI|CHU_X|SIL|CHU_X|TIME||ZAM^Z02^ZAM_Z01|MED7|P|2.6|||||FRA|UNICODE UTF-8|||2.1^CISIS_CDA_HL7_V2",
      "EVN||TIME",
      "OBX|1|CWE|ACK_RECEPTION_MSS^Accusé de réception MSSanté^AckMetierZAM|12345|Y^^expandedYes-NoIndicator||||||F|",
      `OBX|2|XTN|DESTINATAIRE_MSS^Destinataire MSSanté^AckMetierZAM||^^X.400^${DOCTOR}||||||F|`,
      "",
    ]);
  });

  it.each<[string, Partial<SubmissionEvent>, string, string]>([
    [
      "Z02",
      { event: "failed", error: { code: "recipient_refused", message: "", reply: 550, retryable: false } },
      "N",
      "550^^SMTPERRORCODE",
    ],
    [
      "Z02",
      { event: "failed", error: { code: "attempts_exhausted", message: "", reply: 455, retryable: false } },
      "N",
      "451^^SMTPERRORCODE",
    ],
    [
      "Z02",
      { event: "failed", error: { code: "attempts_exhausted", message: "", retryable: false } },
      "N",
      "554^^SMTPERRORCODE",
    ],
    [
      "Z03",
      { event: "refused", error: { code: "integration_refused", message: "", application: "902", retryable: false } },
      "N",
      "902^^applicationErrorCondition",
    ],
    [
      "Z03",
      { event: "refused", error: { code: "integration_refused", message: "", retryable: false } },
      "N",
      "906^^applicationErrorCondition",
    ],
  ])("ZAM^%s with its cause for %j", (trigger, change, status, cause) => {
    const [msh, , obx, , err] = lines(hl7Receipt(event(change)));
    expect(msh).toContain(`ZAM^${trigger}^ZAM_Z01`);
    expect(obx).toContain(`|12345|${status}^^`);
    expect(err).toBe(`ERR|||207^Application error^messageErrorCondition|E|${cause}`);
  });

  it.each(["read", "integrated"] as const)("ZAM^Z03 for a mail that was %s", (name) => {
    const [msh, , obx, reader, err] = lines(hl7Receipt(event({ event: name })));
    expect(msh).toContain("ZAM^Z03^ZAM_Z01");
    expect(obx).toContain("ACK_LECTURE_MSS^Accusé de lecture^AckMetierZAM|12345|Y^^");
    expect(reader).toContain("LECTEUR_MSS");
    expect(err).toBe("");
  });

  it("is written in the character set of the message", () => {
    const reference = read({ charset: "8859/15" }).submission.reference ?? "";
    const answer = hl7Receipt(event({ reference }));
    expect(lines(answer, "latin1")[2]).toContain("Accusé de réception MSSanté");
  });

  it.each<[string, Partial<SubmissionEvent>]>([
    ["of another step", { event: "accepted" }],
    ["whose outcome is not known", { event: "unknown" }],
    ["of a submission that did not come by HL7", { reference: "order 7" }],
    ["whose reference is erased", { reference: undefined as never }],
    ["with a reference that only looks so", { reference: "hl7:{}" }],
    [
      "that its sender did not ask for",
      { reference: read({ flags: { ACK_RECEPTION: "N" } }).submission.reference ?? "" },
    ],
    [
      "whose reading he did not ask for",
      { event: "read", reference: read({ flags: { ACK_LECTURE_MSS: "N" } }).submission.reference ?? "" },
    ],
  ])("none for an event %s", (_, change) => {
    expect(hl7Receipt(event(change))).toBeUndefined();
  });
});
