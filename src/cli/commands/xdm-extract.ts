import { type Command, EXIT } from "../command.js";
import { extractFiles } from "../extract.js";
import { readInput } from "../files.js";

export const xdmExtract: Command = {
  name: "xdm extract",
  positionals: { name: "ZIP", min: 1, max: 1 },
  options: { out: { type: "string", value: "DIR", required: true } },
  async run(context, { options, positionals: [file = ""] }) {
    const { extractTargets, openXdm } = await import("../../xdm/index.js");
    const opened = await openXdm(readInput(file, "ZIP"));
    const written = extractFiles(options.needed("out"), extractTargets(opened));
    await context.warnProblems(opened.problems);
    await context.value(written, (style) => written.map((path) => `${style.green("✓")} ${path}`).join("\n"));
    return opened.problems.some((problem) => problem.severity === "error") ? EXIT.no : EXIT.done;
  },
};
