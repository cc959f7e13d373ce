import { OBSERVE_FR } from "./tables/observe-fr.js";
import { rows } from "./tables/requirements.js";
import { TITLES_FR } from "./tables/titles-fr.js";
import type { Requirement } from "./types.js";

/** Every requirement of a MSSanté client that we know of, in the order of the catalogue. */
export const REQUIREMENTS: readonly Requirement[] = rows;

const byName = new Map<string, Requirement>();
for (const row of rows) {
  for (const name of [row.id, ...row.codes]) if (!byName.has(name)) byName.set(name, row);
}

/** The row of an id (`MSS-va1.13`) or of any code that stands for it (`MSS/va1.13`, `SC.MSS/CONF.05`). */
export function requirement(idOrCode: string): Requirement | undefined {
  return byName.get(idOrCode);
}

/** What a requirement asks, in a person's language: never empty, though the catalogue names some rows in English only. */
export function titleOf(row: Requirement, lang: "fr" | "en"): string {
  return lang === "en" ? row.en : row.fr || (TITLES_FR[row.id] ?? row.en);
}

/** How a requirement is seen, in a person's language. What is made of names alone (`MIME`, `SMTP, IMAP`) is the same in both. */
export function howSeen({ observe }: Requirement, lang: "fr" | "en"): string {
  return lang === "fr" ? (OBSERVE_FR[observe] ?? observe) : observe;
}
