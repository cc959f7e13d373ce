import { type Command, EXIT } from "../command.js";

export const demo: Command = {
  name: "demo",
  stream: true,
  ownsSignal: true,
  timeoutSeconds: 60,
  options: {},
  async run(context) {
    const { runDemo } = await import("../demo/run.js");
    await runDemo(context);
    return EXIT.done;
  },
};
