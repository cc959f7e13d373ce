import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import type { XmlElement } from "../xml/index.js";
import { mssAddressAmong, withoutMailbox } from "./mailto.js";
import { readAssigned, readAssignedAt, readOtherParts, readPerformer, readProfessional } from "./read-parties.js";
import { readPatient } from "./read-patient.js";
import type {
  Author,
  CdaHeader,
  Code,
  Encounter,
  LegalAuthenticator,
  Organization,
  Recipient,
  ServiceEvent,
  Translation,
} from "./types.js";
import type { Findings } from "./values.js";
import {
  addresses,
  all,
  attribute,
  codeOf,
  extensions,
  firstId,
  follow,
  idOf,
  idsOf,
  interval,
  one,
  organizationOf,
  otherIdsOf,
  otherThan,
  personOf,
  someOf,
  telecoms,
  textOf,
  timeOf,
  unlessEmpty,
  versionOf,
} from "./values.js";

/** @throws MedimailError `cda_invalid` where the id, the code or the patient cannot be used. */
export function readHeader(findings: Findings, document: XmlElement): CdaHeader {
  const id = idOf(one(document, "id"));
  if (id === undefined) throw unusable("id", "has no identifier");
  const code = typeOf(findings, one(document, "code"));
  if (code === undefined) throw unusable("code", "has no type");
  const targets = all(document, "recordTarget");
  const patient = readPatient(findings, one(targets[0], "patientRole"));
  if (patient === undefined) throw unusable("recordTarget", "does not say who the patient is");
  if (targets.length > 1) {
    findings.error(
      "several_patients",
      "The document is about more than one patient; the first is taken.",
      "recordTarget",
    );
  }
  const header: CdaHeader = defined({
    id,
    setId: idOf(one(document, "setId")),
    versionNumber: versionOf(findings, one(document, "versionNumber"), "versionNumber"),
    relatedDocuments: all(document, "relatedDocument").flatMap((related) => readRelated(findings, related)),
    templateIds: all(document, "templateId").flatMap((template) => idOf(template) ?? []),
    code,
    codeTranslations: someOf(all(one(document, "code"), "translation").flatMap((each) => codeOf(each) ?? [])),
    title: textOf(one(document, "title")),
    effectiveTime: timeOf(findings, one(document, "effectiveTime"), "effectiveTime") ?? "",
    languageCode: attribute(one(document, "languageCode"), "code"),
    confidentialityCode: codeOf(one(document, "confidentialityCode")),
    patient,
    authors: all(document, "author").map((author) => readAuthor(findings, author)),
    legalAuthenticator: readLegalAuthenticator(findings, one(document, "legalAuthenticator")),
    custodian: readCustodian(document),
    recipients: all(document, "informationRecipient").flatMap(readRecipient),
    serviceEvents: all(document, "documentationOf").flatMap((event) =>
      readServiceEvent(findings, one(event, "serviceEvent")),
    ),
    encounter: readEncounter(findings, follow(document, "componentOf", "encompassingEncounter")),
    ...readOtherParts(findings, document),
  });
  tellWhatIsMissing(findings, header);
  return header;
}

/** The type; of a code that is null, the first translation that is not. */
function typeOf(findings: Findings, element: XmlElement | undefined): Code | undefined {
  const code = codeOf(element);
  if (code !== undefined) return code;
  const translation = all(element, "translation")
    .map(codeOf)
    .find((each) => each !== undefined);
  if (translation !== undefined)
    findings.warn(
      "code_from_translation",
      "The type of the document is null; that of its translation is taken.",
      "code",
    );
  return translation;
}

function unusable(path: string, what: string): MedimailError {
  return new MedimailError("cda_invalid", `The CDA document ${what}.`, { path: `ClinicalDocument/${path}` });
}

/** What the minimal French structure wants and CDA readers can do without. */
function tellWhatIsMissing(findings: Findings, header: CdaHeader): void {
  if (header.effectiveTime === "") {
    findings.error("effective_time_missing", "The document has no date.", "effectiveTime");
  }
  const wanted: readonly [unknown, string][] = [
    [header.title, "title"],
    [header.confidentialityCode, "confidentialityCode"],
    [header.languageCode, "languageCode"],
    [header.setId, "setId"],
    [header.versionNumber, "versionNumber"],
    [header.authors[0], "author"],
    [header.custodian, "custodian"],
    [header.legalAuthenticator, "legalAuthenticator"],
    [header.serviceEvents[0], "documentationOf"],
    [header.encounter, "componentOf"],
  ];
  for (const [value, path] of wanted) {
    if (value === undefined) findings.warn("element_missing", `The header has no usable ${path}.`, path);
  }
}

function readRelated(findings: Findings, element: XmlElement): CdaHeader["relatedDocuments"] {
  const path = "relatedDocument";
  const typeCode = attribute(element, "typeCode");
  const parent = one(element, "parentDocument");
  const id = firstId(parent);
  const setId = idOf(one(parent, "setId"));
  if (typeCode === undefined || (id === undefined && setId === undefined)) {
    findings.warn(
      "related_document_unusable",
      "A related document has no relation or no identifier; it is left out.",
      path,
    );
    return [];
  }
  const version = versionOf(findings, one(parent, "versionNumber"), `${path}/parentDocument/versionNumber`);
  return [defined({ typeCode, id, setId, versionNumber: version })];
}

function readAuthor(findings: Findings, element: XmlElement): Author {
  const assigned = one(element, "assignedAuthor");
  const { id, specialty, person, ...who } = readProfessional(assigned);
  const device = one(assigned, "assignedAuthoringDevice");
  const software = textOf(one(device, "softwareName"));
  const model = textOf(one(device, "manufacturerModelName"));
  return defined({
    time: timeOf(findings, one(element, "time"), "author/time"),
    function: codeOf(one(element, "functionCode")),
    functionText: textOf(follow(element, "functionCode", "originalText")),
    id,
    specialty,
    person,
    device: person === undefined ? unlessEmpty({ software, model }) : undefined,
    ...who,
  });
}

function readLegalAuthenticator(findings: Findings, element: XmlElement | undefined): LegalAuthenticator | undefined {
  if (element === undefined) return undefined;
  return unlessEmpty({
    time: timeOf(findings, one(element, "time"), "legalAuthenticator/time"),
    ...readProfessional(one(element, "assignedEntity")),
  });
}

/** CDA gives the custodian one telecom and one address at most. */
function readCustodian(document: XmlElement): Organization | undefined {
  const found = organizationOf(follow(document, "custodian", "assignedCustodian", "representedCustodianOrganization"));
  if (found === undefined) return undefined;
  const { id, name, telecom, address } = found;
  return unlessEmpty({ id, name, telecom: telecom?.slice(0, 1), address: address?.slice(0, 1) });
}

/** Who is named by nothing but a telephone or a street is nobody that a document can be sent to. */
function readRecipient(element: XmlElement): Recipient[] {
  const intended = one(element, "intendedRecipient");
  const telecom = telecoms(intended);
  const address = mssAddressAmong(telecom);
  const recipient = unlessEmpty({
    id: firstId(intended),
    person: personOf(one(intended, "informationRecipient")),
    organization: organizationOf(one(intended, "receivedOrganization")),
    address,
  });
  if (recipient === undefined) return [];
  return [
    defined({
      ...recipient,
      typeCode: otherThan("PRCP", attribute(element, "typeCode")),
      telecom: withoutMailbox(telecom, address),
      postalAddress: addresses(intended),
    }),
  ];
}

function readServiceEvent(findings: Findings, element: XmlElement | undefined): ServiceEvent[] {
  if (element === undefined) return [];
  const path = "documentationOf/serviceEvent";
  const code = one(element, "code");
  const { low, high } = interval(findings, one(element, "effectiveTime"), `${path}/effectiveTime`);
  const performers = all(element, "performer");
  const main = mainPerformer(performers);
  const performer = (each: XmlElement) => readPerformer(findings, each, `${path}/performer`);
  return [
    defined({
      classCode: otherThan("ACT", attribute(element, "classCode")),
      ids: idsOf(all(element, "id")),
      code: codeOf(code),
      text: textOf(one(code, "originalText")),
      translations: all(code, "translation").flatMap(readTranslation),
      status: attribute(extensions(element, "statusCode")[0], "code"),
      low,
      high,
      performer: main && performer(main),
      otherPerformers: someOf(performers.filter((each) => each !== main).map(performer)),
    }),
  ];
}

function readTranslation(element: XmlElement): Translation[] {
  const translation = codeOf(element);
  if (translation === undefined) return [];
  const qualifiers = all(element, "qualifier").flatMap((qualifier) => {
    const name = codeOf(one(qualifier, "name"));
    return name === undefined ? [] : [defined({ name, value: codeOf(one(qualifier, "value")) })];
  });
  return [qualifiers.length === 0 ? translation : { ...translation, qualifiers }];
}

/** The first whose structure says its practice setting, which the metadata want; else the first. */
function mainPerformer(performers: readonly XmlElement[]): XmlElement | undefined {
  const setting = (performer: XmlElement) =>
    codeOf(follow(performer, "assignedEntity", "representedOrganization", "standardIndustryClassCode"));
  return performers.find((performer) => setting(performer) !== undefined) ?? performers[0];
}

function readEncounter(findings: Findings, element: XmlElement | undefined): Encounter | undefined {
  if (element === undefined) return undefined;
  const path = "componentOf/encompassingEncounter";
  const facility = follow(element, "location", "healthCareFacility");
  const { low, high } = interval(findings, one(element, "effectiveTime"), `${path}/effectiveTime`);
  return defined({
    id: firstId(element),
    code: codeOf(one(element, "code")),
    low,
    high,
    facilityType: codeOf(one(facility, "code")),
    location: readLocation(facility),
    otherIds: otherIdsOf(element),
    dischargeDisposition: codeOf(one(element, "dischargeDispositionCode")),
    responsible: all(element, "responsibleParty").flatMap(readAssigned)[0],
    participants: someOf(
      all(element, "encounterParticipant").flatMap((each) =>
        readAssignedAt(findings, each, `${path}/encounterParticipant`).map((party) =>
          defined({ ...party, typeCode: attribute(each, "typeCode") }),
        ),
      ),
    ),
  });
}

/** The place of care; where it is not named, the organisation that runs it. */
function readLocation(facility: XmlElement | undefined): Organization | undefined {
  const place = one(facility, "location");
  const provider = one(facility, "serviceProviderOrganization");
  return unlessEmpty({
    id: firstId(facility) ?? firstId(provider),
    name: textOf(one(place, "name")) ?? textOf(one(provider, "name")),
    address: addresses(place)?.slice(0, 1),
  });
}
