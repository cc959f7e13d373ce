import { XmlDocument, type XmlElement } from "libxml2-wasm";

/** The fields of one document that are compared, as texts: absent is empty, lists are joined. */
export type OracleFields = Record<string, string>;

const DOCUMENT = "//*[local-name()='ExtrinsicObject']";
const SET = "//*[local-name()='RegistryPackage']";
const SCHEMES = {
  author: "93606bcf-9494-43ec-9b4e-a7748d1a838d",
  setAuthor: "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d",
  classCode: "41a5887f-8865-4c09-adf7-e362475b143a",
  typeCode: "f0306f51-975f-434e-a61c-c59651d33983",
  formatCode: "a09d5840-386c-46f2-b5ad-9c3699a4309d",
  confidentialityCodes: "f4f85eac-e6cb-4883-b524-f2705394840f",
  healthcareFacilityTypeCode: "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
  practiceSettingCode: "cccf5598-8b07-4b77-a05e-ae952c785ead",
  eventCodes: "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4",
  patientId: "58a6f841-87b3-4a3e-92fd-a8ffeff98427",
  uniqueId: "2e82c1f6-a085-4c72-9da3-8640a32e42ab",
  setPatientId: "6b5aea1a-874d-4603-a4bc-96a0a7b38446",
} as const;

/**
 * The fields of a METADATA.XML of one document, read by XPath with libxml2: nothing of src/xdm is used, so that a fault of
 * its reader cannot hide a fault of its writer.
 */
export function readOracle(metadata: Uint8Array): OracleFields {
  const document = XmlDocument.fromBuffer(metadata);
  try {
    const values = (path: string) => document.find(path).map((node) => node.content);
    const slot = (of: string, name: string) =>
      values(`${of}/*[local-name()='Slot' and @name='${name}']/*[local-name()='ValueList']/*[local-name()='Value']`);
    const classified = (of: string, scheme: string) =>
      document.find(`${of}/*[local-name()='Classification' and contains(@classificationScheme, '${scheme}')]`);
    const codes = (scheme: string) =>
      classified(DOCUMENT, scheme).map((node) => {
        const element = node as XmlElement;
        const system = element.get(".//*[local-name()='Slot' and @name='codingScheme']//*[local-name()='Value']");
        return `${element.attr("nodeRepresentation")?.value} ${system?.content}`;
      });
    const authors = (of: string, scheme: string, name: string) =>
      classified(of, scheme).map((node) => {
        const path = `./*[local-name()='Slot' and @name='${name}']//*[local-name()='Value']`;
        return (node as XmlElement).find(path).map((value) => value.content);
      });
    const identifier = (of: string, scheme: string) =>
      values(`${of}/*[local-name()='ExternalIdentifier' and contains(@identificationScheme, '${scheme}')]/@value`);
    const list = (texts: readonly (string | readonly string[])[]) =>
      texts.map((text) => JSON.stringify(text)).join(" ");
    const one = (texts: readonly string[]) => texts.join(" + ");
    return {
      uniqueId: one(identifier(DOCUMENT, SCHEMES.uniqueId)),
      mimeType: one(values(`${DOCUMENT}/@mimeType`)),
      title: one(values(`${DOCUMENT}/*[local-name()='Name']/*[local-name()='LocalizedString']/@value`)),
      languageCode: one(slot(DOCUMENT, "languageCode")),
      creationTime: one(slot(DOCUMENT, "creationTime")),
      serviceStartTime: one(slot(DOCUMENT, "serviceStartTime")),
      serviceStopTime: one(slot(DOCUMENT, "serviceStopTime")),
      patientId: one(identifier(DOCUMENT, SCHEMES.patientId)),
      sourcePatientId: one(slot(DOCUMENT, "sourcePatientId")),
      sourcePatientInfo: list(slot(DOCUMENT, "sourcePatientInfo")),
      legalAuthenticator: one(slot(DOCUMENT, "legalAuthenticator")),
      authorPerson: list(authors(DOCUMENT, SCHEMES.author, "authorPerson")),
      authorInstitution: list(authors(DOCUMENT, SCHEMES.author, "authorInstitution")),
      authorRole: list(authors(DOCUMENT, SCHEMES.author, "authorRole")),
      authorSpecialty: list(authors(DOCUMENT, SCHEMES.author, "authorSpecialty")),
      typeCode: one(codes(SCHEMES.typeCode)),
      classCode: one(codes(SCHEMES.classCode)),
      formatCode: one(codes(SCHEMES.formatCode)),
      confidentialityCodes: list(codes(SCHEMES.confidentialityCodes)),
      healthcareFacilityTypeCode: one(codes(SCHEMES.healthcareFacilityTypeCode)),
      practiceSettingCode: one(codes(SCHEMES.practiceSettingCode)),
      eventCodes: list(codes(SCHEMES.eventCodes)),
      hash: one(slot(DOCUMENT, "hash")).toLowerCase(),
      size: one(slot(DOCUMENT, "size")),
      uri: one(slot(DOCUMENT, "URI")),
      action: one(slot(DOCUMENT, "urn:action:extraMetadataSlot")),
      "set.patientId": one(identifier(SET, SCHEMES.setPatientId)),
      "set.authorPerson": list(authors(SET, SCHEMES.setAuthor, "authorPerson")),
      "set.authorInstitution": list(authors(SET, SCHEMES.setAuthor, "authorInstitution")),
      "set.authorRole": list(authors(SET, SCHEMES.setAuthor, "authorRole")),
      "set.authorSpecialty": list(authors(SET, SCHEMES.setAuthor, "authorSpecialty")),
    };
  } finally {
    document.dispose();
  }
}
