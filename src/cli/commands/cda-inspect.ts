import { EXIT, type Command } from "../command.js";
import { readInput } from "../files.js";
import { headerText } from "../views/cda.js";

export const cdaInspect: Command = {
  name: "cda inspect",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: {},
  async run(context, { positionals: [file = ""] }) {
    const { inspectCda } = await import("../../cda/index.js");
    const inspected = inspectCda(readInput(file, "FILE"));
    await context.value(inspected, (style) => headerText(inspected, context.text, style));
    return EXIT.done;
  },
};
