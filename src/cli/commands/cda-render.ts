import { statSync } from "node:fs";
import type { Problem } from "../../errors.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { readInput, writeAtomically } from "../files.js";
import { table } from "../views/cda.js";

/** What was written for a person to read. */
interface Written {
  file: string;
  size: number;
}

export const cdaRender: Command = {
  name: "cda render",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: { html: { type: "string", value: "FILE", required: true } },
  async run(context, { options, positionals: [file = ""] }) {
    const cda = readInput(file, "FILE");
    const html = options.needed("html");
    refuseSource(file, html, "--html");
    const { renderHtml } = await import("../../rendering/index.js");
    const rendered = renderHtml(cda, { language: context.lang });
    const written = write(html, Buffer.from(rendered.html), "--html");
    await context.warnProblems(rendered.problems);
    await context.value({ html: written, problems: rendered.problems }, (style) =>
      table([[context.text.view.written, `${written.file} (${written.size} ${context.text.view.bytes})`]], style).join(
        "\n",
      ),
    );
    return exitOf(rendered.problems);
  },
};

function write(file: string, content: Uint8Array, option: string): Written {
  writeAtomically(file, content, option);
  return { file, size: content.length };
}

/** What is shown of a faulty document is written, and a fault of the document is a no, as with `cda inspect`. */
const exitOf = (problems: readonly Problem[]): number =>
  problems.some(({ severity }) => severity === "error") ? EXIT.no : EXIT.done;

/** The document itself is never written over, by whatever name it is called. */
function refuseSource(source: string, target: string, option: string): void {
  const [from, to] = [source, target].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (from && to && from.ino === to.ino && from.dev === to.dev)
    throw usage(`${option} names the document itself, which would be lost`);
}
