/** Bundles of invented people in the shapes that ANS publishes (interfaces.md §4a): elements and systems as its server sends them. */

const NOS = "https://mos.esante.gouv.fr/NOS";
const KIND = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203";

export function mailbox(
  value: string,
  about: { type?: string; rank?: number; redList?: boolean; paperless?: boolean; description?: string } = {},
) {
  const extension: object[] = [
    {
      url: "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type",
      valueCoding: { system: `${NOS}/TRE_R256-TypeMessagerie/FHIR/TRE-R256-TypeMessagerie`, code: "MSSANTE" },
    },
  ];
  const inner: object[] = [];
  if (about.type !== undefined)
    inner.push({
      url: "type",
      valueCodeableConcept: { coding: [{ system: `${NOS}/TRE_R257-TypeBAL/FHIR/TRE-R257-TypeBAL`, code: about.type }] },
    });
  if (about.description !== undefined) inner.push({ url: "description", valueString: about.description });
  if (about.redList !== undefined) inner.push({ url: "listeRouge", valueBoolean: about.redList });
  if (about.paperless !== undefined) inner.push({ url: "digitization", valueBoolean: about.paperless });
  if (inner.length > 0)
    extension.push({
      url: "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata",
      extension: inner,
    });
  return { extension, system: "email", value, ...(about.rank === undefined ? {} : { rank: about.rank }) };
}

export const practitioner = (id: string, telecom: object[], rest: object = {}) => ({
  resourceType: "Practitioner",
  id,
  language: "fr",
  identifier: [
    {
      use: "official",
      type: { coding: [{ system: KIND, code: "IDNPS" }] },
      system: "urn:oid:1.2.250.1.71.4.2.1",
      value: "899900000019",
    },
    {
      use: "official",
      type: { coding: [{ system: KIND, code: "RPPS" }] },
      system: "https://rpps.esante.gouv.fr",
      value: "99900000019",
    },
  ],
  active: true,
  name: [{ use: "usual", family: "MOREL", given: ["Claire"], prefix: ["MME"], suffix: ["DR"] }],
  telecom,
  qualification: [
    {
      code: {
        coding: [
          { system: `${NOS}/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante`, code: "10" },
          { system: `${NOS}/TRE_R09-CategorieProfessionnelle/FHIR/TRE-R09-CategorieProfessionnelle`, code: "C" },
        ],
      },
    },
    {
      code: { coding: [{ system: `${NOS}/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale`, code: "SM04" }] },
    },
  ],
  ...rest,
});

export const role = (id: string, of: string, at: string, telecom: object[], rest: object = {}) => ({
  resourceType: "PractitionerRole",
  id,
  identifier: [{ system: "https://rpps.esante.gouv.fr", value: "1013186038" }],
  active: true,
  practitioner: { reference: `Practitioner/${of}` },
  organization: { reference: `Organization/${at}` },
  telecom,
  ...rest,
});

export const organization = (id: string, telecom: object[], rest: object = {}) => ({
  resourceType: "Organization",
  id,
  identifier: [
    {
      use: "official",
      type: { coding: [{ system: KIND, code: "IDNST" }] },
      system: "urn:oid:1.2.250.1.71.4.2.2",
      value: "1990000013",
    },
    {
      use: "official",
      type: { coding: [{ system: KIND, code: "FINEG" }] },
      system: "https://finess.esante.gouv.fr",
      value: "990000013",
    },
  ],
  active: true,
  name: "CH EXEMPLE",
  telecom,
  address: [{ line: ["1 RUE DE L'EXEMPLE"], city: "DAX", postalCode: "40100" }],
  ...rest,
});

export const bundle = (matches: object[], included: object[] = [], next?: string) => ({
  resourceType: "Bundle",
  id: "0b1c",
  type: "searchset",
  link: next === undefined ? [] : [{ relation: "next", url: next }],
  entry: [
    ...matches.map((resource) => ({ fullUrl: "https://x.example/1", resource, search: { mode: "match" } })),
    ...included.map((resource) => ({ fullUrl: "https://x.example/2", resource, search: { mode: "include" } })),
  ],
});
