import { defined } from "../defined.js";
import { isTimeZone } from "../time-zone.js";
import type { JudgeLogsOptions } from "../validator/index.js";
import type { Options } from "./args.js";
import { usage } from "./args.js";
import { EXIT } from "./command.js";
import type { Context } from "./context.js";
import { endText, importedText } from "./views/validate.js";

const TYPES = ["PER", "ORG", "APP", "CAB", "INT", "MED"];

/** `validate --import`: the logs of a real server are judged, nothing is run. */
export async function importLogs(
  context: Context,
  options: Options,
  positionals: readonly string[],
  common: Omit<JudgeLogsOptions, "files">,
): Promise<number> {
  const run = ["scenario", "repeat", "stop-after"].find((name) => options.list(name).length > 0);
  if (run !== undefined || positionals.length > 0)
    throw usage(
      `logs are judged and nothing is run: ${run === undefined ? "no command" : `no --${run}`} with --import`,
    );
  const timeZone = options.text("time-zone");
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw usage(`--time-zone: no zone is called ${timeZone.slice(0, 80)}`, "as in Europe/Paris");
  const clients = options.list("client");
  const mailboxes = options.list("mailbox").map(mailboxOf);
  const { judgeLogs } = await import("../validator/index.js");
  const { report, passed } = await judgeLogs({
    ...common,
    files: options.list("import"),
    ...defined({
      clients: clients.length > 0 ? clients : undefined,
      mailboxes: mailboxes.length > 0 ? mailboxes : undefined,
      timeZone,
    }),
  });
  await context.event({ event: "imported", ...report.imported }, (style) => importedText(report, context.lang, style));
  await context.event({ event: "report", ...report.summary }, (style) =>
    endText(report, common.out, context.lang, style),
  );
  return passed ? EXIT.done : EXIT.no;
}

function mailboxOf(text: string): { address: string; type: string } {
  const [, address, type = ""] = /^([^\s=@]+@[^\s=@]+)=([A-Za-z]+)$/.exec(text) ?? [];
  if (address === undefined || !TYPES.includes(type.toUpperCase()))
    throw usage(`--mailbox must be ADDRESS=TYPE (${TYPES.join(", ")})`);
  return { address, type: type.toUpperCase() };
}
