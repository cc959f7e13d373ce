import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
/** What no user of the command reads in a terminal: words of the mock's own API, of pages, and what is in both languages already. */
const LEFT_OUT = /^(?:mock|console|sample|terminology|cli\/text|compliance\/checks|validator\/reports)\//;
/** Functions of the rooms that make an error, a finding or a warning of a text. */
const TELLERS = new Set(
  "usage error warn fail tell doubt wrong warning damaged unsafe unusable invalid unavailable missing refuse refusal failed smtpFailure badKey tooMuch folderNotFound notEmpty refine loginRequired reportError stopped stop RevocationProblem unreadable".split(
    " ",
  ),
);
/** A value or a command to type, not a message. */
const OTHER = /^[a-z_]+$|^[A-Z_]+$|^medimail [a-z 7-]+$/;

export interface SourceMessage {
  /** The file, under `src/`. */
  file: string;
  /** The text, with `7` where a value stands: a figure fits wherever a name does. */
  text: string;
}

/** The messages and hints that the source can give to a person, by its syntax: what is thrown, found, warned of, and zod's errors that are ours. */
export function sourceMessages(): SourceMessage[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !LEFT_OUT.test(file));
  return files.sort().flatMap((file) => {
    const tree = ts.createSourceFile(file, readFileSync(SOURCE + file, "utf8"), ts.ScriptTarget.Latest, true);
    const found = new Set<string>();
    const visit = (node: ts.Node) => {
      for (const told of toldBy(node)) for (const text of textsOf(told)) if (!OTHER.test(text)) found.add(text);
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return [...found].filter((text) => /[a-z]/i.test(text)).map((text) => ({ file, text }));
  });
}

function toldBy(node: ts.Node): ts.Node[] {
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const args = node.arguments ?? [];
    const name = node.expression.getText().split(/[.?]+/).at(-1) ?? "";
    if (name === "MedimailError") return args.slice(1, 2);
    return TELLERS.has(name) ? args.filter(isProse) : [];
  }
  if (!ts.isPropertyAssignment(node)) return [];
  const name = node.name.getText();
  if (name === "hint" || name === "message" || name === "why") return [node.initializer];
  return name === "error" && isProse(node.initializer) ? [node.initializer] : [];
}

/** A text of words; not a code, a path or a pattern. */
const isProse = (node: ts.Node): boolean => textsOf(node).some((text) => /[a-z7] [a-z]/i.test(text));

function textsOf(node: ts.Node): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    // A place that has words of ours has each of them.
    let texts = [node.head.text];
    for (const { expression, literal } of node.templateSpans) {
      const words = ts.isConditionalExpression(expression) ? textsOf(expression) : [];
      const placed = words.length === 2 ? words : ["7"];
      texts = texts.flatMap((text) => placed.map((word) => text + word + literal.text));
    }
    return texts;
  }
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textsOf(node.body);
  return [];
}
