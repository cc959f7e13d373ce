import { type Command, EXIT } from "../command.js";
import { readInput } from "../files.js";
import { archiveText } from "../views/xdm.js";

export const xdmInspect: Command = {
  name: "xdm inspect",
  positionals: { name: "ZIP", min: 1, max: 1 },
  options: {},
  async run(context, { positionals: [file = ""] }) {
    const { inspectXdm, openXdm } = await import("../../xdm/index.js");
    const inspected = inspectXdm(await openXdm(readInput(file, "ZIP")));
    await context.value(inspected, (style) => archiveText(inspected, context.text, style));
    return inspected.problems.some((problem) => problem.severity === "error") ? EXIT.no : EXIT.done;
  },
};
