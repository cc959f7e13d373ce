import { describe, expect, it } from "vitest";
import { hl7Header, readHl7Order } from "../../src/hl7/index.js";
import { parseIns, patientAddress } from "../../src/identity/index.js";
import { base64, bytes, CDA, CODE, DOCTOR, INS, INS_OID, type MessageParts, message, recipient } from "./messages.js";

const read = (change: Partial<MessageParts> = {}, options = {}) => readHl7Order(bytes(message(change)), options);
const document = (change: Partial<MessageParts["documents"][number]> = {}) => [
  { data: base64(CDA), status: "F", code: CODE, encoding: "Base64", ...change },
];
const ofPatient = patientAddress(parseIns(INS, INS_OID, { allowTest: true }));

describe("an order in HL7 v2", () => {
  it("is what documents.submit takes: document, recipients, who asked, receipts, its key and its header", () => {
    const { submission, header, toDmp, problems } = read();
    expect(submission).toEqual({
      documents: [{ cda: Buffer.from(CDA) }],
      to: [{ address: DOCTOR, kind: "professional" }],
      action: "create",
      confidentiality: ["INVISIBLE_PATIENT"],
      secretConnection: false,
      toDmp: false,
      requestRead: true,
      actor: "899700000001",
      idempotencyKey: "hl7 SIL|CHU_X|12345|20261129101500",
      reference: 'hl7:["12345","SIL","CHU_X","PFI","CHU_X","P",0,3]',
    });
    expect(header).toMatchObject({ controlId: "12345", type: "ORU", trigger: "R01", version: "2.5" });
    expect({ toDmp, problems }).toEqual({ toDmp: false, problems: [] });
  });

  it.each([
    ["NW", "F", "T02", "create"],
    ["RO", "C", "T10", "replace"],
    ["CA", "D", "T04", "delete"],
  ])("ORC-1 %s, OBX-11 %s, MDM^%s: %s", (orc, status, event, action) => {
    const documents = document({ status });
    expect(read({ orc, documents }).submission.action).toBe(action);
    const mdm = { type: `MDM^${event}^MDM_T02`, version: "2.6", orc, documents };
    expect(read(mdm).submission.action).toBe(action);
    // The profile before had its order in OBX-11 alone.
    const before = { ...mdm, profile: "2.0^CISIS_CDA_HL7_V2", orc: undefined, obr: undefined };
    expect(read(before).submission.action).toBe(action);
  });

  it("to professionals and to the patient, with texts for each, an address to answer to, and none for the patient's answer", () => {
    const { submission } = read({
      flags: { INVISIBLE_PATIENT: "N", DESTMSSANTEPAT: "Y\rNTE|1|||FIN|", ACK_LECTURE_MSS: "N" },
      prt: [
        `PRT||UC||RCT^^participation|1^HODA^Adam||||||||||^NET^X.400^${DOCTOR}`,
        `PRT||UC||RCT^^participation||||Radiologie^^^^^1^UF|||||||^^X.400^radio@chu.mssante.fr`,
        recipient(ofPatient),
        "PRT||UC||REPLY^Reply To^participation|||||||||||^^X.400^accueil@chu.mssante.fr",
      ],
      more: [
        `OBX|12|ED|CORPSMAIL_PS^…^MetaDMPMSS||^TEXT^^Base64^${base64("Cher confrère,\r\nvoici.")}||||||F|`,
        `OBX|13|ED|CORPSMAIL_PATIENT^…^MetaDMPMSS||^TEXT^^Base64^${base64(Buffer.from("Bonjour à vous", "latin1"))}||||||F|`,
      ],
    });
    expect(submission).toMatchObject({
      to: [
        { address: DOCTOR, kind: "professional", name: "Adam HODA" },
        { address: "radio@chu.mssante.fr", kind: "professional", name: "Radiologie" },
        { address: ofPatient, kind: "patient" },
      ],
      replyTo: "accueil@chu.mssante.fr",
      fin: true,
      body: { professional: { text: "Cher confrère,\nvoici." }, patient: { text: "Bonjour à vous" } },
      requestRead: false,
    });
    expect(submission).not.toHaveProperty("confidentiality");
  });

  it("for the DMP alone has nobody to write to", () => {
    const { submission, toDmp } = read({ flags: { DESTMSSANTEPS: "N", DESTDMP: "Y" }, prt: [] });
    expect({ to: submission.to, toDmp }).toEqual({ to: [], toDmp: true });
  });

  it("may hold two documents (level 1 and level 3)", () => {
    expect(read({ documents: [...document(), ...document()] }).submission.documents).toHaveLength(2);
  });

  it.each(["\r", "\n", "\r\n"])("has lines that end with %j", (end) => {
    expect(read({ end, flags: { DESTMSSANTEPAT: "N\rNTE|1|||FIN|" } }).submission.documents).toHaveLength(1);
  });

  it("is read by the delimiters that its header names, and its answer by ours", () => {
    const other = message().replaceAll("|", "!").replaceAll("^", "*").replace("MSH!*~\\&", "MSH!*~\\&");
    const { header, submission } = readHl7Order(bytes(other.replace("!SIL!", "!SI\\T\\L*1.2*ISO!")));
    expect(header.sender).toEqual({ application: "SI\\T\\L^1.2^ISO", facility: "CHU_X" });
    expect(submission.to).toEqual([{ address: DOCTOR, kind: "professional" }]);
  });

  it.each([
    ["8859/15", "latin1"],
    ["8859/1", "latin1"],
    ["", "utf8"],
    ["", "latin1"],
  ] as const)("in the character set %j (%s)", (charset, encoding) => {
    const text = message({ charset, pid3: `${INS}^^^é&${INS_OID}&ISO^INS`, flags: { ACK_LECTURE_MSS: undefined } });
    const latin = text.replaceAll("…", "é");
    expect(readHl7Order(Buffer.from(latin, encoding)).submission.documents).toHaveLength(1);
  });

  it("has base64 cut into pieces, and without its padding", () => {
    const data = base64(CDA)
      .replace(/=+$/, "")
      .replace(/(.{76})/g, "$1 ");
    expect(read({ documents: document({ data }) }).submission.documents[0]?.cda).toEqual(Buffer.from(CDA));
  });

  it("with a text of the mail that is damaged keeps what could be read, and says so", () => {
    const more = ["OBX|12|ED|CORPSMAIL_PS^…^MetaDMPMSS||^TEXT^^Base64^Q2hlc||||||F|"];
    const { submission, problems } = read({ more });
    expect(submission.body).toEqual({ professional: { text: "Che" } });
    expect(problems).toMatchObject([{ code: "hl7_body_damaged", path: "OBX(CORPSMAIL_PS)-5" }]);
  });

  it("outside of the ANS matrix is a problem, or refused where that is wanted", () => {
    const flags = { INVISIBLE_PATIENT: "N" };
    expect(read({ flags }).problems).toMatchObject([{ code: "hl7_combination" }]);
    expect(() => read({ flags }, { strictMatrix: true })).toThrow(expect.objectContaining({ code: "hl7_invalid" }));
    expect(read({}, { strictMatrix: true }).problems).toEqual([]);
  });

  it("of 8 MB is read whole", () => {
    const large = Buffer.concat([Buffer.from(CDA), Buffer.from("<!-- filler -->".repeat(550_000))]);
    const [only] = read({ documents: document({ data: base64(large) }) }).submission.documents;
    expect(only?.cda.length).toBe(large.length);
  }, 20_000);
});

describe("a message that does not hold is refused with its field", () => {
  it.each<[string, Partial<MessageParts> | (() => string), string]>([
    ["no header", () => "PID|||1", "MSH"],
    ["delimiters that are letters", () => message().replace("^~\\&", "abcd"), "MSH-2"],
    ["another type", { type: "ADT^A01^ADT_A01" }, "MSH-9"],
    ["another event", { type: "MDM^T01^MDM_T01", version: "2.6" }, "MSH-9"],
    ["no number", { controlId: "" }, "MSH-10"],
    ["another processing", { processingId: "X" }, "MSH-11"],
    ["another version", { version: "2.3" }, "MSH-12"],
    ["an unknown character set", { charset: "BIG-5" }, "MSH-18"],
    ["a profile of before 2.0", { profile: "1.2^CISIS_CDA_HL7_V1" }, "MSH-21"],
    ["no sender", () => message().replace("|SIL|", "||"), "MSH-3"],
    ["no ORC", { orc: undefined }, "ORC"],
    ["another order", { orc: "SC" }, "ORC-1"],
    ["an order that is not the document's", { orc: "RO" }, "OBX[1]-11"],
    ["an order that is not the event's", { type: "MDM^T10^MDM_T02", version: "2.6" }, "ORC-1"],
    ["no document", { documents: [] }, "OBX"],
    ["three documents", { documents: [...document(), ...document(), ...document()] }, "OBX"],
    ["a document of another type than ordered", { documents: document({ code: "34133-9" }) }, "OBX[1]-3"],
    ["a document that is not said to be Base64", { documents: document({ encoding: "A" }) }, "OBX[1]-5.4"],
    ["a document that is none", { documents: document({ data: "" }) }, "OBX[1]-5.5"],
    ["a document that is no base64", { documents: document({ data: "a*b*" }) }, "OBX[1]-5.5"],
    ["a document that is no CDA", { documents: document({ data: base64("hello") }) }, "OBX[1]-5"],
    ["no PID", () => message().replace(/PID[^\r]*\r/, ""), "PID"],
    ["two PID", () => message().replace("PV1|1|I", "PID|||2"), "PID"],
    ["the INS of another patient", { pid3: `199999999999911^^^&${INS_OID}&ISO^INS` }, "PID-3"],
    ["a flag that decides and is missing", { flags: { MASQUE_PS: undefined } }, "OBX"],
    ["a flag that is neither", { flags: { DESTMSSANTEPS: "oui" } }, "OBX(DESTMSSANTEPS)-5"],
    ["a flag twice", { more: ["OBX|12|CE|DESTDMP^…^MetaDMPMSS||Y||||||F|"] }, "OBX(DESTDMP)"],
    ["a flag that nobody knows", { more: ["OBX|12|CE|MASQUE_TOUS^…^MetaDMPMSS||Y||||||F|"] }, "OBX-3"],
    ["professionals wanted, and none named", { prt: [] }, "PRT"],
    ["professionals named, and not wanted", { flags: { DESTMSSANTEPS: "N" } }, "OBX(DESTMSSANTEPS)-5"],
    ["a patient named, and not wanted", { prt: [recipient(DOCTOR), recipient(ofPatient)] }, "OBX(DESTMSSANTEPAT)-5"],
    ["a recipient without address", { prt: ["PRT||UC||RCT^^participation|1^A^B"] }, "PRT-15"],
    [
      "two addresses to answer to",
      {
        prt: [
          recipient(DOCTOR),
          recipient("a@b.mssante.fr").replace("RCT", "REPLY"),
          recipient("c@b.mssante.fr").replace("RCT", "REPLY"),
        ],
      },
      "PRT",
    ],
    ["another message in it", () => `${message().slice(0, -40)}\r\u000b${message()}`, "MSH"],
    ["a line that is no segment", () => `${message()}lorem ipsum\r`, "MSH"],
    ["bytes that are not of its character set", () => message().replace("NOM", "\ud800NOM"), "none"],
    ["names that are too long to be kept", () => message().replace("|SIL|", `|${"S".repeat(600)}|`), "MSH"],
  ])("%s", (_, change, path) => {
    const text = typeof change === "function" ? change() : message(change);
    const work = () => readHl7Order(bytes(text));
    if (path === "none") expect(work).not.toThrow();
    else expect(work).toThrow(expect.objectContaining({ code: "hl7_invalid", path }));
  });

  it("never with a value of it, which may be the patient's", () => {
    for (const change of [
      { pid3: `199999999999911^^^&${INS_OID}&ISO^INS` },
      { orc: "SECRET" },
      { flags: { DESTDMP: "SECRET" } },
      { charset: "SECRET" },
    ])
      try {
        read(change);
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify(error)).not.toMatch(/SECRET|199999999999911/);
      }
  });

  it("bytes of another character set than it says", () => {
    const latin = Buffer.from(message().replace("NOM", "ÉTÉ").replaceAll("…", "e"), "latin1");
    expect(() => readHl7Order(latin)).toThrow(expect.objectContaining({ path: "MSH-18" }));
    // Who sent it can be told all the same.
    expect(hl7Header(latin)).toMatchObject({ controlId: "12345", sender: { application: "SIL" } });
    expect(hl7Header(Buffer.from("hello"))).toBeUndefined();
  });

  it("thousands of lines, fields or parts cost no time", () => {
    const since = performance.now();
    for (const text of [
      `${message()}${"NTE|1\r".repeat(500_000)}`,
      message({ more: [`ZZZ${"|".repeat(2_000_000)}`] }),
      message({ pid3: "1^".repeat(1_000_000) }),
      message({ pid3: "1~".repeat(300_000) }),
      message({ prt: [`PRT||||RCT${"\\F".repeat(500_000)}`] }),
    ])
      try {
        readHl7Order(bytes(text));
      } catch {}
    expect(performance.now() - since).toBeLessThan(8_000);
  }, 20_000);
});
