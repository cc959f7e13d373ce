import { beforeAll, describe, expect, it } from "vitest";
import { IMPLIES, REQUIREMENTS, requirement } from "../../src/compliance/index.js";
import { SCENARIOS } from "../../src/validator/index.js";
import { commands, eachOf, isMandatory, mutants, type Outcome, outcomeOf, tableOf } from "./harness.js";
import { KNOWN_MISSES, WITHOUT_MUTANT } from "./limits.js";

// MUTANTS=regex plays those alone and prints what the judge held against each; nothing is then asserted of the others.
const wanted = new RegExp(process.env["MUTANTS"] ?? ".");
const table = mutants();
const chosen = table.filter(({ name }) => wanted.test(name));
/** Runs wait for clocks more than for the processor. */
const WIDTH = 5;

let outcomes: Outcome[] = [];
beforeAll(async () => {
  const command = await commands();
  outcomes = await eachOf(chosen, WIDTH, (mutant) => outcomeOf(mutant, command(mutant.language, mutant.name)));
  if (process.env["MUTANTS"] !== undefined)
    for (const { mutant, failed, said } of outcomes) console.info(mutant.name, failed, said.slice(-2000));
  console.info(tableOf(outcomes));
}, 600_000);

const named = (test: (outcome: Outcome) => boolean, what: (outcome: Outcome) => string = ({ verdict }) => verdict) =>
  outcomes.filter(test).map((outcome) => `${outcome.mutant.name} (${outcome.mutant.breaks}): ${what(outcome)}`);

describe("connectors each wrong in one way", () => {
  it("are wrong: none fails to do what it is for", () => {
    expect(
      named(
        ({ broken }) => broken,
        ({ said }) => said.slice(-400),
      ),
    ).toEqual([]);
  });

  it("fail their own requirement, but for those whose reason is written down", () => {
    expect(named(({ killed, mutant }) => !killed && KNOWN_MISSES[mutant.name] === undefined)).toEqual([]);
  });

  it("fail no mandatory requirement outside of what their own implies", () => {
    expect(
      named(
        ({ collateral }) => collateral.length > 0,
        ({ collateral, failed }) => `${collateral.join(" ")} ${JSON.stringify(failed)}`,
      ),
    ).toEqual([]);
  });

  it("are missed as written down and no longer: a miss that is killed leaves the list", () => {
    expect(named(({ killed, mutant }) => killed && KNOWN_MISSES[mutant.name] !== undefined)).toEqual([]);
    expect(Object.keys(KNOWN_MISSES).filter((name) => !table.some((mutant) => mutant.name === name))).toEqual([]);
  });
});

describe("the table of mutants", () => {
  it("has at least 80, each of its own name, of a requirement and a scenario that are there", () => {
    expect(table.length).toBeGreaterThanOrEqual(80);
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    expect(table.filter(({ breaks }) => requirement(breaks)?.id !== breaks).map(({ name }) => name)).toEqual([]);
    expect(
      table.filter(({ scenario }) => !SCENARIOS.some(({ id }) => id === scenario)).map(({ name }) => name),
    ).toEqual([]);
  });

  it("covers every requirement that a program sees, or says why not", () => {
    const covered = new Set(table.map(({ breaks }) => breaks));
    const visible = REQUIREMENTS.filter(({ seen }) => seen.includes("program")).map(({ id }) => id);
    expect(visible.filter((id) => !covered.has(id) && WITHOUT_MUTANT[id] === undefined)).toEqual([]);
    expect(Object.keys(WITHOUT_MUTANT).filter((id) => covered.has(id) || !visible.includes(id))).toEqual([]);
  });

  it("is held to implications that name requirements of the catalogue", () => {
    const known = new Set(REQUIREMENTS.map(({ id }) => id));
    expect(
      Object.entries(IMPLIES)
        .flatMap(([id, implied]) => [id, ...implied])
        .filter((id) => !known.has(id)),
    ).toEqual([]);
    expect(REQUIREMENTS.filter(isMandatory).length).toBeGreaterThan(80);
  });
});
