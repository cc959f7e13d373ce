import type { CdaHeaderInput } from "../../cda/types.js";
import { MedimailError } from "../../errors.js";
import { parseJsonc } from "../../settings/index.js";
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
    const header = parseHeader(readText(options.needed("header"), "--header")) as CdaHeaderInput;
    const document = wrapPdf(pdf, header);
    const read = readCda(document);
    const cda = { ...read, problems: [...read.problems, ...frenchProblems(read.header)] };
    writeAtomically(out, document, "--out");
    await context.value(inspectCda(cda), (style) => headerText(cda, context.text, style));
    return EXIT.done;
  },
};

function parseHeader(json: string): unknown {
  const parsed = parseJsonc(json);
  if ("value" in parsed) return parsed.value;
  const where = parsed.fault ? ` (line ${parsed.fault.line}, column ${parsed.fault.column})` : "";
  throw new MedimailError("cda_header_invalid", `--header is not JSON${where}`);
}
