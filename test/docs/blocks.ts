import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface Block {
  /** Where it stands, for the message of a failure. */
  page: string;
  /** Line of the page on which the code begins, from 1. */
  line: number;
  code: string;
}

export function pages(): string[] {
  const folders = ["docs", "docs/decisions"].filter((folder) => existsSync(join(root, folder)));
  const inDocs = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  return ["README.md", "README.fr.md", "SECURITY.md", "CONTRIBUTING.md", ...inDocs].filter((page) =>
    page.endsWith(".md"),
  );
}

/** The blocks of a page fenced as one of `languages`. */
export function blocksOf(page: string, languages: readonly string[]): Block[] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const begins = new RegExp(`^\\s*\`\`\`(?:${languages.join("|")})\\b`);
  const blocks: Block[] = [];
  let open: { line: number; code: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    if (open && /^\s*```\s*$/.test(line)) {
      blocks.push({ page, line: open.line, code: open.code.join("\n") });
      open = undefined;
    } else if (open) open.code.push(line);
    else if (begins.test(line)) open = { line: index + 2, code: [] };
  }
  if (open) throw new Error(`${page}:${open.line}: the block has no end`);
  return blocks;
}

/** The blocks of TypeScript; one fenced as `typescript` is found too, so that none goes unchecked. */
export const typescriptOf = (page: string): Block[] => blocksOf(page, ["ts", "typescript"]);
