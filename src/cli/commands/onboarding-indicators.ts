import type { ActivityIndicators, PeriodName } from "../../onboarding/index.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { givePaper, paperOptions } from "../papers.js";

const DAYS = 30;

/** Activity of the mailbox, from the outbox; days are those of the time zone, `--until` is the day after the last. */
export const onboardingIndicators: Command = {
  name: "onboarding indicators",
  options: {
    ...CONFIG_OPTION,
    since: { type: "string", value: "DATE" },
    until: { type: "string", value: "DATE" },
    period: { type: "string", value: "day|week|month", choices: ["day", "week", "month"] },
    "time-zone": { type: "string", value: "ZONE" },
    "count-mailbox": { type: "boolean" },
    ...paperOptions(["md", "html", "csv"]),
  },
  async run(context, { options }) {
    const { dayIn, daysAfter, indicatorsToCsv, indicatorsToHtml, indicatorsToMarkdown } = await import(
      "../../onboarding/index.js"
    );
    const timeZone = options.text("time-zone") ?? "Europe/Paris";
    const until = options.text("until") ?? daysAfter(dayIn(Date.now(), timeZone), 1);
    const since = options.text("since") ?? daysAfter(until, -DAYS);
    const period = options.text("period") as PeriodName | undefined;
    const indicators = await withConnector(context, options, ({ outbox }) =>
      outbox.indicators({
        since,
        until,
        timeZone,
        ...(period ? { period } : {}),
        mailbox: options.flag("count-mailbox"),
        signal: context.signal,
      }),
    );
    const { lang } = context;
    await givePaper(context, options, {
      json: indicators satisfies ActivityIndicators,
      texts: {
        md: () => indicatorsToMarkdown(indicators, lang),
        html: () => indicatorsToHtml(indicators, lang),
        csv: () => indicatorsToCsv(indicators, lang),
      },
    });
    return EXIT.done;
  },
};
