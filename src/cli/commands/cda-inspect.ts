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
    return EXIT.done;
  },
};
