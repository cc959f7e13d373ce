import { endingOf } from "../../plain-text.js";
import { countOf, fileValue, layoutOf, problemValue, readAccountsFile } from "../accounts-file.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { readInput, refuseSource, writeAtomically } from "../files.js";
import { accountsText, depositText } from "../views/accounts.js";

const FILE_OPTIONS = {
  domain: { type: "string", value: "DOMAIN" },
  layout: { type: "string", value: "FILE" },
} as const;

export const accountsCheck: Command = {
  name: "accounts check",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: FILE_OPTIONS,
  async run(context, { options, positionals: [file = ""] }) {
    const found = await readAccountsFile(context, file, "FILE", options);
    await context.value(fileValue(found, context.lang), (style) => accountsText(found, context.text, style));
    return countOf(found).errors > 0 ? EXIT.no : EXIT.done;
  },
};

export const accountsBuild: Command = {
  name: "accounts build",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: {
    ...FILE_OPTIONS,
    out: { type: "string", value: "FILE", required: true },
    present: { type: "string", value: "FILE" },
    force: { type: "boolean" },
  },
  async run(context, { options, positionals: [file = ""] }) {
    const out = options.text("out") ?? "";
    const format = { ".xlsx": "xlsx", ".csv": "csv" }[endingOf(out).toLowerCase()] as "xlsx" | "csv" | undefined;
    if (format === undefined) throw usage("--out must end in .xlsx or .csv");
    const before = options.text("present");
    for (const source of before === undefined ? [file] : [file, before]) refuseSource(source, out, "--out");
    const wanted = await readAccountsFile(context, file, "FILE", options);
    if (countOf(wanted).errors > 0) {
      await context.value(fileValue(wanted, context.lang), (style) => accountsText(wanted, context.text, style));
      return EXIT.no;
    }
    const { planDeposit, readAccounts } = await import("../../onboarding/index.js");
    const layout = layoutOf(options);
    const present =
      before === undefined ? undefined : await readAccounts(readInput(before, "--present"), layout ? { layout } : {});
    const accounts = wanted.rows.map(({ account }) => account);
    const deposit = await planDeposit(
      {
        present: present?.rows.map(({ account }) => account) ?? [],
        wanted: accounts,
        domain: options.text("domain") ?? domainOf(accounts),
        now: new Date(),
        format,
        ...(layout ? { layout } : {}),
      },
      { force: options.flag("force") },
    );
    writeAtomically(out, deposit.file.content, "--out");
    const { changes, takenAt } = deposit;
    const value = {
      file: out,
      layout: wanted.layout,
      format,
      rows: deposit.accounts.map((account, index) => ({ row: index + 2, ...account, problems: [] })),
      changes: {
        added: changes.added,
        changed: changes.changed.map(({ after, fields }) => ({ ...after, fields })),
        closed: changes.closed,
        absent: changes.absent,
        unknownClosures: changes.unknownClosures,
        unchanged: changes.unchanged.length,
      },
      takenAt: takenAt.toISOString(),
      problems: wanted.problems
        .concat(wanted.rows.flatMap(({ problems }) => problems))
        .map((problem) => problemValue(problem, context.lang)),
    };
    await context.value(value, (style) => depositText(out, deposit, context.text, style));
    return EXIT.done;
  },
};

/** The domain that the accounts' addresses have, where they share one. */
function domainOf(accounts: readonly { address?: string | undefined }[]): string {
  const domains = new Set(
    accounts.flatMap(({ address }) => (address ? [address.slice(address.lastIndexOf("@") + 1).toLowerCase()] : [])),
  );
  const [domain] = domains;
  if (domain !== undefined && domains.size === 1) return domain;
  throw usage("--domain is required: the accounts' addresses do not share one");
}
