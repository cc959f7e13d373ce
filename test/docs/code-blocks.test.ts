import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

interface Block {
  /** Where it stands, for the message of a failure. */
  page: string;
  /** Line of the page on which the code begins, from 1. */
  line: number;
  code: string;
}

function pages(): string[] {
  const folders = ["docs", "docs/decisions"].filter((folder) => existsSync(join(root, folder)));
  const inDocs = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  return ["README.md", "README.fr.md", "SECURITY.md", "CONTRIBUTING.md", ...inDocs].filter((page) =>
    page.endsWith(".md"),
  );
}

/** The blocks fenced as `ts`; one fenced as `typescript` is found too, so that none goes unchecked. */
function blocksOf(page: string): Block[] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const blocks: Block[] = [];
  let open: { line: number; code: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    if (open && /^\s*```\s*$/.test(line)) {
      blocks.push({ page, line: open.line, code: open.code.join("\n") });
      open = undefined;
    } else if (open) open.code.push(line);
    else if (/^\s*```(ts|typescript)\b/.test(line)) open = { line: index + 2, code: [] };
  }
  if (open) throw new Error(`${page}:${open.line}: the block has no end`);
  return blocks;
}

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
  const blocks = pages().flatMap(blocksOf);
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
