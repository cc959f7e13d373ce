import { defined } from "../../defined.js";
import type { DeltaEntry, ImportReport, IndexInfo } from "../../directory/index.js";
import type { DirectoryEntry } from "../../seams/index.js";
import { printable, type Style } from "../style.js";
import type { Text } from "../text/index.js";

/** An entry as CLI.md has it: what a program shows in a list. */
export function entryValue({ address, type, name, rpps, structure, profession, specialty, ...entry }: DirectoryEntry) {
  return defined({
    address,
    type,
    name,
    rpps,
    structure: structure?.name ?? structure?.tradeName,
    profession: profession?.label ?? profession?.code,
    specialty: specialty?.label ?? specialty?.code,
    city: entry.city,
    paperless: entry.paperless,
    source: entry.source,
    asOf: entry.asOf,
  });
}

export function entryText(entry: DirectoryEntry, text: Text, style: Style): string {
  const { structure, profession, specialty, postalCode, city, redList } = entry;
  const trade = specialty?.label ?? profession?.label ?? "";
  const place = [structure?.name ?? structure?.tradeName, [postalCode, city].filter(Boolean).join(" ")];
  const first = [style.bold(printable(entry.name)), printable(trade), ...(redList ? [text.directory.red] : [])];
  const second = place.filter(Boolean).map((part) => printable(part ?? ""));
  return [
    first.filter((part) => part !== "").join("  "),
    `  ${style.cyan(printable(entry.address))}  ${entry.type}${entry.rpps ? `  RPPS ${entry.rpps}` : ""}`,
    ...(second.length > 0 ? [`  ${style.dim(second.join(", "))}`] : []),
  ].join("\n");
}

export function deltaValue({ kind, entry, before }: DeltaEntry) {
  return { kind, entry: entryValue(entry), ...(before ? { before: entryValue(before) } : {}) };
}

export function deltaText({ kind, entry, before }: DeltaEntry, text: Text, style: Style): string {
  const mark = { added: style.green("+"), gone: style.red("-"), changed: style.yellow("~") }[kind];
  const shown = (one: DirectoryEntry) => {
    const { name, address, profession, specialty, structure, city } = one;
    const parts = [name, address, specialty?.label ?? profession?.label, structure?.name, city];
    return printable(parts.filter(Boolean).join("  "));
  };
  return [
    `${mark} ${text.directory.kinds[kind]}  ${shown(entry)}`,
    ...(before ? [style.dim(`  ${shown(before)}`)] : []),
  ].join("\n");
}

export function importText(report: ImportReport, text: Text, style: Style): string {
  const words = text.directory;
  const { malformed, duplicates, delta, resumedAfter } = report;
  const lines = [
    style.green(words.imported(report.entries, printable(report.index))),
    words.asOf(report.asOf.slice(0, 10), report.entries),
  ];
  if (resumedAfter) lines.push(words.resumed(resumedAfter));
  if (duplicates > 0) lines.push(words.duplicates(duplicates));
  if (malformed.count > 0) {
    lines.push(style.yellow(words.malformed(malformed.count)));
    for (const { line, reason } of malformed.first.slice(0, 10))
      lines.push(`  ${words.line(line, words.faults[reason] ?? reason)}`);
  }
  if (delta) lines.push(words.delta(delta.added, delta.gone, delta.changed));
  return lines.join("\n");
}

/** Days since the source said so. */
export function ageInDays({ asOf }: Pick<IndexInfo, "asOf">, now: number): number {
  return Math.floor((now - Date.parse(asOf)) / 86_400_000);
}
