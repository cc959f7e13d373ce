import { join } from "node:path";
import { describe, expect, it } from "vitest";
// @ts-expect-error a plain script, run by `npm run lint` too
import { checkRooms } from "./check-rooms.mjs";

function problemsOf(files: Record<string, string>): string[] {
  const root = "/house";
  return checkRooms(
    root,
    (path: string) => files[path.slice("/house/src/".length)] ?? "",
    () => Object.keys(files).map((name) => join(root, "src", name)),
  );
}

describe("the lint rule on floors", () => {
  it("fails when a room imports from a higher floor", () => {
    expect(problemsOf({ "cda/a.ts": 'import { send } from "../sending/index.js";\n' })).toEqual([
      expect.stringContaining("floor 2"),
    ]);
  });

  it("fails when a room imports from another room of the same floor", () => {
    expect(problemsOf({ "cda/a.ts": 'import type { Store } from "../storage/index.js";\n' })).toHaveLength(1);
  });

  it("fails on a dynamic import and on a re-export too", () => {
    expect(
      problemsOf({
        "cda/a.ts": 'const x = await import("../sending/index.js");\n',
        "cda/b.ts": 'export { y } from "../sending/index.js";\n',
      }),
    ).toHaveLength(2);
  });

  it("fails when a pure room does I/O", () => {
    expect(problemsOf({ "xdm/a.ts": 'import { readFileSync } from "node:fs";\n' })).toEqual([
      expect.stringContaining("pure room"),
    ]);
  });

  it("fails when a room is entered past its index", () => {
    expect(problemsOf({ "xdm/a.ts": 'import { secret } from "../cda/reader.js";\n' })).toEqual([
      expect.stringContaining("index.ts"),
    ]);
  });

  it("fails on a room that has no floor", () => {
    expect(problemsOf({ "attic/a.ts": "" })).toEqual([expect.stringContaining("no floor")]);
  });

  it("lets a room import from lower floors and from itself", () => {
    expect(
      problemsOf({
        "xdm/a.ts":
          'import { readCda } from "../cda/index.js";\nimport { b } from "./b.js";\nimport { MedimailError } from "../errors.js";\n',
      }),
    ).toEqual([]);
  });

  it("finds nothing in this house", () => {
    expect(checkRooms(join(import.meta.dirname, "../.."))).toEqual([]);
  });
});
