import { usage } from "../args.js";
import type { Command } from "../command.js";
import { EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { dayExists } from "../days.js";
import { printable } from "../style.js";

/** The functional journal (ECO.4.1.1, ECO.4.1.2): oldest first. `list` is for a person's eyes, `export` for a file; with --json they are one. */
export const tracesList = traces("traces list");
export const tracesExport = traces("traces export");

function traces(name: "traces list" | "traces export"): Command {
  return {
    name,
    stream: true,
    options: {
      ...CONFIG_OPTION,
      since: { type: "string", value: "DATE" },
      until: { type: "string", value: "DATE" },
      limit: { type: "string", value: "N" },
    },
    async run(context, { options }) {
      const since = dateOf("since", options.text("since"));
      const until = dateOf("until", options.text("until"));
      const limit = options.number("limit", { min: 1, max: 1e9, whole: true });
      return withConnector(context, options, async (connector) => {
        const query = { ...(since ? { since } : {}), ...(until ? { until } : {}), ...(limit ? { limit } : {}) };
        for await (const { at, mailbox, actor, action, request, answer, ok } of connector.traces.list(query)) {
          const line = { at, mailbox, actor, action, request, answer, ok };
          const human = name === "traces export" ? () => JSON.stringify(line) : undefined;
          await context.event(
            line,
            human ??
              ((style) =>
                [
                  style.dim(at),
                  ok ? style.green("✓") : style.red("✗"),
                  ...[actor, action, request, answer].map(printable),
                ].join("  ")),
          );
        }
        return EXIT.done;
      });
    },
  };
}

/** A day, or a time with or without offset (local then). */
function dateOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const shape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  // A day alone would be midnight in Greenwich: here it is the day of the person who asks.
  const date = new Date(text.length === 10 ? `${text}T00:00:00` : text);
  if (!shape.test(text) || !dayExists(text) || Number.isNaN(date.getTime()))
    throw usage(`--${option} must be a date: 2026-01-31, or 2026-01-31T08:00:00+01:00`);
  return date.toISOString();
}
