// ECO.3.1.4: from what business software knows of a recipient to his address, never by a guess.
import { describe, expect, it } from "vitest";
import { fits } from "../../src/directory/fits.js";
import {
  identityOfRecipient,
  mergeDirectories,
  type RecipientIdentity,
  type ResolveOptions,
  resolveRecipient,
} from "../../src/directory/index.js";
import { MedimailError } from "../../src/errors.js";
import type { Directory, DirectoryEntry } from "../../src/seams/index.js";
import { errorOf } from "./kit.js";

const RPPS = "99900000019";
const OTHER = "99900000027";
const FINESS = "990000010";
const entry = (address: string, rest: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  address: `${address}@x.mssante.fr`,
  type: "PER",
  name: "Claire MOREL",
  family: "MOREL",
  given: "Claire",
  rpps: RPPS,
  source: "fhir",
  asOf: "2026-11-28T08:00:00.000Z",
  ...rest,
});
const service = (address: string, rest: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  address: `${address}@x.mssante.fr`,
  type: "ORG",
  name: address,
  structure: { finess: FINESS, name: "CH EXEMPLE" },
  source: "fhir",
  asOf: "2026-11-28T08:00:00.000Z",
  ...rest,
});

/** A directory that has these entries, and finds them as directories do. */
function of(entries: readonly DirectoryEntry[], error?: MedimailError) {
  const directory: Directory = {
    source: "fhir",
    async *search(query) {
      if (error) throw error;
      yield* entries.filter((one) => !one.redList && fits(one, query));
    },
    close: async () => {},
  };
  return mergeDirectories([directory]);
}
const resolve = (entries: readonly DirectoryEntry[], identity: RecipientIdentity, options?: ResolveOptions) =>
  resolveRecipient(identity, { directories: of(entries) }, options);

// A wrong key would be refused before it is asked for.
describe("by RPPS", () => {
  const rpps = { rpps: "10000000017" };
  const person = (address: string, rest: Partial<DirectoryEntry> = {}) => entry(address, { ...rpps, ...rest });

  it("the only mailbox is found, with its name", async () => {
    expect(await resolve([person("a"), entry("b", { rpps: OTHER })], rpps)).toMatchObject({
      state: "found",
      address: "a@x.mssante.fr",
      name: "Claire MOREL",
      why: "only",
      problems: [],
    });
  });

  it("a national identifier with its prefix is the same person", async () => {
    expect(await resolve([person("a")], { rpps: "810000000017" })).toMatchObject({ state: "found" });
  });

  it("among several, the mailbox of the structure asked is found", async () => {
    const boxes = [person("a", { structure: { finess: "990000028" } }), person("b", { structure: { finess: FINESS } })];
    expect(await resolve(boxes, { ...rpps, finess: FINESS })).toMatchObject({
      address: "b@x.mssante.fr",
      why: "structure",
    });
  });

  it("among several, a personal one is found before a practice's", async () => {
    expect(await resolve([person("cab", { type: "CAB" }), person("per")], rpps)).toMatchObject({
      address: "per@x.mssante.fr",
      why: "type",
    });
    expect(
      await resolve([person("cab", { type: "CAB" }), person("per")], rpps, { types: ["CAB", "PER"] }),
    ).toMatchObject({
      address: "cab@x.mssante.fr",
    });
    expect(await resolve([person("cab", { type: "CAB" }), person("per")], { ...rpps, type: "CAB" })).toMatchObject({
      address: "cab@x.mssante.fr",
      why: "only",
    });
  });

  it("among several, the one that the directory prefers is found", async () => {
    expect(await resolve([person("a", { rank: 2 }), person("b", { rank: 1 }), person("c")], rpps)).toMatchObject({
      address: "b@x.mssante.fr",
      why: "rank",
    });
  });

  it("several that nothing tells apart are given back, each with what speaks for it", async () => {
    const answer = await resolve([person("a", { rank: 1 }), person("b", { rank: 1, city: "DAX" })], {
      ...rpps,
      family: "Morel",
      city: "Pau",
    });
    expect(answer).toMatchObject({ state: "ambiguous", between: "mailboxes" });
    expect(
      answer.state === "ambiguous" &&
        answer.candidates.map(({ entry: { address }, reasons }) => ({ address, reasons })),
    ).toEqual([
      { address: "a@x.mssante.fr", reasons: ["rpps", "name", "rank"] },
      { address: "b@x.mssante.fr", reasons: ["rpps", "name", "rank"] },
    ]);
  });

  it("the caller's own rule chooses among what is left, and nothing else", async () => {
    const boxes = [person("a"), person("b"), person("c", { type: "CAB" })];
    const seen: string[] = [];
    const answer = await resolve(boxes, rpps, {
      choose: (candidates) => {
        seen.push(...candidates.map(({ entry: { address } }) => address));
        return "B@x.mssante.fr";
      },
    });
    expect(answer).toMatchObject({ address: "b@x.mssante.fr", why: "rule" });
    expect(seen).toEqual(["a@x.mssante.fr", "b@x.mssante.fr"]);
    expect((await errorOf(resolve(boxes, rpps, { choose: () => "z@x.mssante.fr" }))).code).toBe("invalid_argument");
    expect(await resolve(boxes, rpps, { choose: () => undefined })).toMatchObject({ state: "ambiguous" });
  });

  it("nobody is said to be nobody, and a number with a slip is refused", async () => {
    expect(await resolve([], rpps)).toEqual({ state: "not-found", reason: "nobody", problems: [] });
    expect((await errorOf(resolve([], { rpps: "10000000018" }))).code).toBe("identity_invalid");
  });

  it("a mailbox on the red list is not found", async () => {
    expect(await resolve([person("a", { redList: true })], rpps)).toMatchObject({ state: "not-found" });
  });
});

describe("by name", () => {
  it("two people are never one, whatever their ranks and types", async () => {
    const two = [entry("a", { rank: 1 }), entry("b", { rpps: OTHER, type: "CAB" })];
    expect(await resolve(two, { family: "MOREL", given: "Claire" })).toMatchObject({
      state: "ambiguous",
      between: "persons",
    });
    expect(await resolve(two, { family: "MOREL" }, { choose: ([first]) => first?.entry.address })).toMatchObject({
      why: "rule",
    });
  });

  it("two without a number, called the same in two towns, are two", async () => {
    const bare = (address: string, city: string) => {
      const { rpps: _, ...rest } = entry(address, { city });
      return rest;
    };
    expect(await resolve([bare("a", "DAX"), bare("b", "PAU")], { family: "MOREL" })).toMatchObject({
      between: "persons",
    });
    expect(await resolve([bare("a", "DAX"), bare("b", "PAU")], { family: "MOREL", city: "dax" })).toMatchObject({
      address: "a@x.mssante.fr",
    });
  });

  it("a name and a place that do not fit together are nobody, not somebody else of that name", async () => {
    expect(await resolve([entry("a", { city: "DAX" })], { family: "MOREL", city: "PAU" })).toMatchObject({
      state: "not-found",
    });
  });

  it("a given name or a town alone is too little to ask for", async () => {
    for (const identity of [{ given: "Claire" }, { city: "DAX" }, { family: " " }, {}])
      expect((await errorOf(resolve([], identity))).code).toBe("invalid_argument");
  });
});

describe("by structure", () => {
  const finess = { finess: FINESS };

  it("its own mailbox is found, those of its people are not", async () => {
    const boxes = [service("secretariat"), entry("a", { structure: { finess: FINESS } })];
    expect(await resolve(boxes, finess)).toMatchObject({ address: "secretariat@x.mssante.fr", why: "only" });
  });

  it("an application's mailbox is found where there is no other", async () => {
    expect(await resolve([service("labo", { type: "APP" })], finess)).toMatchObject({ address: "labo@x.mssante.fr" });
    expect(await resolve([service("labo", { type: "APP" }), service("accueil")], finess)).toMatchObject({
      address: "accueil@x.mssante.fr",
    });
  });

  it("several services are ambiguous, and the service tells them apart", async () => {
    const boxes = [
      service("cardiologie", { name: "Secrétariat de cardiologie" }),
      service("pneumo", { structure: { finess: FINESS, service: "Pneumologie" } }),
    ];
    expect(await resolve(boxes, finess)).toMatchObject({ state: "ambiguous", between: "mailboxes" });
    expect(await resolve(boxes, { ...finess, service: "cardio" })).toMatchObject({
      address: "cardiologie@x.mssante.fr",
    });
    expect(await resolve(boxes, { ...finess, service: "pneumologie" })).toMatchObject({
      address: "pneumo@x.mssante.fr",
    });
    expect(await resolve(boxes, { ...finess, service: "urgences" })).toMatchObject({ state: "not-found" });
  });
});

describe("by address", () => {
  it("one that is known is taken as it is, in a directory or not", async () => {
    expect(await resolve([entry("a", { redList: true })], { address: "a@x.mssante.fr", name: "Dr M." })).toEqual({
      state: "found",
      address: "a@x.mssante.fr",
      name: "Dr M.",
      why: "address",
      problems: [],
    });
    expect((await errorOf(resolve([], { address: "a@gmail.example" }))).code).toBe("mss_address_invalid");
  });
});

describe("a patient", () => {
  const ins = { value: "269059913116714", oid: "1.2.250.1.213.1.4.10" };

  it("has the address of his qualified INS (ECO.2.2.6), and of no other identity (INS/va1.53)", async () => {
    const options = { allowTestIdentities: true };
    expect(await resolve([], { ins, identityStatus: "qualifiee" }, options)).toMatchObject({
      state: "found",
      address: "269059913116714@patient.mssante.fr",
      why: "ins",
    });
    expect(await resolve([], { ins, identityStatus: "recuperee" }, options)).toMatchObject({ reason: "not_qualified" });
    expect((await errorOf(resolve([], { ins, identityStatus: "qualifiee" }))).code).toBe("ins_test_oid_refused");
  });
});

describe("what could not be asked", () => {
  it("is no absence: a directory that is down is said", async () => {
    const directories = of([], new MedimailError("directory_unavailable", "down"));
    expect(await resolveRecipient({ family: "MOREL" }, { directories })).toMatchObject({
      state: "unavailable",
      failures: [{ source: "fhir" }],
    });
  });

  it("is beside what another source found", async () => {
    const down: Directory = {
      source: "ldap",
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      async *search() {
        throw new MedimailError("directory_unavailable", "down");
      },
      close: async () => {},
    };
    const up: Directory = {
      source: "fhir",
      search: async function* () {
        yield entry("a");
      },
      close: async () => {},
    };
    const answer = await resolveRecipient({ family: "MOREL" }, { directories: mergeDirectories([down, up]) });
    expect(answer).toMatchObject({
      state: "found",
      problems: [{ code: "directory_unavailable", message: "ldap: down" }],
    });
  });
});

describe("the white list", () => {
  const trust = (verdict: "inside" | "outside" | "unknown") => ({
    check: async (domains: readonly string[]) =>
      domains.map((domain) => ({ domain, verdict: domain === "x.mssante.fr" ? verdict : "inside" })),
  });

  it("leaves out who is outside the trust space, and says so where nobody else is left", async () => {
    const directories = of([entry("a"), entry("b", { address: "b@y.mssante.fr" })]);
    expect(await resolveRecipient({ family: "MOREL" }, { directories, trustSpace: trust("outside") })).toMatchObject({
      address: "b@y.mssante.fr",
    });
    const only = of([entry("a")]);
    expect(
      await resolveRecipient({ family: "MOREL" }, { directories: only, trustSpace: trust("outside") }),
    ).toMatchObject({
      state: "not-found",
      reason: "outside_trust_space",
    });
    expect(
      await resolveRecipient({ address: "a@x.mssante.fr" }, { directories: only, trustSpace: trust("outside") }),
    ).toMatchObject({
      reason: "outside_trust_space",
    });
    expect(
      await resolveRecipient({ family: "MOREL" }, { directories: only, trustSpace: trust("unknown") }),
    ).toMatchObject({ state: "found" });
  });
});

describe("a CDA's recipient", () => {
  const person = { family: "MOREL", given: "Claire" };
  it.each([
    [
      "his address, where he has one",
      { id: `1.2.250.1.71.4.2.1^8${RPPS}`, person, address: "c@x.mssante.fr" },
      { address: "c@x.mssante.fr", name: "Claire MOREL" },
    ],
    [
      "his RPPS, and where he works",
      {
        id: "1.2.250.1.71.4.2.1^810000000017",
        person,
        organization: { id: `1.2.250.1.71.4.2.2^1${FINESS}`, name: "CH EXEMPLE" },
      },
      { rpps: "10000000017", finess: FINESS, name: "Claire MOREL" },
    ],
    [
      "his name, where he has no number",
      { person, organization: { name: "CH EXEMPLE" } },
      { family: "MOREL", given: "Claire", structure: "CH EXEMPLE" },
    ],
    [
      "the structure, where nobody is named",
      { organization: { id: `1.2.250.1.71.4.2.2^1${FINESS}`, name: "CH EXEMPLE" } },
      { finess: FINESS },
    ],
    [
      "the patient by his INS",
      { id: "1.2.250.1.213.1.4.8^269059913116714", person },
      { ins: { value: "269059913116714", oid: "1.2.250.1.213.1.4.8" }, identityStatus: "qualifiee" },
    ],
    ["nothing, where it says nothing", { id: "1.2.3^4" }, undefined],
  ])("is looked for by %s", (_name, recipient, identity) => {
    expect(identityOfRecipient(recipient)).toEqual(identity);
  });

  it("with an ordinary mail address is looked for by the rest", () => {
    expect(identityOfRecipient({ person, address: "claire@gmail.example" })).toEqual({
      family: "MOREL",
      given: "Claire",
    });
  });
});
