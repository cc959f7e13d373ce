// A search of the extraction forgives slips; a recipient is never taken for one whose name only resembles.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  importEntries,
  LazyIndex,
  mergeDirectories,
  type RecipientIdentity,
  resolveRecipient,
} from "../../src/directory/index.js";
import type { DirectoryEntry } from "../../src/seams/index.js";

const dir = mkdtempSync(join(tmpdir(), "medimail-resolve-test-"));
const index = join(dir, "annuaire.db");
const entry = (local: string, family: string, given: string, rest: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  address: `${local}@x.mssante.fr`,
  type: "PER",
  name: `${given} ${family}`,
  family,
  given,
  source: "extraction",
  asOf: "2026-11-28T08:00:00.000Z",
  ...rest,
});
const directories = mergeDirectories([new LazyIndex("extraction", index)]);
const resolve = (identity: RecipientIdentity) => resolveRecipient(identity, { directories });

beforeAll(async () => {
  await importEntries(
    [
      entry("thibault", "THIBAULT", "Claire", { rpps: "10000000017", city: "DAX", postalCode: "40100" }),
      entry("jean-pierre", "GARNIER", "Jean-Pierre", { rpps: "99900000019", city: "PAU" }),
      entry("secretariat", "", "", {
        type: "ORG",
        name: "Secrétariat",
        structure: { name: "CH EXEMPLE SUD", finess: "990000010" },
      }),
    ],
    { index, source: "extraction", asOf: "2026-11-28T08:00:00.000Z" },
  );
});
afterAll(async () => {
  await directories.close();
  rmSync(dir, { recursive: true, force: true });
});

it("takes a name that is the same, accents and capitals aside, and a number", async () => {
  expect(await resolve({ family: "Thibault", given: "claire" })).toMatchObject({
    state: "found",
    address: "thibault@x.mssante.fr",
  });
  expect(await resolve({ family: "garnier", given: "jean pierre" })).toMatchObject({ state: "found" });
  expect(await resolve({ rpps: "10000000017" })).toMatchObject({ state: "found", why: "only" });
  expect(await resolve({ finess: "990000010" })).toMatchObject({ state: "found", address: "secretariat@x.mssante.fr" });
});

it.each([
  ["what sounds alike", { family: "Tibo" }],
  ["another ending", { family: "THIBAUT" }],
  ["half of a given name", { family: "GARNIER", given: "Jean" }],
  ["a structure of a longer name", { structure: "CH EXEMPLE" }],
  ["a town that resembles", { family: "THIBAULT", city: "DAXX" }],
])("does not take %s: a candidate at the most", async (_name, identity) => {
  const { state } = await resolve(identity);
  expect(["ambiguous", "not-found"]).toContain(state);
});
