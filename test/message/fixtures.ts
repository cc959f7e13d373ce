import type { Cda, CdaHeader } from "../../src/cda/types.js";
import type { ComposeInput } from "../../src/message/types.js";

/** Fictional; the matricule has a right key. */
export const INS = "185057800608491";

export const PDF = Buffer.from(
  `%PDF-1.4\n%\xe2\xe3\n<x:xmpmeta><pdfaid:part>1</pdfaid:part></x:xmpmeta>\n${"0123456789".repeat(200)}\n%%EOF\n`,
  "latin1",
);

export function header(changes: Partial<CdaHeader> = {}): CdaHeader {
  return {
    id: "1.2.250.1.999.1^A1",
    relatedDocuments: [],
    templateIds: [],
    code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
    title: "Compte rendu",
    effectiveTime: "20240104160527+0100",
    patient: {
      ins: { value: INS, oid: "1.2.250.1.213.1.4.8" },
      localIds: [],
      birthName: "Vial",
      familyNames: [{ qualifier: "BR", value: "Vial" }],
      givenNames: [{ qualifier: "BR", value: "Paul" }, { value: "Paul Émile" }],
      birthTime: "19850523",
      gender: "M",
    },
    authors: [],
    recipients: [],
    serviceEvents: [{ translations: [], low: "20240103083000+0100" }],
    ...changes,
  };
}

export function patient(changes: Partial<CdaHeader["patient"]>): CdaHeader {
  const base = header();
  return { ...base, patient: { ...base.patient, ...changes } };
}

export function pdfCda(from: CdaHeader = header(), bytes: Uint8Array = PDF): Cda {
  return {
    header: from,
    body: { level: "N1", mediaType: "application/pdf", size: bytes.length },
    problems: [],
    selfRendering: false,
    encapsulated: () => bytes,
  };
}

export function structuredCda(from: CdaHeader = header()): Cda {
  return { header: from, body: { level: "N3" }, problems: [], selfRendering: false, encapsulated: () => undefined };
}

export const ARCHIVE = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 31 + 7) & 255));

export function input(changes: Partial<ComposeInput> = {}): ComposeInput {
  return {
    from: { address: "labo@chu-exemple.mssante.fr", label: "Laboratoire de biologie médicale - CHU EXEMPLE" },
    recipients: [[{ address: "dr.martin@medecin.mssante.fr", kind: "professional", name: "Dr Hélène MARTIN" }]],
    documents: [{ cda: pdfCda() }],
    archive: ARCHIVE,
    action: "create",
    nil: "LABSOFT001",
    software: { name: "LabSoft", version: "4.2" },
    messageIds: ["m1@chu-exemple.mssante.fr"],
    date: new Date("2024-01-04T15:06:07Z"),
    ...changes,
  };
}
