import { createHash } from "node:crypto";
import { makeZip, type RawEntry, type RawZip } from "./zip-maker.js";

export const DOCUMENT = Buffer.from('<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Essai</title></ClinicalDocument>');

export interface MetadataOptions {
  uri?: string;
  hash?: string | null;
  size?: string | null;
  patientId?: string | null;
  action?: string;
  uniqueId?: string;
  setNode?: boolean;
  prefix?: string;
  extraObjects?: string;
}

const sha1 = (content: Uint8Array) => createHash("sha1").update(content).digest("hex");

/** A METADATA.XML of another vendor's hand, for {@link DOCUMENT} unless told otherwise. Fictional. */
export function metadata(options: MetadataOptions = {}): string {
  const { prefix = "rim:" } = options;
  const tag = (name: string, attributes: string, content = "") =>
    `<${prefix}${name} ${attributes}>${content}</${prefix}${name}>`;
  const slot = (name: string, value: string | null | undefined) =>
    value == null
      ? ""
      : tag("Slot", `name="${name}"`, tag("ValueList", "", tag("Value", "", value.replaceAll("&", "&amp;"))));
  const identifier = (scheme: string, value: string | null) =>
    value === null
      ? ""
      : tag("ExternalIdentifier", `identificationScheme="${scheme}" value="${value.replaceAll("&", "&amp;")}"`);
  const patientId =
    options.patientId === undefined ? "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH" : options.patientId;
  const node =
    options.setNode === false
      ? ""
      : tag("Classification", 'classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"');
  const set = tag(
    "RegistryPackage",
    'id="urn:uuid:11111111-1111-4111-8111-111111111111"',
    slot("submissionTime", "20260102030405") +
      node +
      identifier("urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", patientId) +
      identifier("urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "1.2.3.4") +
      identifier("urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "1.2.3.5"),
  );
  const document = tag(
    "ExtrinsicObject",
    'id="urn:uuid:22222222-2222-4222-8222-222222222222" mimeType="text/xml"',
    slot("urn:action:extraMetadataSlot", options.action) +
      slot("URI", options.uri ?? "DOC0001.XML") +
      slot("hash", options.hash === undefined ? sha1(DOCUMENT) : options.hash) +
      slot("size", options.size === undefined ? String(DOCUMENT.byteLength) : options.size) +
      identifier("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", patientId) +
      identifier("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", options.uniqueId ?? "1.2.3.6"),
  );
  const namespace = prefix === "rim:" ? ' xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"' : "";
  return `<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"${namespace}>${tag("RegistryObjectList", "", set + document + (options.extraObjects ?? ""))}</lcm:SubmitObjectsRequest>`;
}

/** The entries of a plain archive. */
export function plainEntries(options: MetadataOptions = {}): RawEntry[] {
  return [
    { name: "INDEX.HTM", content: "<html/>" },
    { name: "README.TXT", content: "Emetteur" },
    { name: "IHE_XDM/" },
    { name: "IHE_XDM/SUBSET01/" },
    { name: "IHE_XDM/SUBSET01/METADATA.XML", content: metadata(options) },
    { name: "IHE_XDM/SUBSET01/DOC0001.XML", content: DOCUMENT },
  ];
}

/** A plain archive and what is added to it. */
export function archive(more: readonly RawEntry[] = [], options: MetadataOptions = {}, zip: RawZip = {}): Buffer {
  return makeZip([...plainEntries(options), ...more], zip);
}
