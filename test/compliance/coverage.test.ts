import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COVERAGE, coverageOf, REQUIREMENTS, type Requirement } from "../../src/compliance/index.js";
// @ts-expect-error a plain script, run by hand too
import { render } from "../tools/generate-requirements-doc.mjs";

const root = join(import.meta.dirname, "../..");

/** Every file of a path, which is a file or a folder. */
function filesOf(path: string): string[] {
  const full = join(root, path);
  if (!statSync(full).isDirectory()) return [full];
  return readdirSync(full).flatMap((name) => filesOf(join(path, name)));
}

/**
 * How a row may be written in code: its id, a code of it, or one number of a code that joins several (`RFC 3461–3464, 6522` is RFC
 * 3461 to 3464 and RFC 6522; `ERGO/va1.05 .08` is ERGO/va1.05 and ERGO/va1.08).
 */
function spellings({ id, codes }: Requirement): string[] {
  const all = [id, ...codes];
  for (const code of codes) {
    if (code.startsWith("RFC ")) all.push(...rfcNumbers(code).map((number) => `RFC ${number}`));
    const [first = "", ...rest] = code.split(" ");
    const stem = first.slice(0, first.lastIndexOf("."));
    for (const part of rest) if (/^\.\d+$/.test(part)) all.push(first, stem + part);
  }
  return [...new Set(all)];
}

function rfcNumbers(code: string): number[] {
  return [...code.matchAll(/(\d{4})(?:–(\d{4}))?/g)].flatMap(([, from = "", to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
}

/** Whole codes only: `ECO.1.1.1` is not in `ECO.1.1.10`, nor `ECO.2.1.1` in `ECO.2.1.1 (b)`. */
function names(row: Requirement, text: string): boolean {
  return spellings(row).some((spelling) => {
    const literal = spelling.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`(?<![\\w.-])${literal}(?![\\w]|[.-][\\w]| \\(b\\))`).test(text);
  });
}

const anyNames = (row: Requirement, paths: readonly string[]) =>
  paths.flatMap(filesOf).some((file) => names(row, readFileSync(file, "utf8")));

describe("the coverage of the catalogue", () => {
  it("has an entry for each requirement, and none for anything else", () => {
    expect(Object.keys(COVERAGE).sort()).toEqual(REQUIREMENTS.map((row) => row.id).sort());
  });

  it("says how in one plain sentence", () => {
    const wrong = Object.entries(COVERAGE).filter(([, { how }]) => !/^[^\n]{10,300}\.$/.test(how));
    expect(wrong).toEqual([]);
  });

  it("names only files and rooms that exist, of src/ and of test/", () => {
    const missing = Object.entries(COVERAGE).flatMap(([id, { where, tests }]) => [
      ...where
        .filter((path) => !path.startsWith("src/") || !existsSync(join(root, path)))
        .map((path) => `${id}: ${path}`),
      ...tests
        .filter((path) => !/^test\/.*\.test\.ts$/.test(path) || !existsSync(join(root, path)))
        .map((path) => `${id}: ${path}`),
    ]);
    expect(missing).toEqual([]);
  });

  it("gives code and a test for what is met, and nothing for what is not there", () => {
    const wrong = Object.entries(COVERAGE).filter(([, { status, where, tests }]) => {
      const shown = status === "met" || status === "partly";
      return shown ? where.length === 0 || tests.length === 0 : where.length + tests.length > 0;
    });
    expect(wrong.map(([id]) => id)).toEqual([]);
  });

  const shown = REQUIREMENTS.filter((row) => ["met", "partly"].includes(coverageOf(row.id)?.status ?? ""));

  it.each(shown.map((row) => [row.id, row] as const))(
    "%s is named in the code that meets it and in a test",
    (_id, row) => {
      const { where, tests } = COVERAGE[row.id] as (typeof COVERAGE)[string];
      expect({ code: anyNames(row, where), test: anyNames(row, tests) }).toEqual({ code: true, test: true });
    },
  );

  it("is what docs/requirements.md shows (else: node test/tools/generate-requirements-doc.mjs)", () => {
    expect(readFileSync(join(root, "docs/requirements.md"), "utf8")).toBe(render(REQUIREMENTS, COVERAGE));
  });
});

describe("the search for a requirement in a file", () => {
  const row = (id: string, ...codes: string[]) => ({ id, codes }) as unknown as Requirement;

  it("does not take a longer code for it", () => {
    expect(names(row("ECO.1.1.1", "ECO.1.1.1"), "see ECO.1.1.10 and ECO.1.1.1.")).toBe(true);
    expect(names(row("ECO.1.1.1", "ECO.1.1.1"), "see ECO.1.1.10")).toBe(false);
    expect(names(row("ECO.2.1.1", "ECO.2.1.1"), "ECO.2.1.1 (b)")).toBe(false);
  });

  it("finds one number of a code that joins several", () => {
    expect(names(row("RFC-3461-3464", "RFC 3461–3464, 6522"), "RFC 6522")).toBe(true);
    expect(names(row("RFC-3461-3464", "RFC 3461–3464, 6522"), "RFC 3465")).toBe(false);
    expect(names(row("ERGO-va1.05-.08", "ERGO/va1.05 .08"), "ERGO/va1.08")).toBe(true);
  });
});
