import { type Command, EXIT } from "../command.js";
import { readInput } from "../files.js";
import { headerText } from "../views/cda.js";

export const cdaInspect: Command = {
  name: "cda inspect",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: {},
  async run(context, { positionals: [file = ""] }) {
    const { inspectCda, readCda } = await import("../../cda/index.js");
    const cda = readCda(readInput(file, "FILE"));
    await context.value(inspectCda(cda), (style) => headerText(cda, context.text, style));
    // As with an archive: what can be used is printed, and a fault of the document is a no.
    return cda.problems.some((problem) => problem.severity === "error") ? EXIT.no : EXIT.done;
  },
};
