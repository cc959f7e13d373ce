import { healthMetrics } from "../../supervision/index.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { writeAtomically } from "../files.js";
import { healthText } from "../views/health.js";

export const health: Command = {
  name: "health",
  options: {
    ...CONFIG_OPTION,
    metrics: { type: "string", value: "FILE" },
    strict: { type: "boolean" },
  },
  async run(context, { options }) {
    return withConnector(context, options, async (connector) => {
      const found = await connector.health({ signal: context.signal });
      const metrics = options.text("metrics");
      if (metrics !== undefined) writeAtomically(metrics, Buffer.from(healthMetrics([found]), "utf8"), "--metrics");
      await context.value(found, (style) => healthText(found, context.text, style));
      if (metrics !== undefined) await context.note(context.text.health.metricsWritten(metrics));
      const bad = options.flag("strict") ? found.status !== "ok" : found.status === "critical";
      return bad ? EXIT.no : EXIT.done;
    });
  },
};
