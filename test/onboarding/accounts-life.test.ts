import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Account, AccountEvent } from "../../src/onboarding/index.js";
import {
  accountDifference,
  afterEvent,
  NO_ACCOUNT,
  nextTaking,
  planDeposit,
  possibleEvents,
  proposeAddresses,
  readAccounts,
  statusOf,
  unmetConditions,
} from "../../src/onboarding/index.js";

const DOMAIN = "ch-exemple.mssante.fr";
const person = (given: string, family: string, rest: Account = {}): Account => ({
  type: "PER",
  given,
  family,
  ...rest,
});
const addresses = (accounts: readonly Account[]) => accounts.map(({ address }) => address?.split("@")[0]);

describe("names to addresses", () => {
  it("writes accents, hyphens, apostrophes and particles as an address can", () => {
    const made = proposeAddresses(
      [
        person("Zoé", "D'Arc"),
        person("Jean-Éric", "de La Tour"),
        person("Anne Marie", "LEBŒUF"),
        { type: "ORG", label: "Secrétariat – Cardio (2e)" },
      ],
      DOMAIN,
    );
    expect(addresses(made)).toEqual([
      "zoe.darc",
      "jean-eric.de-la-tour",
      "anne-marie.leboeuf",
      "secretariat-cardio-2e",
    ]);
  });

  it("numbers homonyms, keeps the addresses that are there, and takes none that exists", () => {
    const made = proposeAddresses(
      [
        person("Claire", "Morel"),
        person("Claire", "MOREL"),
        person("Claire", "Moral", { address: `claire.morel3@${DOMAIN}` }),
        person("Claire", "Morel"),
      ],
      DOMAIN,
      [`CLAIRE.MOREL@${DOMAIN}`],
    );
    expect(addresses(made)).toEqual(["claire.morel2", "claire.morel4", "claire.morel3", "claire.morel5"]);
  });

  it("gives each of any accounts an address of its own that can be one", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 30 }), (names) => {
        const made = proposeAddresses(
          names.map(([given, family]) => person(given, family)),
          DOMAIN,
        ).flatMap(({ address = [] }) => address);
        expect(new Set(made).size).toBe(made.length);
        for (const address of made)
          expect(address).toMatch(/^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?@ch-exemple\.mssante\.fr$/);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("the difference between two states", () => {
  const zoe = person("Zoé", "Arc", {
    rpps: "10101010113",
    email: "z@a.example",
    address: `zoe.arc@${DOMAIN}`,
    status: "VALIDE",
  });
  const max = person("Max", "Roi", { email: "m@a.example", address: `max.roi@${DOMAIN}` });

  it("finds an account again without its address, and says what changed", () => {
    const found = accountDifference(
      [zoe, max],
      [person("Zoé", "Arc-Roi", { rpps: "1010 1010 113", email: "Z@A.example" }), max],
    );
    expect(found.changed).toEqual([
      { before: zoe, after: expect.objectContaining({ address: zoe.address, family: "Arc-Roi" }), fields: ["family"] },
    ]);
    expect(found.unchanged).toEqual([max]);
    expect(found.added).toEqual([]);
  });

  it("closes nothing that is not named: what is left out is kept and told", () => {
    const found = accountDifference([zoe, max], []);
    expect(found.closed).toEqual([]);
    expect(found.absent).toEqual([zoe, max]);
  });

  it("closes what is named, and tells a closure of what is not there", () => {
    const gone = { ...person("X", "Y"), address: `x.y@${DOMAIN}`, action: "FERMER" };
    const found = accountDifference([zoe, max], [zoe, { ...max, action: "fermer" }, gone]);
    expect(found.closed).toEqual([max]);
    expect(found.unknownClosures).toEqual([gone]);
  });
});

describe("the life of an account (rac-load, rac-use)", () => {
  const live = (...events: AccountEvent[]) => events.reduce(afterEvent, NO_ACCOUNT);

  it("goes from PREINSCRIT to VALIDE by the link, sent now or later", () => {
    expect(live({ event: "loaded", link: "now" })).toEqual({ status: "PREINSCRIT", linkSent: true });
    expect(live({ event: "loaded", link: "now" }, { event: "finalised" }).status).toBe("VALIDE");
    expect(live({ event: "loaded", link: "later" }, { event: "link-sent" }, { event: "finalised" }).status).toBe(
      "VALIDE",
    );
  });

  it("goes from A VALIDER to VALIDE by the administrator", () => {
    expect(live({ event: "enrolled" }).status).toBe("A VALIDER");
    expect(live({ event: "enrolled" }, { event: "validated" }).status).toBe("VALIDE");
    expect(live({ event: "enrolled" }, { event: "refused" })).toEqual(NO_ACCOUNT);
  });

  it.each([
    [[{ event: "loaded", link: "later" }, { event: "finalised" }]],
    [[{ event: "validated" }]],
    [[{ event: "loaded", link: "now" }, { event: "validated" }]],
    [[{ event: "enrolled" }, { event: "finalised" }]],
    [[{ event: "loaded", link: "now" }, { event: "finalised" }, { event: "loaded", link: "now" }]],
  ] as [AccountEvent[]][])("refuses what cannot happen: %j", (events) => {
    expect(() => live(...events)).toThrowError(expect.objectContaining({ code: "invalid_argument" }));
  });

  it("says what may happen next", () => {
    expect(possibleEvents(NO_ACCOUNT)).toEqual(["loaded", "enrolled"]);
    expect(possibleEvents({ status: "PREINSCRIT", linkSent: false })).toEqual(["link-sent"]);
    expect(possibleEvents({ status: "VALIDE", linkSent: false })).toEqual([]);
  });

  it("reads a status whatever its accents and case, and none from another word", () => {
    expect(statusOf({ status: "À valider" })).toBe("A VALIDER");
    expect(statusOf({ status: "Préinscrit" })).toBe("PREINSCRIT");
    expect(statusOf({ status: "fermé" })).toBeUndefined();
  });

  it("attaches who meets the conditions of automatic enrolment, and says which are not met", () => {
    const conditions = { mailDomains: ["ch-exemple.fr"], postalCodes: ["31"], practices: ["Salarié"] };
    expect(unmetConditions({ email: "a@CH-exemple.fr", postalCode: "31000", practice: "salarie" }, conditions)).toEqual(
      [],
    );
    expect(unmetConditions({ email: "a@gmail.example", postalCode: "75001" }, conditions)).toEqual([
      "mail-domain",
      "address",
      "practice",
    ]);
  });
});

describe("the daily deposit before 18:00", () => {
  it.each([
    ["2026-11-28T10:00:00Z", "2026-11-28T17:00:00.000Z"],
    ["2026-11-28T17:00:00Z", "2026-11-29T17:00:00.000Z"],
    ["2026-07-01T15:59:59Z", "2026-07-01T16:00:00.000Z"],
    ["2026-07-01T23:30:00Z", "2026-07-02T16:00:00.000Z"],
    // The night in which the clocks change, both ways.
    ["2026-10-24T20:00:00Z", "2026-10-25T17:00:00.000Z"],
    ["2027-03-27T20:00:00Z", "2027-03-28T16:00:00.000Z"],
  ])("at %s the next is taken at %s", (now, taken) => {
    expect(nextTaking(new Date(now)).toISOString()).toBe(taken);
  });

  const present = Array.from({ length: 12 }, (_, i) =>
    person("P", `N${i}`, { email: `p${i}@a.example`, address: `p.n${i}@${DOMAIN}` }),
  );

  it("shows what it changes, names new accounts, and writes those that nobody mentions again", async () => {
    const wanted = [
      person("P", "N0", { email: "p0@a.example" }),
      person("Zoé", "Arc", { email: "z@a.example" }),
      { ...present[1], action: "FERMER" },
    ];
    const deposit = await planDeposit({ present, wanted, domain: DOMAIN, now: new Date("2026-11-28T10:00:00Z") });
    expect(deposit.changes.added.map(({ address }) => address)).toEqual([`zoe.arc@${DOMAIN}`]);
    expect(deposit.changes.closed).toEqual([present[1]]);
    expect(deposit.file.name).toBe(`comptes-${DOMAIN}-20261128.csv`);
    const written = (await readAccounts(deposit.file.content)).rows.map(({ account }) => account);
    expect(written).toHaveLength(13);
    expect(written.filter(({ action }) => action === "FERMER")).toEqual([{ ...present[1], action: "FERMER" }]);
  });

  it("does not close more than half of the accounts unless that is meant", async () => {
    const wanted = present.slice(0, 7).map((account) => ({ ...account, action: "FERMER" }));
    const request = { present, wanted, domain: DOMAIN, now: new Date() };
    await expect(planDeposit(request)).rejects.toMatchObject({ code: "invalid_argument", path: "wanted" });
    expect((await planDeposit(request, { force: true })).changes.closed).toHaveLength(7);
  });
});
