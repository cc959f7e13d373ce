import type { CdaHeaderInput } from "../../cda/types.js";
import { jsonOf } from "../../settings/index.js";
import { type Command, EXIT } from "../command.js";
import { readInput, readText, refuseSource, writeAtomically } from "../files.js";
import { headerText } from "../views/cda.js";

export const cdaWrap: Command = {
  name: "cda wrap",
  options: {
    pdf: { type: "string", value: "FILE", required: true },
    header: { type: "string", value: "FILE.json", required: true },
    out: { type: "string", value: "FILE", required: true },
  },
  async run(context, { options }) {
    const { frenchProblems, inspectCda, readCda, wrapPdf } = await import("../../cda/index.js");
    const out = options.needed("out");
    for (const source of ["pdf", "header"] as const) refuseSource(options.needed(source), out, "--out");
    const pdf = readInput(options.needed("pdf"), "--pdf");
    // The room checks the header itself, and names what is wrong by its path.
    const header = jsonOf(
      readText(options.needed("header"), "--header"),
      "--header",
      "cda_header_invalid",
    ) as CdaHeaderInput;
    const document = wrapPdf(pdf, header);
    const read = readCda(document);
    const cda = { ...read, problems: [...read.problems, ...frenchProblems(read.header)] };
    writeAtomically(out, document, "--out");
    await context.value(inspectCda(cda), (style) => headerText(cda, context.text, style));
    return EXIT.done;
  },
};
