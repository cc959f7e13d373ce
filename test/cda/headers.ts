import fc from "fast-check";
import type {
  Address,
  CdaHeader,
  Code,
  Consent,
  Order,
  Organization,
  Party,
  Performer,
  PersonName,
  Telecom,
} from "../../src/cda/index.js";

/** Headers of any shape that the minimal French structure allows, with the characters that break careless writers. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcXYZéÉœ'-. 0189") },
  { weight: 2, arbitrary: fc.constantFrom(..."&<>\"'^|\\]%?#=€\u00a0\u2028😀") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
);
const writable = (value: string): boolean =>
  !/\p{Cc}|\p{Surrogate}|[\ufffe\uffff]/u.test(value) && value.replace(/ /g, "") !== "";
const text = fc.string({ unit: character, minLength: 1, maxLength: 20 }).filter(writable);
const token = text.map((value) => value.replace(/\s/g, "_"));
const oid = fc.array(fc.nat({ max: 99_999 }), { minLength: 1, maxLength: 6 }).map((arcs) => `1.${arcs.join(".")}`);
const root = fc.oneof({ weight: 5, arbitrary: oid }, fc.uuid(), fc.constantFrom("2.25", "a-b", "0"));
const id = fc.oneof(
  root,
  fc.tuple(root, text).map(([at, extension]) => `${at}^${extension}`),
);
const time = fc
  .tuple(
    fc.constantFrom("2026", "202601", "20260105", "202601051030", "20260105103000"),
    fc.constantFrom("", "+0100", "-1000", "+100"),
  )
  .map(([at, zone]) => (at.length > 8 ? at + zone : at));
const version = fc.nat({ max: 999_999_999 });

const some = <T extends object, K extends keyof T>(
  arbitraries: { [P in keyof T]: fc.Arbitrary<T[P]> },
  required: K[] = [],
): fc.Arbitrary<T> => fc.record(arbitraries, { requiredKeys: required }) as unknown as fc.Arbitrary<T>;
const filled = <T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.filter((value) => Object.keys(value).length > 0);
const list = <T>(arbitrary: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength, maxLength: minLength + 2 });

const code: fc.Arbitrary<Code> = some<Code, "code">({ code: token, codeSystem: oid, displayName: text }, ["code"]);
const parts = list(
  fc.record({ name: fc.constantFrom("city", "postalCode", "streetAddressLine", "houseNumber", "text"), value: text }),
).filter((found) => found.every((part, i) => part.name !== "text" || found[i - 1]?.name !== "text"));
const address: fc.Arbitrary<Address> = some<Address, "parts">(
  { use: fc.constantFrom("H", "WP", "H TMP"), nullFlavor: fc.constantFrom("MSK", "NAV"), parts },
  ["parts"],
).filter((value) => value.parts.length > 0 || value.nullFlavor !== undefined);
const telecom: fc.Arbitrary<Telecom> = some<Telecom, never>({
  value: fc.constantFrom("tel:+33561000000", "mailto:a@example.org", "fax:0", "http://example.org/?a=1&b=2"),
  use: fc.constantFrom("WP", "MC", "H DIR"),
  nullFlavor: fc.constantFrom("NASK", "UNK"),
}).filter((value) => value.value !== undefined || value.nullFlavor !== undefined);
const contacts = { telecom: list(telecom, 1), address: list(address, 1) };
const oneContact = {
  telecom: fc.array(telecom, { minLength: 1, maxLength: 1 }),
  address: fc.array(address, { minLength: 1, maxLength: 1 }),
};
const person: fc.Arbitrary<PersonName> = filled(
  some<PersonName, never>({ family: text, given: text, prefix: text, suffix: text }),
);
const organization: fc.Arbitrary<Organization> = filled(
  some<Organization, never>({ id, otherIds: list(id, 1), name: text, practiceSetting: code, ...contacts }),
).filter((found) => found.id !== undefined || found.otherIds === undefined);
const practice = fc.tuple(organization, code).map(([found, practiceSetting]) => ({ ...found, practiceSetting }));
const name = some<{ qualifier?: string; value: string }, "value">(
  { qualifier: fc.constantFrom("BR", "CL", "SP", "BR SP"), value: text },
  ["value"],
);

const ids = list(id, 1);
const span = filled(some<{ low?: string; high?: string }, never>({ low: time, high: time }));
/** Somebody, by two names where there are two. */
const withNames = <T extends Party>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.tuple(filled(arbitrary), fc.option(list(name, 2))).map(([who, names]) => {
    if (who.person === undefined || names === null) return who;
    return { ...who, person: { ...who.person, family: names[0]?.value as string }, familyNames: names };
  });
const who = { code, person, ...contacts };
const entity = { id, ...who, organization };
const assigned: fc.Arbitrary<Party> = withNames(some<Party, never>({ templateIds: ids, ...entity })).filter((party) =>
  Object.keys(party).some((key) => key !== "templateIds"),
);
const at = (moment: fc.Arbitrary<Party["time"]>): fc.Arbitrary<Party> =>
  fc.tuple(assigned, fc.option(moment)).map(([party, when]) => (when ? { ...party, time: when } : party));
const signer = at(time.map((low) => ({ low })));
const relative = fc
  .tuple(withNames(filled(some<Party, never>(who))), fc.constantFrom("ECON", "NOK"))
  .map(([party, classCode]): Party => ({ ...party, classCode }));
const guardian = withNames(some<Party, never>(entity)).map(
  ({ organization: employer, ...party }): Party =>
    party.person || !employer
      ? Object.keys(party).length > 0
        ? party
        : { id: "1.2" }
      : { ...party, organization: employer },
);
const participant = fc
  .tuple(
    assigned,
    fc.constantFrom("INF", "REF", "ENT"),
    fc.constantFrom("PROV", "CON"),
    some<Party, never>({ function: code, functionText: text, time: span }),
  )
  .map(([party, typeCode, classCode, more]): Party => ({ ...party, typeCode, classCode, ...more }));
const attending = fc
  .tuple(at(span), fc.constantFrom("ATND", "CON"))
  .map(([party, typeCode]): Party => ({ ...party, typeCode }));
const order: fc.Arbitrary<Order> = some<Order, "ids">(
  { ids: list(id), code, text, priority: code, accessionNumbers: ids },
  ["ids"],
).filter((found) => found.ids.length > 0 || Object.keys(found).length > 1);
const consent: fc.Arbitrary<Consent> = filled(
  some<Consent, never>({ ids, code, status: fc.constantFrom("completed", "active") }),
);

const patient = fc
  .record(
    {
      ins: fc.option(
        fc.record({
          value: fc.constantFrom("185057800604851", "2850278006048"),
          oid: fc.constantFrom("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.10"),
        }),
      ),
      localIds: list(
        id.filter((value) => !value.startsWith("1.2.250.1.213.1.4.")),
        1,
      ),
      familyNames: list(name, 1),
      givenNames: list(name, 1),
      prefix: text,
      suffix: text,
      birthTime: time,
      gender: fc.constantFrom("F", "M", "UN", "constructor"),
      birthPlace: fc.oneof(
        filled(some<{ code?: string; name?: string }, never>({ code: text, name: text })),
        some<{ name: string; placeName?: string; parts?: Address["parts"] }, "name">(
          {
            name: text,
            placeName: text,
            parts: parts
              .map((found) => found.filter((part) => part.name !== "city"))
              .filter(
                (found) =>
                  found.length > 0 && found.every((part, i) => part.name !== "text" || found[i - 1]?.name !== "text"),
              ),
          },
          ["name"],
        ),
      ),
      ...contacts,
      deceased: fc.oneof(fc.constant(true as const), time),
      multipleBirth: fc.constantFrom(true as const, "2"),
      guardians: list(guardian, 1),
      provider: organization,
    },
    { requiredKeys: ["ins", "localIds", "familyNames", "givenNames", "birthTime", "gender"] },
  )
  .map((found) => {
    const having = (qualifier: string) =>
      found.familyNames.find((family) => family.qualifier?.split(" ").includes(qualifier))?.value;
    const birthName = having("BR") ?? found.familyNames.find((family) => family.qualifier === undefined)?.value;
    const usedName = having("CL") ?? having("SP");
    return {
      ...found,
      ...(birthName === undefined ? {} : { birthName }),
      ...(usedName === undefined ? {} : { usedName }),
    };
  });

const author = some<CdaHeader["authors"][number], "time" | "id">(
  { time, id, function: code, functionText: text, specialty: code, person, organization, ...contacts },
  ["time", "id"],
);
const device = fc.record({
  time,
  id,
  device: filled(some<{ software?: string; model?: string }, never>({ software: text, model: text })),
});
const performer: fc.Arbitrary<Performer> = some<Performer, never>({
  typeCode: fc.constant("SPRF"),
  templateIds: ids,
  function: code,
  id,
  specialty: code,
  person,
  organization,
  time: span,
  ...contacts,
});
const translation = fc
  .tuple(code, fc.option(list(some<{ name: Code; value?: Code }, "name">({ name: code, value: code }, ["name"]), 1)))
  .map(([found, qualifiers]) => ({ ...found, ...(qualifiers ? { qualifiers } : {}) }));
const event = some<CdaHeader["serviceEvents"][number], "translations">(
  {
    classCode: fc.constantFrom("PCPR", "PROC"),
    ids,
    code,
    text,
    translations: list(translation),
    status: fc.constantFrom("completed", "active"),
    low: time,
    high: time,
    performer,
  },
  ["translations"],
);
const firstEvent = fc
  .tuple(event, time, performer, practice, fc.option(list(performer, 1)))
  .map(([found, low, by, where, others]) => ({
    ...found,
    low,
    performer: { ...by, organization: where },
    ...(others ? { otherPerformers: others } : {}),
  }));
const to = fc.constantFrom("a.b@x.mssante.fr", "a%b&c?d@mssante.fr");
const recipient = filled(
  some<CdaHeader["recipients"][number], never>({
    id,
    person,
    organization,
    address: to,
    typeCode: fc.constant("TRC"),
    telecom: list(
      telecom.filter(({ value }) => value === undefined || value.startsWith("tel:")),
      1,
    ),
    postalAddress: contacts.address,
  }),
).filter((found) => [found.id, found.person, found.organization, found.address].some((named) => named !== undefined));

/** What is in every header, and what may be. */
export const headers: fc.Arbitrary<CdaHeader> = fc
  .record({
    id,
    setId: id,
    versionNumber: version,
    relatedDocuments: list(
      some<CdaHeader["relatedDocuments"][number], "typeCode" | "id">(
        { typeCode: fc.constantFrom("RPLC", "APND", "XFRM"), id, setId: id, versionNumber: version },
        ["typeCode", "id"],
      ),
    ),
    templateIds: list(id, 1),
    code,
    title: text,
    effectiveTime: time,
    languageCode: fc.constantFrom("fr-FR", "en"),
    confidentialityCode: code,
    patient,
    authors: list(fc.oneof(author, device), 1),
    legalAuthenticator: some<NonNullable<CdaHeader["legalAuthenticator"]>, "time" | "id">(
      { time, id, specialty: code, person, organization, ...contacts },
      ["time", "id"],
    ),
    custodian: some<Organization, "id">({ id, name: text, ...oneContact }, ["id"]),
    recipients: list(recipient),
    firstEvent,
    otherEvents: list(event),
    encounter: some<NonNullable<CdaHeader["encounter"]>, "facilityType">(
      {
        id,
        code,
        low: time,
        high: time,
        facilityType: code,
        location: filled(some<Organization, never>({ id, name: text, address: oneContact.address })),
        otherIds: ids,
        dischargeDisposition: code,
        responsible: assigned,
        participants: list(attending, 1),
      },
      ["facilityType"],
    ).filter((found) => found.id !== undefined || found.otherIds === undefined),
    more: some<Partial<CdaHeader>, never>({
      codeTranslations: list(code, 1),
      dataEnterer: signer,
      informants: list(fc.oneof(assigned, relative), 1),
      authenticators: list(signer, 1),
      participants: list(participant, 1),
      orders: list(order, 1),
      consents: list(consent, 1),
    }),
  })
  .map(
    ({ firstEvent: first, otherEvents, more, ...rest }) =>
      ({ ...rest, ...more, serviceEvents: [first, ...otherEvents] }) as CdaHeader,
  );
