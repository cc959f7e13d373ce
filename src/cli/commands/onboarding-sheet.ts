import type { ContactRole, SheetVolumes } from "../../onboarding/index.js";
import { loadConfigFile } from "../../settings/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { readInput } from "../files.js";
import { givePaper, namedValues, paperOptions } from "../papers.js";

/** The connector's sheet for Mipih. Exit 1 where something of it is an error (an expired certificate…). */
export const onboardingSheet: Command = {
  name: "onboarding sheet",
  options: {
    ...CONFIG_OPTION,
    ...paperOptions(["md", "html"]),
    use: { type: "string", value: "sending|mailbox", choices: ["sending", "mailbox"], multiple: true },
    "source-address": { type: "string", value: "ADDRESS", multiple: true },
    contact: { type: "string", value: "ROLE=TEXT", multiple: true },
    "mails-per-day": { type: "string", value: "N" },
    "mails-busiest-day": { type: "string", value: "N" },
    "largest-mail": { type: "string", value: "BYTES" },
    measure: { type: "string", value: "DAYS" },
  },
  async run(context, { options }) {
    const config = loadConfigFile(options.needed("config"));
    const { describeConnector } = await import("../../support.js");
    const { certificateRenewal, sheetToHtml, sheetToJson, sheetToMarkdown } = await import("../../onboarding/index.js");
    const volumes = declaredVolumes(options) ?? (await measuredVolumes(context, options));
    const { sheet, certificateExpiry, certificateError } = await describeConnector(config, {
      modes: options.list("use") as ("sending" | "mailbox")[],
      sourceAddresses: options.list("source-address"),
      contacts: namedValues(options, "contact") as Partial<Record<ContactRole, string>>,
      ...(volumes ? { volumes } : {}),
      signal: context.signal,
    });
    if (certificateError) await context.warn(`${certificateError.code}: ${certificateError.message}`);
    const renewal = certificateExpiry === undefined ? [] : certificateRenewal(certificateExpiry, sheet.date);
    await givePaper(context, options, {
      json: sheetToJson(sheet, context.lang, renewal),
      texts: {
        md: () => sheetToMarkdown(sheet, context.lang, renewal),
        html: () => sheetToHtml(sheet, context.lang, renewal),
      },
    });
    return sheet.findings.some(({ severity }) => severity === "error") ? EXIT.no : EXIT.done;
  },
};

function declaredVolumes(options: Options): SheetVolumes | undefined {
  const whole = { min: 0, max: 1e12, whole: true } as const;
  const mailsPerDay = options.number("mails-per-day", whole);
  const mailsOnBusiestDay = options.number("mails-busiest-day", whole);
  const largestMailBytes = options.number("largest-mail", whole);
  const given = {
    ...(mailsPerDay === undefined ? {} : { mailsPerDay }),
    ...(mailsOnBusiestDay === undefined ? {} : { mailsOnBusiestDay }),
    ...(largestMailBytes === undefined ? {} : { largestMailBytes }),
  };
  if (Object.keys(given).length === 0) return undefined;
  if (options.flag("measure")) throw usage("--measure, or volumes that are declared, not both");
  return { source: "declared", ...given };
}

/** Of the last days, in the outbox. */
async function measuredVolumes(context: Context, options: Options): Promise<SheetVolumes | undefined> {
  const days = options.number("measure", { min: 1, max: 366, whole: true });
  if (days === undefined) return undefined;
  const { dayIn, daysAfter, sheetVolumes } = await import("../../onboarding/index.js");
  const until = daysAfter(dayIn(Date.now()), 1);
  return withConnector(context, options, async ({ outbox }) =>
    sheetVolumes(await outbox.indicators({ since: daysAfter(until, -days), until, period: "day" })),
  );
}

/** How the certificate of an APP mailbox is ordered, and when the next is due where FILE is the present one. */
export const onboardingCertificate: Command = {
  name: "onboarding certificate",
  positionals: { name: "FILE", min: 0, max: 1 },
  options: { ...paperOptions(["md", "html"]) },
  async run(context, { options, positionals: [file] }) {
    const {
      CERTIFICATE_ORDER,
      certificateFacts,
      certificatePaper,
      certificateRenewal,
      dayIn,
      paperToHtml,
      paperToMarkdown,
    } = await import("../../onboarding/index.js");
    const facts = file === undefined ? undefined : certificateFacts(readInput(file, "FILE"));
    const renewal = facts ? certificateRenewal(facts.validTo, dayIn(Date.now())) : [];
    const paper = certificatePaper(context.lang, renewal);
    const told = ({ id, title, what, who, certainty }: (typeof CERTIFICATE_ORDER)[number]) => ({
      id,
      title: title[context.lang],
      what: what[context.lang],
      who: who[context.lang],
      certainty,
    });
    await givePaper(context, options, {
      json: {
        ...(facts ? { certificate: facts } : {}),
        order: CERTIFICATE_ORDER.map(told),
        renewal: renewal.map((step) => ({ ...told(step), by: step.by, late: step.late })),
      },
      texts: { md: () => paperToMarkdown(paper), html: () => paperToHtml(paper, context.lang) },
    });
    return EXIT.done;
  },
};
