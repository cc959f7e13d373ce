import { writeCsv } from "./csv.js";
import { guarded } from "./formula.js";
import { DEFAULT_LAYOUT } from "./layout.js";
import type { Account, AccountLayout } from "./types.js";
import { writeWorkbook } from "./xlsx.js";

export interface WriteAccountsOptions {
  format: "xlsx" | "csv";
  layout?: AccountLayout;
}

/**
 * A load file of accounts. In CSV, what a spreadsheet program would run as a formula gets an apostrophe before it, which {@link readAccounts} takes
 * away; in a workbook every cell is text. A second sheet says what each column wants.
 */
export async function writeAccounts(
  accounts: readonly Account[],
  { format, layout = DEFAULT_LAYOUT }: WriteAccountsOptions,
): Promise<Uint8Array> {
  const headings = layout.columns.map(({ heading }) => heading);
  const rows = accounts.map((account) => layout.columns.map(({ field }) => account[field] ?? ""));
  if (format === "csv") return writeCsv([headings, ...rows.map((row) => row.map(guarded))]);
  return await writeWorkbook(layout.sheet, [headings, ...rows], helpOf(layout));
}

function helpOf({ columns, oneOf }: AccountLayout): string[][] {
  return [
    ["Colonne", "Ce qu'elle attend", "Types"],
    ...columns.map(({ heading, help, required, forbidden }) => [
      heading,
      help.fr,
      [
        required?.length ? `obligatoire : ${required.join(", ")}` : "",
        forbidden?.length ? `vide : ${forbidden.join(", ")}` : "",
      ]
        .filter(Boolean)
        .join(" ; "),
    ]),
    ...oneOf.map(({ types, fields, why }) => [
      fields.map((field) => columns.find((column) => column.field === field)?.heading ?? field).join(" ou "),
      why.fr,
      `l'un des deux : ${types.join(", ")}`,
    ]),
  ];
}
