import type { PublishedMailbox } from "./published.js";

/** A resource as it goes over the wire. */
export interface MockResource {
  resourceType: "Practitioner" | "PractitionerRole" | "Organization";
  id: string;
  [element: string]: unknown;
}

const NOS = "https://mos.esante.gouv.fr/NOS";
const PROFILE = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition";
const CORE = "https://hl7.fr/ig/fhir/core";
const KIND = `${CORE}/CodeSystem/fr-core-cs-v2-0203`;

const table = (name: string): string => `${NOS}/${name}/FHIR/${name.replace(/_/, "-")}`;
const coded = (name: string, code: string) => ({ coding: [{ system: table(name), code }] });

/**
 * Resources of the Annuaire Santé in its published shape: a person's mailbox on the Practitioner, or on the PractitionerRole where it belongs to a
 * structure too; those of a structure on the Organization, beside an ordinary mail address that is no mailbox.
 */
export function resourcesOf(mailboxes: readonly PublishedMailbox[], at: Date): MockResource[] {
  const practitioners = new Map<string, MockResource>();
  const roles = new Map<string, MockResource>();
  const organizations = new Map<string, MockResource>();
  const meta = (profile: string) => ({
    versionId: "1",
    lastUpdated: at.toISOString(),
    source: "https://annuaire.esante.gouv.fr",
    profile: [`${PROFILE}/${profile}`],
  });
  for (const mailbox of mailboxes) {
    const { person, structure } = mailbox;
    let owner: MockResource | undefined;
    if (structure) {
      owner = organizations.get(structure.finess);
      if (!owner) {
        owner = organization(structure, organizations.size, meta("as-dp-organization"));
        organizations.set(structure.finess, owner);
      }
    }
    if (person) {
      let who = practitioners.get(person.rpps);
      if (!who) {
        who = practitioner(person, practitioners.size, meta("as-dp-practitioner"));
        practitioners.set(person.rpps, who);
      }
      const place = owner;
      owner = who;
      if (structure && place) {
        const key = `${person.rpps} ${structure.finess}`;
        owner = roles.get(key);
        if (!owner) {
          owner = role(who, place, roles.size, meta("as-dp-practitionerrole"));
          roles.set(key, owner);
        }
      }
    }
    if (owner) (owner["telecom"] as unknown[]).push(telecom(mailbox));
  }
  return [...practitioners.values(), ...roles.values(), ...organizations.values()];
}

function telecom({ address, type, description, service, paperless, redList, rank }: PublishedMailbox) {
  const about: object[] = [
    { url: "type", valueCodeableConcept: coded("TRE_R257-TypeBAL", type === "INT" || type === "MED" ? "ORG" : type) },
  ];
  if (description !== undefined) about.push({ url: "description", valueString: description });
  if (service !== undefined) about.push({ url: "service", valueString: service });
  if (redList !== undefined) about.push({ url: "listeRouge", valueBoolean: redList });
  if (paperless !== undefined) about.push({ url: "digitization", valueBoolean: paperless });
  return {
    extension: [
      {
        url: `${CORE}/StructureDefinition/fr-core-contact-point-email-type`,
        valueCoding: { system: table("TRE_R256-TypeMessagerie"), code: "MSSANTE" },
      },
      { url: `${PROFILE}/as-ext-mailbox-mss-metadata`, extension: about },
    ],
    system: "email",
    value: address,
    ...(rank === undefined ? {} : { rank }),
  };
}

function practitioner(
  { rpps, family, given, civility = "DR", profession = "10", specialty }: NonNullable<PublishedMailbox["person"]>,
  index: number,
  meta: object,
): MockResource {
  const exercise = {
    code: {
      coding: [
        { system: table("TRE_G15-ProfessionSante"), code: profession },
        { system: table("TRE_R09-CategorieProfessionnelle"), code: "C" },
      ],
    },
  };
  return {
    resourceType: "Practitioner",
    id: `003-${1_000 + index}`,
    meta,
    language: "fr",
    identifier: [
      identifier("IDNPS", "urn:oid:1.2.250.1.71.4.2.1", `8${rpps}`),
      identifier("RPPS", "https://rpps.esante.gouv.fr", rpps),
    ],
    active: true,
    name: [{ use: "usual", family, given: [given], suffix: [civility] }],
    telecom: [],
    qualification: [
      exercise,
      ...(specialty === undefined ? [] : [{ code: coded("TRE_R38-SpecialiteOrdinale", specialty) }]),
    ],
  };
}

function role(who: MockResource, where: MockResource, index: number, meta: object): MockResource {
  return {
    resourceType: "PractitionerRole",
    id: `005-${1_000 + index}`,
    meta,
    identifier: [{ system: "https://rpps.esante.gouv.fr", value: String(1_010_000_000 + index) }],
    active: true,
    practitioner: { reference: `Practitioner/${who.id}` },
    organization: { reference: `Organization/${where.id}` },
    code: [coded("TRE_R22-GenreActivite", "GENR01"), coded("TRE_R23-ModeExercice", "S")],
    telecom: [],
  };
}

function organization(
  { finess, name, street, postalCode, city }: NonNullable<PublishedMailbox["structure"]>,
  index: number,
  meta: object,
): MockResource {
  return {
    resourceType: "Organization",
    id: `001-${1_000 + index}`,
    meta,
    identifier: [
      identifier("IDNST", "urn:oid:1.2.250.1.71.4.2.2", `1${finess}`),
      identifier("FINEG", "https://finess.esante.gouv.fr", finess),
    ],
    active: true,
    type: [{ coding: [{ system: `${CORE}/CodeSystem/fr-core-cs-v2-3307`, code: "GEOGRAPHICAL-ENTITY" }] }],
    name,
    telecom: [
      { system: "phone", value: "0500000000" },
      // An ordinary address, which is no mailbox of the trust space.
      { system: "email", value: `contact${index}@structure.example` },
    ],
    address: [
      {
        ...(street === undefined ? {} : { line: [street] }),
        ...(city === undefined ? {} : { city }),
        ...(postalCode === undefined ? {} : { postalCode }),
      },
    ],
  };
}

const identifier = (code: string, system: string, value: string) => ({
  use: "official",
  type: { coding: [{ system: KIND, code }] },
  system,
  value,
});
