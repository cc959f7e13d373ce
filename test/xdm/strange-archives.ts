/**
 * Archives as other vendors write them: the same documents under other prefixes, folders, orders, names and ways of packing. What
 * a reader shall find in them is written beside each choice, by ITI TF-2 3.32 and TF-3 4.2. Identities are invented.
 */
import { createHash } from "node:crypto";
import type { Pick } from "./strange-choices.js";
import { makeZip, type RawEntry } from "./zip-maker.js";

const RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
const LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
const PATIENT = "285027800604851^^^&1.2.250.1.213.1.4.8&ISO^NH";
const CODES = {
  classCode: ["41a5887f-8865-4c09-adf7-e362475b143a", "10", "1.2.250.1.213.1.1.4.1"],
  typeCode: ["f0306f51-975f-434e-a61c-c59651d33983", "11502-2", "2.16.840.1.113883.6.1"],
  formatCode: ["a09d5840-386c-46f2-b5ad-9c3699a4309d", "urn:ihe:lab:xd-lab:2008", "1.2.250.1.213.1.1.4.2.282"],
  practiceSettingCode: ["cccf5598-8b07-4b77-a05e-ae952c785ead", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9"],
} as const;

export interface StrangeDocument {
  content: Buffer;
  uri: string;
  path: string;
  title: string;
  uniqueId: string;
  action: string;
  /** The URI is not relative to its METADATA.XML, as the rule wants. */
  irregular: boolean;
  eventCodes: string[];
  roles: string[];
}

export interface StrangeArchive {
  zip: Buffer;
  documents: StrangeDocument[];
  sets: number;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function shuffled<T>(pick: Pick, from: readonly T[]): T[] {
  const left = [...from];
  const found: T[] = [];
  while (left.length > 0) found.push(...left.splice(pick([...left.keys()]), 1));
  return found;
}

/** How one vendor spells ebRIM. */
class Hand {
  readonly #prefix: string;
  readonly #urn: string;
  readonly #wrapper: string;
  constructor(readonly pick: Pick) {
    this.#prefix = pick(["rim:", "ns2:", "", "q1.a:"]);
    this.#urn = pick(["urn:uuid:", "urn:uuid:", ""]);
    this.#wrapper = pick(["lcm:SubmitObjectsRequest", "xdsb:ProvideAndRegisterDocumentSetRequest"]);
  }

  uuid(uuid: string): string {
    return `${this.#urn}${this.#urn === "" ? uuid.toUpperCase() : uuid}`;
  }

  tag(name: string, attributes: string, ...content: string[]): string {
    const tag = `${this.#prefix}${name}`;
    const inside = content.join(this.pick(["", "\n  ", "<!-- ==== -->"]));
    return inside === "" ? `<${tag} ${attributes}/>` : `<${tag} ${attributes}>${inside}</${tag}>`;
  }

  slot(name: string, ...values: string[]): string {
    const written = values.map((value) =>
      this.tag("Value", "", this.pick([escaped(value), `<![CDATA[${value}]]>`, `\n   ${escaped(value)}\n  `])),
    );
    return this.tag("Slot", `name="${name}" slotType="x"`, this.tag("ValueList", "", ...written));
  }

  name(value: string): string {
    const one = (lang: string, text: string) =>
      this.tag("LocalizedString", `xml:lang="${lang}" charset="UTF-8" value="${escaped(text)}"`);
    const french = one(this.pick(["fr-FR", "FR", "fr"]), value);
    return this.tag(
      "Name",
      "",
      ...this.pick([[french], [one("en-US", "A report"), french], [this.tag("LocalizedString", ""), french]]),
    );
  }

  classified(scheme: string, code: string, ...content: string[]): string {
    return this.tag(
      "Classification",
      `id="c${this.pick([1, 2, 3])}" classificationScheme="${this.uuid(scheme)}" classifiedObject="${this.pick(["Document01", "x"])}" nodeRepresentation="${code}"`,
      ...content,
    );
  }

  identifier(scheme: string, value: string): string {
    return this.tag(
      "ExternalIdentifier",
      `value="${escaped(value)}" registryObject="wrong" identificationScheme="${this.uuid(scheme)}"`,
      this.tag("Name", "", this.tag("LocalizedString", 'value="XDS"')),
    );
  }

  root(objects: readonly string[]): string {
    const list = this.tag("RegistryObjectList", "", ...objects);
    const name = this.#prefix === "" ? "xmlns" : `xmlns:${this.#prefix.slice(0, -1)}`;
    const space = `${name}="${RIM}" xmlns:lcm="${LCM}" xmlns:xdsb="urn:ihe:iti:xds-b:2007"`;
    return `${this.pick(["", '<?xml version="1.0" encoding="utf-8"?>\n', "\ufeff"])}<${this.#wrapper} ${space}>${list}</${this.#wrapper}>`;
  }
}

function documentXml(hand: Hand, document: StrangeDocument, index: number): string {
  const { pick } = hand;
  const code = ([scheme, value, system]: readonly [string, string, string]) =>
    hand.classified(scheme, value, ...shuffled(pick, [hand.slot("codingScheme", system), hand.name("Libellé")]));
  const hash = createHash("sha1").update(document.content).digest("hex");
  const parts = [
    hand.slot("URI", document.uri),
    hand.slot("hash", pick([hash, hash.toUpperCase()])),
    hand.slot(pick(["size", "Size"]), String(document.content.length)),
    hand.slot("urn:unknown:slot", "1", "2"),
    ...(document.action === "create" ? [] : [hand.slot("urn:action:extraMetadataSlot", document.action)]),
    hand.name(document.title),
    hand.tag("Description", ""),
    hand.tag("VersionInfo", 'versionName="1"'),
    ...Object.values(CODES).map(code),
    ...[hand.identifier("58a6f841-87b3-4a3e-92fd-a8ffeff98427", PATIENT)],
    hand.identifier("2e82c1f6-a085-4c72-9da3-8640a32e42ab", document.uniqueId),
    hand.classified("93606bcf-9494-43ec-9b4e-a7748d1a838d", "", hand.slot("authorRole", ...document.roles)),
  ];
  const events = document.eventCodes.map((value) => code(["2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", value, "1.2.3"]));
  return hand.tag(
    "ExtrinsicObject",
    `mimeType="text/xml" status="x" id="${pick([`Document${index}`, `urn:uuid:0000000${index}-2222-4222-8222-222222222222`])}" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"`,
    ...shuffled(pick, parts),
    ...events,
  );
}

function setXml(hand: Hand, documents: readonly string[]): string[] {
  const node = (of: string, uuid: string) =>
    hand.tag("Classification", `classifiedObject="${of}" classificationNode="${hand.uuid(uuid)}"`);
  const own = node("Set", "a54d6aa5-d40d-43f9-88c5-b4633d873bdd");
  const beside = hand.pick([true, false]);
  const parts = [
    hand.slot("submissionTime", "20260105093000"),
    hand.identifier("6b5aea1a-874d-4603-a4bc-96a0a7b38446", PATIENT),
    hand.identifier("554ac39e-e3fe-47fe-b233-965d2a147832", "1.2.3"),
    hand.identifier("96fdda7c-d067-4183-912e-bf5ee74998a8", "1.2.3.4"),
    ...(beside ? [] : [own]),
  ];
  const association = (type: string, to: string) =>
    hand.tag(
      "Association",
      `id="a-${to}" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:${type}" sourceObject="Set" targetObject="${to}"`,
      hand.slot("SubmissionSetStatus", "Original"),
    );
  const folder = hand.pick([
    [],
    [
      hand.tag("RegistryPackage", 'id="Folder"', hand.name("Dossier"), hand.slot("lastUpdateTime", "2026")),
      node("Folder", "d9d542f3-6cc4-48b6-8870-ea235fbc94c2"),
      association("HasMember", "Folder"),
    ],
  ]);
  const inside = hand.pick([true, false, false]);
  return shuffled(hand.pick, [
    hand.tag(
      "RegistryPackage",
      'id="Set"',
      ...shuffled(hand.pick, parts),
      ...(inside ? [hand.tag("RegistryObjectList", "", ...documents)] : []),
    ),
    ...(beside ? [own] : []),
    ...(inside ? [] : documents),
    ...folder,
    hand.tag("ObjectRef", 'id="x"'),
    association("HasMember", "Document1"),
  ]);
}

/** How the URI of a document may be written, seen from the folder of its METADATA.XML. */
const URIS: readonly ((folder: string, file: string) => readonly [uri: string, irregular: boolean])[] = [
  (_, file) => [file, false],
  (_, file) => [`./${file}`, false],
  (_, file) => [file.toLowerCase(), false],
  (folder, file) => [`../${folder.split("/").at(-2)}/${file}`, false],
  (folder, file) => [`${folder}${file}`, true],
  (folder, file) => [`/${folder}${file}`, true],
  (folder, file) => [`\\${folder.replaceAll("/", "\\")}${file}`, true],
  (folder, file) => [`file:///${folder}${file}`, true],
  (folder, file) => [`D:\\${folder.replaceAll("/", "\\")}${file}`, true],
];

export function strangeArchive(pick: Pick): StrangeArchive {
  const entries: RawEntry[] = [];
  const documents: StrangeDocument[] = [];
  const sets = pick([1, 1, 2]);
  const root = pick(["IHE_XDM/", "IHE_XDM/", "ihe_xdm/", "Ihe_Xdm/"]);
  for (let set = 1; set <= sets; set++) {
    const folder = `${root}${pick(["SUBSET0", "subset0", "LOT_É", "A/B/S"])}${set}/`;
    const own: StrangeDocument[] = [];
    for (let n = 1; n <= pick([1, 2, 3]); n++) {
      const file = `${pick(["DOC0000", "doc000", "ÉTÉ 1", "DOCS/CR_"])}${n}.XML`;
      const [uri, irregular] = pick(URIS)(folder, file);
      const content = Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- ${set}.${n} --></ClinicalDocument>`);
      const [action, eventCodes] = [pick(["create", "C", "d"]), pick([[], ["A"], ["A", "B"]])];
      const roles = pick([["Médecin traitant"], ["Médecin", "Chef de service"]]);
      const [path, title, uniqueId] = [`${folder}${file}`, `Compte rendu "${n}" & <suite>`, `1.2.3.${set}.${n}`];
      own.push({ content, uri, path, title, uniqueId, action, irregular, eventCodes, roles });
      entries.push({ name: path, content });
    }
    const hand = new Hand(pick);
    const xml = hand.root(
      setXml(
        hand,
        own.map((document, index) => documentXml(hand, document, index + 1)),
      ),
    );
    entries.push({ name: `${folder}${pick(["METADATA.XML", "metadata.xml"])}`, content: xml });
    documents.push(...own);
  }
  const beside: RawEntry[] = [
    { name: "INDEX.HTM", content: "<html/>" },
    { name: "readme.txt", content: "Émetteur" },
    { name: `${root}CDA.XSL`, content: "<xsl/>" },
    { name: "__MACOSX/._METADATA.XML", content: "\0\x05\x16" },
    { name: "JOINT.PDF", content: "%PDF-1.4" },
  ];
  const utf8 = pick([0x800, 0]);
  const packed = pick<Partial<RawEntry>>([{}, { method: 0 }, { descriptor: true }, { mode: 0o100644 }]);
  const written = shuffled(pick, [...entries, ...beside]).map((entry) => ({ ...packed, ...entry, flags: utf8 }));
  return { zip: makeZip(written, { comment: pick(["", "Éditeur"]) }), documents, sets };
}
