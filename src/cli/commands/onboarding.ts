import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { givePaper, paperOptions } from "../papers.js";
import { adviceText } from "../views/onboarding.js";

const STRUCTURES = ["hospital", "practice-group", "nursing-home", "social", "other"] as const;
const SOLUTIONS = ["connector", "embedded-mailbox", "gateway", "mail-client", "webmail", "mobile"] as const;

export const onboardingPlan: Command = {
  name: "onboarding plan",
  options: {
    structure: { type: "string", value: STRUCTURES.join("|"), required: true, choices: STRUCTURES },
    solution: { type: "string", value: SOLUTIONS.join("|"), required: true, choices: SOLUTIONS },
    start: { type: "string", value: "YYYY-MM-DD" },
    done: { type: "string", value: "STEP", multiple: true },
    days: { type: "string", value: "STEP=N", multiple: true },
    domain: { type: "string", value: "DOMAIN" },
    listed: { type: "boolean" },
    ...paperOptions(["md", "html", "ics"]),
  },
  async run(context, { options }) {
    const { adviseDomain, planOnboarding, planToHtml, planToIcs, planToMarkdown } = await import(
      "../../onboarding/index.js"
    );
    const structure = (options.text("structure") ?? "") as (typeof STRUCTURES)[number];
    const plan = planOnboarding({
      structure,
      solution: (options.text("solution") ?? "") as (typeof SOLUTIONS)[number],
      start: options.text("start") ?? today(),
      done: options.list("done"),
      days: daysOf(options.list("days")),
      domain: adviseDomain(structure, options.text("domain"), () => options.flag("listed")),
    });
    const json = {
      structure: plan.structure,
      solution: plan.solution,
      start: plan.start,
      ready: plan.ready,
      domain: plan.domain,
      next: plan.next,
      steps: plan.steps.map(({ step, ...planned }) => ({
        id: step.id,
        part: step.part,
        title: step.title[context.lang],
        what: step.what[context.lang],
        who: step.who,
        needs: step.needs,
        ...(step.cost ? { cost: step.cost[context.lang] } : {}),
        evidence: step.evidence[context.lang],
        requirements: step.requirements,
        optional: step.optional ?? false,
        ...planned,
      })),
    };
    await givePaper(context, options, {
      json,
      texts: {
        md: () => planToMarkdown(plan, context.lang),
        html: () => planToHtml(plan, context.lang),
        ics: () => planToIcs(plan, new Date(), context.lang),
      },
    });
    return EXIT.done;
  },
};

export const onboardingSolution: Command = {
  name: "onboarding solution",
  options: {
    automatic: { type: "boolean" },
    where: {
      type: "string",
      value: "software|mail-program|mobile|browser",
      choices: ["software", "mail-program", "mobile", "browser"],
    },
    "no-publisher": { type: "boolean" },
    "no-hds": { type: "boolean" },
    "no-budget": { type: "boolean" },
  },
  async run(context, { options }) {
    const { adviseSolution, SOLUTIONS: sheets } = await import("../../onboarding/index.js");
    const where = options.text("where") as "software" | "mail-program" | "mobile" | "browser" | undefined;
    const advice = adviseSolution({
      ...(options.flag("automatic") ? { automatic: true } : {}),
      ...(where === undefined ? {} : { where }),
      ...(options.flag("no-publisher") ? { publisher: false } : {}),
      ...(options.flag("no-hds") ? { hds: false } : {}),
      ...(options.flag("no-budget") ? { budget: false } : {}),
    });
    const { lang } = context;
    const value = advice.map(({ solution, score, ...reasons }) => {
      const { title, use, advantage, constraint, authentication, cost } = sheets[solution];
      const texts = { title, use, advantage, constraint, authentication, cost };
      return {
        solution,
        score,
        for: reasons.for.map((reason) => reason[lang]),
        against: reasons.against.map((reason) => reason[lang]),
        ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text[lang]])),
      };
    });
    await context.value(value, (style) => adviceText(advice, sheets, context.text, style));
    return EXIT.done;
  },
};

function daysOf(given: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((each) => {
      const match = /^([a-z-]+)=(\d{1,4})$/.exec(each);
      if (!match) throw usage("--days wants STEP=N, a number of days");
      return [match[1] as string, Number(match[2])];
    }),
  );
}

/** The day of this machine. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
