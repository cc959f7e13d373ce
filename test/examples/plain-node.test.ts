import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../examples");
const files = readdirSync(folder).filter((name) => /\.[cm]?ts$/.test(name));

/** What TypeScript says of syntax that is more than types (enum, parameter properties), which Node does not strip. */
function notErasable(name: string): string[] {
  const options: ts.CompilerOptions = {
    erasableSyntaxOnly: true,
    noResolve: true,
    noLib: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
  };
  const program = ts.createProgram([join(folder, name)], options);
  const found = program.getSemanticDiagnostics(program.getSourceFile(join(folder, name)));
  return found
    .filter(({ code }) => code === 1294)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

// That they end well as programs is shown by the long run (walk-package.mjs), since Node 20 strips no types.
describe.each(files)("examples/%s, which Node 24 runs as it stands", (name) => {
  const text = readFileSync(join(folder, name), "utf8");

  it("is a module in whatever package it is copied to, `npm init` having written commonjs", () => {
    expect(name).toMatch(/\.mts$/);
  });

  it("imports its neighbours by the names of their files", () => {
    const neighbours = [...text.matchAll(/from "(\.[^"]*)"/g)].map(([, path]) => path);
    expect(neighbours.filter((path) => !files.includes(path?.replace("./", "") ?? ""))).toEqual([]);
  });

  it("has no syntax that is more than types", () => {
    expect(notErasable(name)).toEqual([]);
  });

  // report.mts is what others import.
  const program = name !== "report.mts";
  if (program)
    it("does something when it is run", () => {
      expect(text).toMatch(
        /^if \(import\.meta\.filename === realpathSync\(process\.argv\[1\] \?\? "\."\)\)\s+await main\(/m,
      );
    });
});

it("there are examples", () => {
  expect(files.length).toBeGreaterThan(8);
});
