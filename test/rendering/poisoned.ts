import { escapeAttribute, stripForbidden } from "../../src/xml/index.js";
import { everyKind } from "./sample.js";

/** What the header of a CDA may hold beside the sample's: everything that our reader knows. */
const PATIENT = `<addr use="H"><houseNumber>1</houseNumber><streetName>rue A</streetName><postalCode>31000</postalCode><city>TOULOUSE</city><country>FRANCE</country></addr>
<telecom value="tel:0102030405" use="MC"/><telecom value="mailto:a@b.fr"/>`;
const GUARDIAN = `<guardian><addr>chez B</addr><telecom value="tel:0102030406" use="H"/><guardianPerson><name><prefix>M</prefix><family qualifier="BR">G</family><family qualifier="CL">H</family><given>I</given></name></guardianPerson></guardian>
<guardian><guardianOrganization><id root="1.2.3" extension="77"/><name>Tutelle</name></guardianOrganization></guardian>`;
const PROVIDER = `<providerOrganization><id root="1.2.4" extension="5"/><name>CH</name><telecom value="tel:0102"/><addr>ici</addr></providerOrganization>`;
const ENTITY = `<id root="1.2.9" extension="88"/><code code="10" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Infirmier"/><addr>la</addr><telecom value="fax:0203" use="WP"/><assignedPerson><name><family>E</family><given>F</given></name></assignedPerson><representedOrganization><id root="1.5" extension="6"/><name>ORG</name><telecom value="tel:03"/><addr>x</addr></representedOrganization>`;
const PEOPLE = `<dataEnterer><time value="2026"/><assignedEntity>${ENTITY}</assignedEntity></dataEnterer>
<author><functionCode code="X" displayName="Fonction"/><time value="20260101"/><assignedAuthor><id root="1.7" extension="8"/><telecom value="tel:04" use="WP"/><assignedAuthoringDevice><manufacturerModelName>Modèle</manufacturerModelName><softwareName>Logiciel</softwareName></assignedAuthoringDevice></assignedAuthor></author>
<informant><assignedEntity>${ENTITY}</assignedEntity></informant><informant><relatedEntity classCode="NOK"><code code="SIS" displayName="Soeur"/><addr>y</addr><telecom value="tel:05"/><relatedPerson><name><family>J</family><given>K</given></name></relatedPerson></relatedEntity></informant>
<informationRecipient><intendedRecipient><id root="1.8" extension="9"/><telecom value="mailto:dr@chu-exemple.mssante.fr"/><informationRecipient><name><family>L</family><given>M</given></name></informationRecipient><receivedOrganization><name>N</name></receivedOrganization></intendedRecipient></informationRecipient>
<authenticator><time value="2026"/><signatureCode code="S"/><assignedEntity>${ENTITY}</assignedEntity></authenticator>
<participant typeCode="REF"><functionCode code="PCP" displayName="Médecin traitant"/><time><low value="2025"/><high value="2026"/></time><associatedEntity classCode="PROV"><id root="1.9" extension="1"/><code code="10" displayName="Médecin"/><addr>z</addr><telecom value="tel:06"/><associatedPerson><name><family>O</family><given>P</given></name></associatedPerson><scopingOrganization><name>Q</name></scopingOrganization></associatedEntity></participant>
<inFulfillmentOf><order><id root="1.10" extension="ORD"/></order></inFulfillmentOf>
<relatedDocument typeCode="APND"><parentDocument><id root="1.11" extension="APP"/><setId root="1.12"/><versionNumber value="3"/></parentDocument></relatedDocument>
<authorization><consent><code code="CO" displayName="Consentement"/></consent></authorization>
`;

/** The sample with every part of a header, as XML. */
export function wholeDocument(): string {
  return Buffer.from(everyKind())
    .toString("utf8")
    .replace('<patient classCode="PSN">', () => `${PATIENT}<patient classCode="PSN">`)
    .replace(
      "<birthplace><place><addr>",
      () => `${GUARDIAN}<birthplace><place><name>Lieu</name><addr><city>Ville</city>`,
    )
    .replace("</patientRole>", () => `${PROVIDER}</patientRole>`)
    .replace("<custodian>", () => `${PEOPLE}<custodian>`);
}

/**
 * Which places a text is put into. `linked`: all but what ties the parts together (identifiers, roles). `loose`: those too. `bare`: as
 * `linked`, and display names and names of persons are left out, so that codes and identifiers stand for them.
 */
export type Way = "linked" | "loose" | "bare";
export const WAYS: readonly Way[] = ["linked", "loose", "bare"];

/** Without these there is no document at all. */
const SKELETON = /^(xmlns|xsi|representation)/;
const LINKS = /^(xmlns|xsi|representation|classCode|moodCode|typeCode|qualifier|ID|IDREF|referencedObject)/;

const PIECES = /<([\w:]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>|([^<>]+)(?=<)/g;

/** That document with a text of the caller's in every place: each text, and each attribute that is not its skeleton. */
export function poisoned(payload: (place: number) => string, way: Way): Uint8Array {
  let place = 0;
  const next = (): string => escapeAttribute(stripForbidden(payload(place++)));
  const kept = way === "loose" ? SKELETON : LINKS;
  const attribute = (tag: string) => (written: string, name: string) => {
    if (way === "bare" && name === "displayName") return "";
    return kept.test(name) || isSkeleton(tag, name, written) ? written : `${name}="${next()}"`;
  };
  const whole = wholeDocument();
  const from = whole.indexOf("<ClinicalDocument");
  const document = way === "bare" ? whole.replace(/<name>(?:(?!<name>).)*?<\/name>/gs, "") : whole;
  return Buffer.from(
    document.slice(from).replace(PIECES, (written, tag, attributes, end, text) => {
      if (tag === undefined) return (text as string).trim() === "" ? written : next();
      return `<${tag}${(attributes as string).replace(/([\w:]+)="[^"]*"/g, attribute(tag))}${end}>`;
    }),
  );
}

/** The root of the document's id and of the INS. */
const isSkeleton = (tag: string, name: string, written: string): boolean =>
  tag === "typeId" || (name === "root" && /"1\.2\.250\.1\.(213\.1\.4\.8|999\.1\.1\.7)"/.test(written));
