import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  COVERAGE,
  certaintyOf,
  coverageOf,
  howSeen,
  REQUIREMENTS,
  requirement,
  titleOf,
} from "../../src/compliance/index.js";
import { OBSERVE_FR } from "../../src/compliance/tables/observe-fr.js";
import { TITLES_FR } from "../../src/compliance/tables/titles-fr.js";
import { describeWithShared } from "../tools/shared.js";

const OBSERVED = new Set(REQUIREMENTS.map((row) => row.observe));

it("gives a row by its id, and by any code that stands for it", () => {
  expect(requirement("MSS-va1.13")?.codes).toContain("MSS/va1.13");
  expect(requirement("MSS/va1.13")?.id).toBe("MSS-va1.13");
  expect(requirement("SC.MSS/CONF.05")?.id).toBe("ECO.1.0.1");
  expect(requirement("ECO.9.9.9")).toBeUndefined();
});

it("gives the coverage by any code of the row", () => {
  expect(coverageOf("SC.MSS/CONF.28")).toBe(COVERAGE["ECO.1.2.5"]);
  expect(coverageOf("ECO.9.9.9")).toBeUndefined();
});

it("says of a row no more than its least certain mark, wherever the mark stands", () => {
  const ids = ["ECO.2.3.2", "ECO.1.0.1", "psc-edc", "ECO.2.2.5", "ope-limits", "RFC-6186", "RFC-3207-3501", "RFC-8098"];
  const said = ids.map((id) => {
    const row = requirement(id);
    return `${row?.source}: ${row && certaintyOf(row)}`;
  });
  expect(said).toEqual([
    "IN·C: C",
    "R2 REM·I: I",
    "FAQ·C; mail U: U",
    "FAQ OUT·C (obl. I): I",
    "U: U",
    "K; use for MSSanté U: U",
    "C: C",
    "C (loop rule by IN; rest K): I",
  ]);
});

describe("how a requirement is seen, in French", () => {
  it("is said in French wherever it is more than names of protocols and formats", () => {
    const asInEnglish = REQUIREMENTS.map((row) => howSeen(row, "fr")).filter((said) => OBSERVED.has(said));
    // Names, and signs between them: nothing here is a word of English.
    expect(
      asInEnglish.filter((said) => !/^(?:(?:SMTP|IMAP|MIME|XDM|HL7|DSN|TLS|DNS|HTTP)|[ ,+→–])*$/.test(said)),
    ).toEqual([]);
  });

  it("has no line that the catalogue has not", () => {
    expect(Object.keys(OBSERVE_FR).filter((said) => !OBSERVED.has(said))).toEqual([]);
  });

  it("stays as in the catalogue in English", () => {
    expect(REQUIREMENTS.filter((row) => howSeen(row, "en") !== row.observe)).toEqual([]);
  });
});

it("has a French title for every row, and none for a row that has one or is not there", () => {
  expect(REQUIREMENTS.filter((row) => ["", row.en].includes(titleOf(row, "fr"))).map((row) => row.id)).toEqual([]);
  const nameless = REQUIREMENTS.filter((row) => row.fr === "").map((row) => row.id);
  expect(Object.keys(TITLES_FR).sort()).toEqual(nameless.sort());
});

it("has no id and no code twice", () => {
  const names = REQUIREMENTS.flatMap((row) => [...new Set([row.id, ...row.codes])]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("has ids that are fit for a file name", () => {
  expect(REQUIREMENTS.map((row) => row.id).filter((id) => !/^[A-Za-z0-9.-]+$/.test(id))).toEqual([]);
});

describeWithShared("the catalogue and ../shared/mssante/requirements.json", (shared) => {
  it("hold the same rows", () => {
    expect(REQUIREMENTS).toEqual(JSON.parse(readFileSync(join(shared, "mssante/requirements.json"), "utf8")));
  });
});
