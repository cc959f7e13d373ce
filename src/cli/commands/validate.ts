import { resolve } from "node:path";
import type { Profile } from "../../compliance/index.js";
import type { Signer, Walker } from "../../validator/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import type { Context } from "../context.js";
import { inputFolder, readInput, readText } from "../files.js";
import { importLogs } from "../import-logs.js";
import { openConsole } from "../mock-console.js";
import { PROFILES } from "../profiles.js";
import { comparedText, endText, eventText, scenarioList, silenceText, verifiedText } from "../views/validate.js";

/** A day: a run is stopped by a person, or by its end. */
const MAX_SECONDS = 86_400;

export const validate: Command = {
  name: "validate",
  positionals: { name: "-- COMMAND…", min: 0, max: 10_000 },
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: {
    out: { type: "string", value: "DIR" },
    profile: { type: "string", value: "NAME", choices: PROFILES },
    scenario: { type: "string", value: "ID|all", multiple: true },
    repeat: { type: "string", value: "N" },
    "stop-after": { type: "string", value: "SECONDS" },
    declarations: { type: "string", value: "FILE" },
    traces: { type: "string", value: "FILE" },
    "sign-p12": { type: "string", value: "FILE" },
    "sign-cert": { type: "string", value: "FILE" },
    "sign-key": { type: "string", value: "FILE" },
    "passphrase-env": { type: "string", value: "NAME" },
    unmasked: { type: "boolean" },
    list: { type: "boolean" },
    import: { type: "string", value: "FILE", multiple: true },
    client: { type: "string", value: "IP", multiple: true },
    mailbox: { type: "string", value: "ADDRESS=TYPE", multiple: true },
    "time-zone": { type: "string", value: "NAME" },
    verify: { type: "string", value: "DIR" },
    ca: { type: "string", value: "FILE", multiple: true },
    compare: { type: "string", value: "DIR", multiple: true },
  },
  async run(context, { options, positionals, dashes }) {
    if (options.text("verify") !== undefined) return verify(context, options);
    if (options.list("compare").length > 0) return compare(context, options.list("compare"));
    const { SCENARIOS, plansOf, readDeclarations, validate: run } = await import("../../validator/index.js");
    const profile = (options.text("profile") ?? "all") as Profile;
    if (options.flag("list")) {
      for (const plan of plansOf(profile))
        await context.event(scenarioLine(plan), (style) => scenarioList(plan, context.lang, style));
      return EXIT.done;
    }
    const out = resolve(options.needed("out"));
    const named = options.list("scenario");
    const unknown = named.find((id) => id !== "all" && !SCENARIOS.some((plan) => plan.id === id));
    if (unknown !== undefined)
      throw usage(`no scenario is called ${unknown.slice(0, 80)}`, "medimail validate --list names them");
    const [word = ""] = positionals;
    if (!dashes && (word === "all" || SCENARIOS.some(({ id }) => id === word)))
      throw usage(
        `${word} is the name of a scenario, and was taken for the command`,
        `--scenario is repeated: ${[...named, word].map((id) => `--scenario ${id}`).join(" ")}`.slice(0, 300),
      );
    const seconds = options.number("stop-after", { min: 0, max: MAX_SECONDS });
    const repeat = options.number("repeat", { min: 1, max: 1_000, whole: true });
    const file = options.text("declarations");
    const declarations = file === undefined ? undefined : readDeclarations(resolve(file));
    const signer = await signerFrom(context, options);
    const traces = options.text("traces");
    const common = {
      out,
      profile,
      lang: context.lang,
      mask: !options.flag("unmasked"),
      ...(declarations && file !== undefined
        ? { declarations, declarationsFile: resolve(file), declaredFiles: declarations.files }
        : {}),
      ...(traces === undefined ? {} : { tracesFile: resolve(traces) }),
      ...(signer ? { signer } : {}),
    };
    if (options.list("import").length > 0) return importLogs(context, options, positionals, common);
    const walker = positionals.length === 0 ? walkerOf(context) : undefined;
    const all = named.includes("all") || (named.length === 0 && walker !== undefined);
    const { report, passed } = await run({
      ...common,
      signal: context.signal,
      ...(all ? { scenarios: "all" } : named.length > 0 ? { scenarios: named } : {}),
      ...(repeat === undefined ? {} : { repeat }),
      ...(positionals.length > 0 ? { command: positionals } : {}),
      ...(seconds === undefined ? {} : { stopAfterMs: seconds * 1_000 }),
      ...(walker ? { walker } : {}),
      control: async (mock, stage, results) => ({
        ...(await openConsole(mock, stage, results)),
        close: async () => {},
      }),
      onEvent: async (event) => {
        if (event.event === "output") await context.io.err(event.text);
        else await context.event(event, (style) => eventText(event, context.lang, style));
      },
    });
    const silence = silenceText(report, context.lang);
    if (silence !== undefined) await context.warn(silence);
    await context.event({ event: "report", ...report.summary }, (style) => endText(report, out, context.lang, style));
    return passed ? EXIT.done : EXIT.no;
  },
};

/** What somebody handed over: is it what the run wrote, and who says so? */
async function verify(context: Context, options: Options): Promise<number> {
  const { verifyFolder } = await import("../../validator/index.js");
  const ca = options.list("ca").map((file) => readText(file, "--ca"));
  const { report, signedBy, ...rest } = await verifyFolder(
    inputFolder(options.needed("verify"), "--verify"),
    ca.length > 0 ? { ca } : {},
  );
  const { chain: _, ...signer } = signedBy ?? { chain: [] };
  const told = {
    event: "verified",
    ...rest,
    ...(signedBy ? { signedBy: signer } : {}),
    connector: report.connector,
    startedAt: report.startedAt,
    summary: report.summary,
  };
  await context.event(told, (style) =>
    verifiedText({ ...rest, report, ...(signedBy ? { signedBy } : {}) }, context.lang, style),
  );
  return rest.ok && rest.trusted !== false ? EXIT.done : EXIT.no;
}

async function compare(context: Context, folders: readonly string[]): Promise<number> {
  const [before, after, ...more] = folders;
  if (before === undefined || after === undefined || more.length > 0)
    throw usage("two runs are compared: --compare BEFORE --compare AFTER");
  const { compareReports, readReport, VERDICTS } = await import("../../validator/index.js");
  const reportOf = (folder: string) => readReport(inputFolder(folder, "--compare"));
  const comparison = compareReports(reportOf(before), reportOf(after));
  await context.event({ event: "compared", ...comparison }, (style) =>
    comparedText(comparison, VERDICTS[context.lang], context.lang, style),
  );
  return comparison.regressed ? EXIT.no : EXIT.done;
}

function scenarioLine({
  id,
  title,
  titleEn,
  profiles,
  requirements,
  seconds,
  steps,
}: Parameters<typeof scenarioList>[0]) {
  return { id, title, titleEn, profiles, requirements, seconds, steps: steps.length };
}

/** The person at the keyboard says when a scenario is done; where there is none, its time does. */
function walkerOf({ io }: Context): Walker | undefined {
  const { ask } = io;
  if (!ask) return undefined;
  return {
    async done(_, signal) {
      const answer = await ask(signal);
      return answer === undefined || /^(q|f|quit|fin)$/i.test(answer.trim()) ? "stop" : "next";
    },
  };
}

async function signerFrom(context: Context, options: Options): Promise<Signer | undefined> {
  const p12 = options.text("sign-p12");
  const cert = options.text("sign-cert");
  const key = options.text("sign-key");
  if (p12 === undefined && cert === undefined && key === undefined) return undefined;
  if (p12 === undefined ? cert === undefined || key === undefined : cert !== undefined || key !== undefined)
    throw usage("a report is signed with --sign-p12, or with --sign-cert and --sign-key");
  const name = options.text("passphrase-env");
  const passphrase = name === undefined ? undefined : context.io.env[name];
  if (name !== undefined && passphrase === undefined) throw usage(`the environment has no ${name.slice(0, 80)}`);
  const [{ loadClientCertificate }, { signerOf }] = await Promise.all([
    import("../../auth/index.js"),
    import("../../validator/index.js"),
  ]);
  const secret = passphrase === undefined ? {} : { passphrase };
  if (p12 !== undefined) return signerOf(loadClientCertificate({ p12: readInput(p12, "--sign-p12"), ...secret }));
  const pem = { cert: readText(cert ?? "", "--sign-cert"), key: readText(key ?? "", "--sign-key") };
  return signerOf(loadClientCertificate({ ...pem, ...secret }));
}
