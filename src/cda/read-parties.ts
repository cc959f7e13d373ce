import { defined } from "../defined.js";
import type { XmlElement } from "../xml/index.js";
import type { Address, Code, Id, Organization, PatientName, PersonName, Telecom } from "./types.js";
import {
  addresses,
  all,
  attribute,
  codeOf,
  Findings,
  firstId,
  follow,
  idOf,
  interval,
  one,
  organizationOf,
  personOf,
  telecoms,
  textOf,
  unlessEmpty,
} from "./values.js";

/** A person or an organisation of the header, in whatever role. */
export interface Party {
  /** `typeCode` of a participant (`INF`, `REF`…), `classCode` of an informant's relation (`ECON`, `NOK`…). */
  relation?: string;
  function?: Code;
  /** What its author adds to the function in words of his own (`functionCode/originalText`). */
  functionText?: string;
  time?: { low?: string; high?: string };
  id?: Id;
  /** Profession, or the kinship of a relative. */
  code?: Code;
  person?: PersonName;
  /** Every part of the person's name that has a qualifier, as written: a relative is named at birth and in use. */
  familyNames?: PatientName[];
  organization?: Organization;
  telecom?: Telecom[];
  address?: Address[];
}

/** What the header holds beside {@link CdaHeader}: no metadata are made of it, a reader of the document wants it. */
export interface CdaParties {
  guardians: Party[];
  authenticators: Party[];
  dataEnterers: Party[];
  informants: Party[];
  participants: Party[];
  /** Identifiers of the orders that the document fulfils. */
  orders: Id[];
  /** What those orders say in words (`order/code/originalText`). */
  orderTexts: string[];
  /** Of each author, in the order of the document, what is added to the function in words; undefined where nothing is. */
  authorTexts: (string | undefined)[];
  /** Who answers for the encounter, and who took part in it. */
  responsible: Party[];
  attending: Party[];
  /** Where the patient was born, beside the commune: the name of the place. */
  birthPlaceName?: string;
  /** True, or the time of death where it is told. CDA has it in an extension of HL7 (`sdtc`). */
  deceased?: true | string;
  /** True, or the rank among the children of one birth. */
  multipleBirth?: true | string;
  consents: Code[];
  /** The organisation that knows the patient by the local identifiers. */
  provider?: Organization;
}

/** The other people and organisations of the header; what cannot be used is left out. */
export function readCdaParties(document: XmlElement): CdaParties {
  const findings = new Findings();
  const role = one(one(document, "recordTarget"), "patientRole");
  const patient = one(role, "patient");
  const encounter = follow(document, "componentOf", "encompassingEncounter");
  const place = follow(patient, "birthplace", "place");
  return defined({
    guardians: all(patient, "guardian").flatMap((guardian) =>
      entity(guardian, "guardianPerson", "guardianOrganization"),
    ),
    authenticators: all(document, "authenticator").flatMap((each) => assigned(findings, each)),
    dataEnterers: all(document, "dataEnterer").flatMap((each) => assigned(findings, each)),
    informants: all(document, "informant").flatMap((each) => informant(findings, each)),
    participants: all(document, "participant").flatMap((each) => participant(findings, each)),
    orders: all(document, "inFulfillmentOf").flatMap((each) =>
      all(one(each, "order"), "id").flatMap((id) => idOf(id) ?? []),
    ),
    orderTexts: all(document, "inFulfillmentOf").flatMap(
      (each) => textOf(follow(each, "order", "code", "originalText")) ?? [],
    ),
    authorTexts: all(document, "author").map((each) => textOf(follow(each, "functionCode", "originalText"))),
    responsible: all(encounter, "responsibleParty").flatMap((each) => assigned(findings, each)),
    attending: all(encounter, "encounterParticipant").flatMap((each) =>
      assigned(findings, each).map((party) => defined({ ...party, relation: attribute(each, "typeCode") })),
    ),
    // Without a town the name of the place is the town's, as the patient's header reads it.
    birthPlaceName: one(one(place, "addr"), "city") && textOf(one(place, "name")),
    deceased: extended(patient, "deceasedTime", "deceasedInd"),
    multipleBirth: extended(patient, "multipleBirthOrderNumber", "multipleBirthInd"),
    consents: all(document, "authorization").flatMap((each) => codeOf(one(one(each, "consent"), "code")) ?? []),
    provider: organizationOf(one(role, "providerOrganization")),
  });
}

/** A fact of an extension of the patient, whatever its namespace: its value, else true where only that it is so is told. */
function extended(patient: XmlElement | undefined, valued: string, told: string): true | string | undefined {
  const written = (local: string) => patient?.children.find((each) => each.local === local)?.attrs["value"]?.trim();
  if (written(told) === "false") return undefined;
  return written(valued) || (written(told) === "true" ? true : undefined);
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

function assigned(findings: Findings, element: XmlElement): Party[] {
  const time = unlessEmpty(interval(findings, one(element, "time"), "time"));
  return entity(one(element, "assignedEntity"), "assignedPerson", "representedOrganization").map((party) =>
    defined({ ...party, time }),
  );
}

function informant(findings: Findings, element: XmlElement): Party[] {
  const related = one(element, "relatedEntity");
  if (related === undefined) return assigned(findings, element);
  return entity(related, "relatedPerson", "").map((party) =>
    defined({ ...party, relation: attribute(related, "classCode") }),
  );
}

function participant(findings: Findings, element: XmlElement): Party[] {
  const time = unlessEmpty(interval(findings, one(element, "time"), "time"));
  return entity(one(element, "associatedEntity"), "associatedPerson", "scopingOrganization").map((party) =>
    defined({
      relation: attribute(element, "typeCode"),
      function: codeOf(one(element, "functionCode")),
      functionText: textOf(follow(element, "functionCode", "originalText")),
      ...party,
      time,
    }),
  );
}

function entity(element: XmlElement | undefined, person: string, organization: string): Party[] {
  if (element === undefined) return [];
  const named = one(element, person);
  const families = all(named, "name")
    .flatMap((name) => all(name, "family"))
    .flatMap((family): PatientName[] => {
      const value = textOf(family);
      return value === undefined ? [] : [defined({ qualifier: attribute(family, "qualifier"), value })];
    });
  const party = unlessEmpty({
    id: firstId(element),
    code: codeOf(one(element, "code")),
    person: personOf(named),
    familyNames: families.length > 1 ? families : undefined,
    organization: organizationOf(one(element, organization)),
    telecom: telecoms(element),
    address: addresses(element),
  });
  return party === undefined ? [] : [party];
}
