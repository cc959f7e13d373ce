// ECO.3.1.4, SC.MSS/UX.41, ANN/va1.01: Annuaire Santé FHIR v2, against bundles of the published shapes.
import { HttpResponse, http as msw } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ANNUAIRE_URL } from "../../../src/directory/fhir/systems.js";
import { FhirDirectory } from "../../../src/directory/index.js";
import { RequestRate } from "../../../src/directory/rate.js";
import { all, closeAll, errorOf, httpClient } from "../kit.js";
import { bundle, mailbox, organization, practitioner, role } from "./bundles.js";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());
afterEach(async () => {
  server.resetHandlers();
  await closeAll();
});

const NOTHING = bundle([]);
const asked: URL[] = [];

function answers(by: Partial<Record<"Practitioner" | "PractitionerRole" | "Organization", object>>): void {
  asked.length = 0;
  for (const type of ["Practitioner", "PractitionerRole", "Organization"] as const)
    server.use(
      msw.get(`${ANNUAIRE_URL}/${type}`, ({ request }) => {
        asked.push(new URL(request.url));
        return HttpResponse.json(by[type] ?? NOTHING);
      }),
    );
}

const directory = (): FhirDirectory =>
  new FhirDirectory({ http: httpClient(), key: "a-key", rate: new RequestRate(1_000) });

describe("the mailboxes of an answer", () => {
  it("are those with the MSSANTE extension; an ordinary mail address never is one", async () => {
    const plain = { system: "email", value: "claire.morel@medecin.mssante.fr" };
    const other = {
      ...mailbox("autre@medecin.mssante.fr"),
      extension: [
        {
          url: "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type",
          valueCoding: { code: "MAIL" },
        },
      ],
    };
    answers({
      Practitioner: bundle([
        practitioner("003-1", [plain, other, mailbox("vraie@medecin.mssante.fr", { type: "PER" })]),
      ]),
    });
    const found = await all(directory().search({ rpps: "99900000019" }));
    expect(found.map(({ address }) => address)).toEqual(["vraie@medecin.mssante.fr"]);
  });

  it("are found by a number with the prefix of the national identifier, as a CDA or Pro Santé Connect has it", async () => {
    answers({ Practitioner: bundle([practitioner("003-1", [mailbox("une@medecin.mssante.fr", { type: "PER" })])]) });
    const plain = await all(directory().search({ rpps: "99900000019" }));
    const asPlain = asked.map(({ search }) => search);
    answers({ Practitioner: bundle([practitioner("003-1", [mailbox("une@medecin.mssante.fr", { type: "PER" })])]) });
    expect(await all(directory().search({ rpps: "8 99900000019" }))).toMatchObject(
      plain.map(({ address }) => ({ address })),
    );
    expect(plain).toHaveLength(1);
    expect(asked.map(({ search }) => search)).toEqual(asPlain);
  });

  it("are those with what is told of a mailbox alone, whatever holds its type, as ANS's own examples have them", async () => {
    const told = (address: string, type: object) => ({
      system: "email",
      value: address,
      extension: [
        {
          url: "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata",
          extension: [{ url: "type", ...type }],
        },
      ],
    });
    const cab = told("cab@medecin.mssante.fr", { valueCode: "CAB" });
    const per = told("per@medecin.mssante.fr", { valueCoding: { code: "PER" } });
    const listed = told("liste@medecin.mssante.fr", { valueCodeableConcept: { coding: [{ code: "CAB" }] } });
    answers({ Practitioner: bundle([practitioner("003-1", [cab, per, listed])]) });
    const found = await all(directory().search({ rpps: "99900000019" }));
    expect(found.map(({ address, type }) => `${address} ${type}`).sort()).toEqual([
      "cab@medecin.mssante.fr CAB",
      "liste@medecin.mssante.fr CAB",
      "per@medecin.mssante.fr PER",
    ]);
  });

  it("say who a person is, by what the directory publishes", async () => {
    answers({
      Practitioner: bundle([
        practitioner("003-1", [mailbox("claire.morel@medecin.mssante.fr", { type: "PER", rank: 1, paperless: true })]),
      ]),
    });
    const [found] = await all(directory().search({ rpps: "99900000019" }));
    expect(found).toEqual({
      address: "claire.morel@medecin.mssante.fr",
      type: "PER",
      name: "Claire MOREL",
      family: "MOREL",
      given: "Claire",
      civility: "DR",
      rpps: "99900000019",
      idNat: "899900000019",
      profession: { code: "10", label: "Médecin" },
      category: { code: "C" },
      specialty: { code: "SM04" },
      paperless: true,
      rank: 1,
      source: "fhir",
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it("of a place of work have the person and the structure, and come once", async () => {
    const box = mailbox("claire.morel@ch-exemple.mssante.fr", { type: "PER" });
    answers({
      Practitioner: bundle([practitioner("003-1", [box])], [role("005-1", "003-1", "001-1", [box])]),
      Organization: bundle([organization("001-1", [])]),
    });
    const found = await all(directory().search({ family: "Morel" }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      name: "Claire MOREL",
      structure: { name: "CH EXEMPLE", finess: "990000013", idNat: "1990000013" },
      city: "DAX",
      postalCode: "40100",
    });
    expect(asked.map(({ pathname }) => pathname.split("/").at(-1))).toEqual(["Practitioner", "Organization"]);
  });

  it("of a structure are ORG and APP, called by their description", async () => {
    answers({
      Organization: bundle([
        organization("001-1", [
          { system: "email", value: "contact@ch-exemple.mssante.fr" },
          mailbox("secretariat@ch-exemple.mssante.fr", { type: "ORG", description: "Secrétariat de cardiologie" }),
          mailbox("labo@ch-exemple.mssante.fr", { type: "APP" }),
        ]),
      ]),
    });
    const found = await all(directory().search({ finess: "990000013", type: "ORG" }));
    expect(found.map(({ address, type, name }) => ({ address, type, name }))).toEqual([
      { address: "secretariat@ch-exemple.mssante.fr", type: "ORG", name: "Secrétariat de cardiologie" },
    ]);
  });

  it("without a type are PER of a person and ORG of a structure, CAB where the directory says so", async () => {
    answers({
      Practitioner: bundle([
        practitioner("003-1", [mailbox("a@x.mssante.fr"), mailbox("cabinet@x.mssante.fr", { type: "CAB" })]),
      ]),
    });
    const found = await all(directory().search({ rpps: "99900000019" }));
    expect(found.map(({ type }) => type).sort()).toEqual(["CAB", "PER"]);
  });

  it("on the red list do not come by a search, but are told to who has the address", async () => {
    answers({
      Practitioner: bundle([practitioner("003-1", [mailbox("cachee@x.mssante.fr", { type: "PER", redList: true })])]),
    });
    expect(await all(directory().search({ rpps: "99900000019" }))).toEqual([]);
    const [known] = await all(directory().search({ address: "cachee@x.mssante.fr" }));
    expect(known).toMatchObject({ address: "cachee@x.mssante.fr", redList: true });
  });

  it("of who has ceased are left out", async () => {
    const box = [mailbox("parti@x.mssante.fr", { type: "PER" })];
    answers({
      Practitioner: bundle(
        [practitioner("003-1", box, { active: false }), practitioner("003-2", [])],
        [role("005-1", "003-2", "001-1", box, { active: false })],
      ),
    });
    expect(await all(directory().search({ family: "MOREL" }))).toEqual([]);
  });

  it("with the preferred rank come first among equals", async () => {
    answers({
      Practitioner: bundle([
        practitioner("003-1", [mailbox("b@x.mssante.fr", { rank: 2 }), mailbox("a@x.mssante.fr", { rank: 1 })]),
      ]),
    });
    const found = await all(directory().search({ family: "MOREL", given: "claire" }));
    expect(found.map(({ address }) => address)).toEqual(["a@x.mssante.fr", "b@x.mssante.fr"]);
  });

  it("that are no address of the trust space, or hide controls, are dropped or cleaned", async () => {
    const evil = practitioner(
      "003-1",
      [
        mailbox("x@evil.example", { type: "PER" }),
        mailbox("ok@x.mssante.fr\r\nBcc: y", { type: "PER" }),
        mailbox("ok@x.mssante.fr", { type: "PER" }),
      ],
      {
        name: [{ family: "MO\u202eREL\r\n", given: ["Claire\u0000"] }],
      },
    );
    answers({ Practitioner: bundle([evil]) });
    const found = await all(directory().search({ rpps: "99900000019" }));
    expect(found.map(({ address, name }) => ({ address, name }))).toEqual([
      { address: "ok@x.mssante.fr", name: "Claire MOREL" },
    ]);
  });
});

describe("a search", () => {
  it("of nothing is refused", async () => {
    expect((await errorOf(all(directory().search({ text: "  ", type: "PER" })))).code).toBe("invalid_argument");
  });

  it("asks for persons by name, active ones, with their places of work", async () => {
    answers({});
    await all(directory().search({ family: "Le Goff", given: "Anaïs", profession: "médecin", type: "PER" }));
    expect(Object.fromEntries((asked[0] as URL).searchParams)).toEqual({
      family: "Le Goff",
      given: "Anaïs",
      "qualification-code": "10",
      active: "true",
      _count: "50",
      _revinclude: "PractitionerRole:practitioner",
    });
  });

  it("keeps of a name only who works in the town asked, whatever the accents", async () => {
    const box = (name: string) => [mailbox(`${name}@x.mssante.fr`, { type: "PER" })];
    answers({
      Practitioner: bundle(
        [practitioner("003-1", box("ici")), practitioner("003-2", box("ailleurs"))],
        [role("005-1", "003-1", "001-1", []), role("005-2", "003-2", "001-2", [])],
      ),
      Organization: bundle([
        organization("001-1", [], { address: [{ city: "SAINT-ÉTIENNE", postalCode: "42000" }] }),
        organization("001-2", []),
      ]),
    });
    const found = await all(directory().search({ family: "MOREL", city: "saint etienne" }));
    expect(found.map(({ address }) => address)).toEqual(["ici@x.mssante.fr"]);
  });

  it("reads a free text as an RPPS, or as a name with a town at its end", async () => {
    answers({});
    await all(directory().search({ text: "99900000019" }));
    expect(asked[0]?.searchParams.get("identifier")).toBe("99900000019");
    answers({});
    await all(directory().search({ text: "Dr Claire Morel Dax" }));
    expect(asked.map(({ searchParams }) => searchParams.getAll("name"))).toEqual([
      ["Claire", "Morel", "Dax"],
      ["Claire", "Morel"],
      [],
    ]);
    expect(asked[2]?.searchParams.getAll("name:contains")).toEqual(["Claire", "Morel", "Dax"]);
  });

  it("looks for an address wherever it may be published", async () => {
    answers({});
    await all(directory().search({ address: "labo@ch-exemple.mssante.fr" }));
    expect(asked.map(({ pathname }) => pathname.split("/").at(-1)).sort()).toEqual([
      "Organization",
      "Practitioner",
      "PractitionerRole",
    ]);
    expect(
      asked.every(({ searchParams }) => searchParams.get("mailbox-mss:exact") === "labo@ch-exemple.mssante.fr"),
    ).toBe(true);
  });

  it("cannot be turned into another one by what is typed", async () => {
    answers({});
    await all(directory().search({ family: "A,B|C$D\\E&active=false", type: "PER" }));
    expect(asked[0]?.searchParams.get("family")).toBe("A\\,B\\|C\\$D\\\\E&active=false");
    expect(asked[0]?.searchParams.getAll("active")).toEqual(["true"]);
  });
});
