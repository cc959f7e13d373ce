import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { type Block, pages, root, typescriptOf } from "./blocks.js";

/** Type errors of the blocks, each with its page and line. One program for all: most of the time goes into the package's own types. */
function typeErrors(blocks: readonly Block[]): string[] {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const places = new Map(blocks.map((block, index) => [join(root, `docs/.block-${index}.ts`), block]));
  const host = ts.createCompilerHost({ ...options, noEmit: true }, true);
  const text = (block: Block) => `${block.code}\nexport {};\n`;
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => places.has(file) || fileExists.call(host, file);
  host.readFile = (file) => {
    const block = places.get(file);
    return block ? text(block) : readFile.call(host, file);
  };
  host.getSourceFile = (file, ...rest) => {
    const block = places.get(file);
    return block
      ? ts.createSourceFile(file, text(block), ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, file, ...rest);
  };
  const program = ts.createProgram([...places.keys()], { ...options, noEmit: true }, host);
  return [...places].flatMap(([file, block]) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => {
      const line =
        source && diagnostic.start !== undefined ? source.getLineAndCharacterOfPosition(diagnostic.start).line : 0;
      return `${block.page}:${block.line + line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
    });
  });
}

/** A mistake that must be found: else the check itself is broken. */
const WRONG: Block = {
  page: "a page with a mistake",
  line: 10,
  code: 'import { createConector } from "medimail-connector";\ncreateConector({});',
};

describe("the TypeScript of the documentation", () => {
  const blocks = pages().flatMap(typescriptOf);
  let errors: string[] = [];

  beforeAll(() => {
    errors = typeErrors([...blocks, WRONG]);
  }, 120_000);

  it("is found in the guide and in the README", () => {
    expect(blocks.map((block) => block.page)).toEqual(expect.arrayContaining(["README.md", "docs/sending.md"]));
  });

  it("compiles against this package", () => {
    expect(errors.filter((error) => !error.startsWith(WRONG.page))).toEqual([]);
  });

  it("is refused where it names what the package does not have", () => {
    const found = errors.find((error) => error.startsWith(WRONG.page));
    expect(found).toMatch(/^a page with a mistake:10: .*createConector/);
  });
});
