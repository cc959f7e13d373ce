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
  consents: Code[];
  /** The organisation that knows the patient by the local identifiers. */
  provider?: Organization;
}

/** The other people and organisations of the header; what cannot be used is left out. */
export function readCdaParties(document: XmlElement): CdaParties {
  const findings = new Findings();
  const role = one(one(document, "recordTarget"), "patientRole");
  const patient = one(role, "patient");
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
    consents: all(document, "authorization").flatMap((each) => codeOf(one(one(each, "consent"), "code")) ?? []),
    provider: organizationOf(one(role, "providerOrganization")),
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
