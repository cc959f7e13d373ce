import { readCda } from "../../src/cda/index.js";
import { demoLaboratoryReport } from "../../src/mock/index.js";

export const DOCTOR = "martin.dupont@medecin.mssante.fr";
export const { cda: CDA } = demoLaboratoryReport({ id: "2.25.9001", setId: "2.25.900" }, "20260105100000+0100");
const { header } = readCda(CDA);
export const INS = header.patient.ins?.value ?? "";
export const INS_OID = header.patient.ins?.oid ?? "";
export const CODE = header.code.code;

export interface MessageParts {
  type: string;
  version: string;
  controlId: string;
  time: string;
  processingId: string;
  charset: string;
  profile: string;
  pid3: string;
  orc: string | undefined;
  obr: string | undefined;
  documents: { data: string; status: string; code: string; encoding: string }[];
  prt: string[];
  flags: Record<string, string | undefined>;
  more: string[];
  end: string;
}

export const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");

export const recipient = (address: string): string =>
  `PRT||UC||RCT^Result Copies To^participation|||||||||||^^X.400^${address}`;

const FLAGS = {
  MASQUE_PS: "N",
  INVISIBLE_PATIENT: "Y",
  INVISIBLE_REP_LEGAUX: "N",
  CONNEXION_SECRETE: "N",
  MODIF_CONF_CODE: "N",
  DESTDMP: "N",
  DESTMSSANTEPS: "Y",
  DESTMSSANTEPAT: "N",
  ACK_RECEPTION: "Y",
  ACK_LECTURE_MSS: "Y",
};

/** A message of the CI-SIS for the demonstration's document, to one professional, with a part changed. */
export function message(change: Partial<MessageParts> = {}): string {
  const parts: MessageParts = {
    type: "ORU^R01^ORU_R01",
    version: "2.5",
    controlId: "12345",
    time: "20261129101500",
    processingId: "P",
    charset: "UNICODE UTF-8",
    profile: "2.1^CISIS_CDA_HL7_V2",
    pid3: `${INS}^^^ASIP-SANTE-INS-NIR&${INS_OID}&ISO^INS`,
    orc: "NW",
    obr: CODE,
    documents: [{ data: base64(CDA), status: "F", code: CODE, encoding: "Base64" }],
    prt: [
      "PRT||UC||SB^Send by^participation|899700000001^DUPONT^Jean^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^RPPS|||CHU^^^^^&1.2.250.1.71.4.2.2&ISO^FINEG^^^750000001",
      recipient(DOCTOR),
    ],
    flags: {},
    more: [],
    end: "\r",
    ...change,
  };
  const flags = Object.entries({ ...FLAGS, ...parts.flags }).filter(([, value]) => value !== undefined);
  const segments = [
    `MSH|^~\\&|SIL|CHU_X|PFI|CHU_X|${parts.time}||${parts.type}|${parts.controlId}|${parts.processingId}|${parts.version}|||||FRA|${parts.charset}|||${parts.profile}`,
    `PID|||${parts.pid3}||NOM^PRENOM^^^^^L`,
    "PV1|1|I",
    ...(parts.orc === undefined ? [] : [`ORC|${parts.orc}|`]),
    ...(parts.obr === undefined ? [] : [`OBR|1|||${parts.obr}^Compte rendu^LN`]),
    ...parts.documents.flatMap(({ data, status, code, encoding }, index) => [
      `OBX|${index + 1}|ED|${code}^Compte rendu^LN||^TEXT^XML^${encoding}^${data}||||||${status}|`,
      ...(index === 0 ? parts.prt : []),
    ]),
    ...flags.map(([code, value], index) => {
      const [yesOrNo, ...rest] = (value as string).split("\r");
      const obx = `OBX|${index + 2}|CE|${code}^…^MetaDMPMSS||${yesOrNo}^^expandedYes-NoIndicator||||||F|`;
      return [obx, ...rest].join("\r");
    }),
    ...parts.more,
  ];
  return segments.map((segment) => `${segment.replaceAll("\r", parts.end)}${parts.end}`).join("");
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
