import { z } from "zod";
import { MedimailError } from "../errors.js";
import type { AccountFile, AccountLayout, AccountProblem, Lang } from "../onboarding/index.js";
import { jsonOf } from "../settings/index.js";
import type { Options } from "./args.js";
import type { Context } from "./context.js";
import { readInput, readText } from "./files.js";

const type = z.enum(["PER", "ORG", "APP", "INT", "MED"]);
const bilingual = z.strictObject({ fr: z.string(), en: z.string() });
const FIELDS = [
  ...["type", "civility", "family", "given", "rpps", "adeli", "profession", "specialty", "label", "description"],
  ...["responsible", "service", "email", "phone", "address", "finess", "siret", "structure", "paperless", "redList"],
  ...["link", "status", "action"],
] as const;
const FORMATS = [
  ...[
    "text",
    "type",
    "rpps",
    "adeli",
    "finess",
    "siret",
    "email",
    "mss-address",
    "phone",
    "yes-no",
    "link",
    "status",
    "action",
  ],
] as const;

/** A layout of a publisher's, as a JSON file (docs/accounts.md). */
const layoutSchema = z.strictObject({
  name: z.string().min(1).max(80),
  sheet: z.string().min(1).max(31),
  columns: z
    .array(
      z.strictObject({
        field: z.enum(FIELDS as unknown as [string, ...string[]]),
        heading: z.string().min(1).max(120),
        synonyms: z.array(z.string().max(120)).max(50).default([]),
        format: z.enum(FORMATS as unknown as [string, ...string[]]).default("text"),
        max: z.number().int().min(1).max(32_767).default(255),
        help: bilingual.default({ fr: "", en: "" }),
        required: z.array(type).default([]),
        forbidden: z.array(type).default([]),
      }),
    )
    .min(1)
    .max(200),
  oneOf: z
    .array(
      z.strictObject({
        types: z.array(type),
        fields: z.array(z.enum(FIELDS as unknown as [string, ...string[]])).min(1),
        why: bilingual.default({ fr: "", en: "" }),
      }),
    )
    .max(50)
    .default([]),
});

export function layoutOf(options: Options): AccountLayout | undefined {
  const file = options.text("layout");
  if (file === undefined) return undefined;
  const json = jsonOf(readText(file, "--layout"), `--layout: ${file}`, "usage_invalid");
  const parsed = layoutSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MedimailError("usage_invalid", `--layout: ${issue?.message ?? "not a layout"}`, {
      path: issue?.path.join(".") ?? "",
      hint: "docs/accounts.md describes a layout.",
    });
  }
  const fields = parsed.data.columns.map(({ field }) => field);
  if (new Set(fields).size !== fields.length || !fields.includes("type"))
    throw new MedimailError("usage_invalid", "--layout: each field once, and one column for the type", {
      path: "columns",
    });
  return parsed.data as AccountLayout;
}

export async function readAccountsFile(
  context: Context,
  file: string,
  option: string,
  options: Options,
): Promise<AccountFile> {
  const { readAccounts } = await import("../onboarding/index.js");
  const layout = layoutOf(options);
  const domain = options.text("domain");
  return await readAccounts(readInput(file, option), {
    ...(layout ? { layout } : {}),
    ...(domain === undefined ? {} : { domain }),
    signal: context.signal,
    // One line that is written over; a pipe or a log has no use for it.
    ...(context.io.errIsTty
      ? { onProgress: (read: number, of: number) => void context.io.err(`\r${read} / ${of}\u001b[K\r`) }
      : {}),
  });
}

/** As JSON: the message in the language of the command. */
export const problemValue = ({ message, ...problem }: AccountProblem, lang: Lang) => ({
  ...problem,
  message: message[lang],
});

export function fileValue({ rows, problems, ...file }: AccountFile, lang: Lang) {
  return {
    ...file,
    rows: rows.map((row) => ({
      row: row.row,
      ...row.account,
      problems: row.problems.map((problem) => problemValue(problem, lang)),
    })),
    problems: problems.map((problem) => problemValue(problem, lang)),
    summary: { rows: rows.length, ...countOf({ rows, problems }) },
  };
}

export function countOf({ rows, problems }: Pick<AccountFile, "rows" | "problems">): {
  errors: number;
  warnings: number;
} {
  const all = [...problems, ...rows.flatMap((row) => row.problems)];
  const errors = all.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: all.length - errors };
}
