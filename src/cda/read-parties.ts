import { type Defined, defined } from "../defined.js";
import type { XmlElement } from "../xml/index.js";
import type { CdaHeader, Consent, Order, Party, PatientName, Performer } from "./types.js";
import {
  addresses,
  all,
  attribute,
  codeOf,
  extensions,
  type Findings,
  firstId,
  follow,
  idsOf,
  interval,
  one,
  organizationOf,
  otherThan,
  personOf,
  someOf,
  telecoms,
  textOf,
  unlessEmpty,
} from "./values.js";

/** The people, orders and consents that no metadata are made of, and that a reader of the document wants. */
export type OtherParts = Pick<
  CdaHeader,
  "dataEnterer" | "informants" | "authenticators" | "participants" | "orders" | "consents"
>;

/** What of them cannot be used is left out. */
export function readOtherParts(findings: Findings, document: XmlElement): Defined<OtherParts> {
  return defined({
    dataEnterer: all(document, "dataEnterer").flatMap((each) => readAssignedAt(findings, each, "dataEnterer"))[0],
    informants: someOf(all(document, "informant").flatMap(informant)),
    authenticators: someOf(
      all(document, "authenticator").flatMap((each) => readAssignedAt(findings, each, "authenticator")),
    ),
    participants: someOf(all(document, "participant").flatMap((each) => participant(findings, each))),
    orders: someOf(all(document, "inFulfillmentOf").flatMap((each) => order(one(each, "order")))),
    consents: someOf(all(document, "authorization").flatMap((each) => consent(one(each, "consent")))),
  });
}

/** Who wrote a section, where it says so (`section/author`), or whom it is about (`section/subject`). */
export function readSectionParties(section: XmlElement): { authors: Party[]; subjects: Party[] } {
  return {
    authors: all(section, "author").flatMap((author) =>
      entity(one(author, "assignedAuthor"), "assignedPerson", "representedOrganization"),
    ),
    subjects: all(section, "subject").flatMap((subject) => entity(one(subject, "relatedSubject"), "subject", "")),
  };
}

/** A person or an organisation: CDA has room for one of them. */
export function readGuardians(patient: XmlElement | undefined): Party[] {
  return all(patient, "guardian").flatMap((guardian) =>
    entity(guardian, "guardianPerson", one(guardian, "guardianPerson") ? "" : "guardianOrganization"),
  );
}

/** Who stands in an `assignedEntity`. */
export function readAssigned(element: XmlElement): Party[] {
  return entity(one(element, "assignedEntity"), "assignedPerson", "representedOrganization").map((party) =>
    defined({ ...party, templateIds: idsOf(all(element, "templateId")) }),
  );
}

/** The same, with when. */
export function readAssignedAt(findings: Findings, element: XmlElement, path: string): Party[] {
  const time = timeSpan(findings, element, path);
  return readAssigned(element).map((party) => defined({ ...party, time }));
}

/** Who stands in the entity of somebody whose profession the header calls `specialty` (CLI.md). */
export function readProfessional(entity: XmlElement | undefined) {
  const { id, code, ...who } = whoIs(entity, "assignedPerson", "representedOrganization");
  return { id, specialty: code, ...who };
}

export function readPerformer(findings: Findings, element: XmlElement, path: string): Performer {
  const { telecom, address, ...who } = readProfessional(one(element, "assignedEntity"));
  return defined({
    typeCode: otherThan("PRF", attribute(element, "typeCode")),
    templateIds: idsOf(all(element, "templateId")),
    function: codeOf(one(element, "functionCode")),
    ...who,
    time: timeSpan(findings, element, path),
    telecom,
    address,
  });
}

function informant(element: XmlElement): Party[] {
  const related = one(element, "relatedEntity");
  if (related === undefined) return readAssigned(element);
  const templateIds = idsOf(all(element, "templateId"));
  // CDA has no room for an id there.
  return entity(related, "relatedPerson", "").map(({ id: _, ...party }) =>
    defined({ ...party, templateIds, classCode: attribute(related, "classCode") }),
  );
}

function participant(findings: Findings, element: XmlElement): Party[] {
  const time = timeSpan(findings, element, "participant");
  const associated = one(element, "associatedEntity");
  return entity(associated, "associatedPerson", "scopingOrganization").map((party) =>
    defined({
      typeCode: attribute(element, "typeCode"),
      classCode: attribute(associated, "classCode"),
      templateIds: idsOf(all(element, "templateId")),
      function: codeOf(one(element, "functionCode")),
      functionText: textOf(follow(element, "functionCode", "originalText")),
      ...party,
      time,
    }),
  );
}

function order(element: XmlElement | undefined): Order[] {
  const code = one(element, "code");
  const found = unlessEmpty({
    ids: idsOf(all(element, "id")),
    code: codeOf(code),
    text: textOf(one(code, "originalText")),
    priority: codeOf(one(element, "priorityCode")),
    accessionNumbers: idsOf(extensions(element, "accessionNumber")),
  });
  return found === undefined ? [] : [{ ...found, ids: found.ids ?? [] }];
}

function consent(element: XmlElement | undefined): Consent[] {
  const found = unlessEmpty({
    ids: idsOf(all(element, "id")),
    code: codeOf(one(element, "code")),
    status: attribute(one(element, "statusCode"), "code"),
  });
  return found === undefined ? [] : [found];
}

const timeSpan = (findings: Findings, element: XmlElement, path: string) =>
  unlessEmpty(interval(findings, one(element, "time"), `${path}/time`));

/** Who stands in an entity, whatever the part that it has. */
function whoIs(entity: XmlElement | undefined, person: string, organization: string) {
  return {
    id: firstId(entity),
    code: codeOf(one(entity, "code")),
    person: personOf(one(entity, person)),
    organization: organizationOf(one(entity, organization)),
    telecom: telecoms(entity),
    address: addresses(entity),
  };
}

function entity(element: XmlElement | undefined, person: string, organization: string): Party[] {
  if (element === undefined) return [];
  const { id, code, person: name, ...more } = whoIs(element, person, organization);
  const families = all(one(element, person), "name")
    .flatMap((each) => all(each, "family"))
    .flatMap((family): PatientName[] => {
      const value = textOf(family);
      return value === undefined ? [] : [defined({ qualifier: attribute(family, "qualifier"), value })];
    });
  const several = families.length > 1;
  const party = unlessEmpty({
    id,
    code,
    person: several ? { ...name, family: (families[0] as PatientName).value } : name,
    familyNames: several ? families : undefined,
    ...more,
  });
  return party === undefined ? [] : [party];
}
