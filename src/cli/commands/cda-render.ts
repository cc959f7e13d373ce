import { resolve } from "node:path";
import type { Problem } from "../../errors.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { readInput, refuseSource, writeAtomically } from "../files.js";
import { table } from "../views/cda.js";

/** What was written for a person to read. */
interface Written {
  file: string;
  size: number;
  /** Of a PDF: the file that a level 1 encapsulates, or made here. */
  origin?: "encapsulated" | "made";
  pdfA1?: boolean;
}

export const cdaRender: Command = {
  name: "cda render",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: { html: { type: "string", value: "FILE" }, pdf: { type: "string", value: "FILE" } },
  async run(context, { options, positionals: [file = ""] }) {
    const cda = readInput(file, "FILE");
    const [html, pdf] = [options.text("html"), options.text("pdf")];
    if (html !== undefined && pdf !== undefined && resolve(html) === resolve(pdf))
      throw usage("--html and --pdf name the same file");
    if (html === undefined && pdf === undefined) throw usage("--html FILE or --pdf FILE is required");
    for (const [target, option] of [
      [html, "--html"],
      [pdf, "--pdf"],
    ] as const)
      if (target !== undefined) refuseSource(file, target, option);
    const { readShown, renderHtml } = await import("../../rendering/index.js");
    const shown = readShown(cda);
    const problems = new Set(shown.problems);
    const written: Record<string, Written> = {};
    if (html !== undefined) {
      written["html"] = write(html, Buffer.from(renderHtml(shown, { language: context.lang }).html), "--html");
    }
    if (pdf !== undefined) {
      const { renderPdf } = await import("../../pdf.js");
      const made = await renderPdf(shown, { language: context.lang });
      for (const problem of made.problems) problems.add(problem);
      written["pdf"] = { ...write(pdf, made.pdf, "--pdf"), origin: made.origin, pdfA1: made.pdfA1 };
    }
    const told = [...problems];
    await context.warnProblems(told);
    await context.value({ ...written, problems: told }, (style) =>
      table(
        Object.values(written).map((each) => [
          context.text.view.written,
          `${each.file} (${each.size} ${context.text.view.bytes})`,
        ]),
        style,
      ).join("\n"),
    );
    return exitOf(told);
  },
};

function write(file: string, content: Uint8Array, option: string): Written {
  writeAtomically(file, content, option);
  return { file, size: content.length };
}

/** What is shown of a faulty document is written, and a fault of the document is a no, as with `cda inspect`. */
const exitOf = (problems: readonly Problem[]): number =>
  problems.some(({ severity }) => severity === "error") ? EXIT.no : EXIT.done;
