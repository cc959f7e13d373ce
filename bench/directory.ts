// (i) The public extraction: import, size and memory of the index, 1,000 realistic searches with their rank, against a scan by ripgrep and SQLite's LIKE.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sampleExtraction, sampleRows } from "../src/sample/index.js";
import { openIndexReader, openIndexWriter } from "../src/storage/index.js";
import { knownOf, makeSearches, type Search } from "../test/directory/searches.js";
import type { ImportResult, SearchResult } from "./directory-job.js";
import { Peer } from "./protocol.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const LINES = Number(process.argv.find((word) => word.startsWith("--lines="))?.slice(8) ?? 536_000);
const SEARCHES = 1_000;
/** A scan takes as long for each: fewer say as much. */
const SCANS = 60;

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));
const [file, index, table] = ["Extraction_Correspondance_MSSante_202611280405.txt", "annuaire.db", "table.db"].map(
  (name) => join(folder, name),
) as [string, string, string];

async function ask<T>(job: unknown): Promise<T> {
  const peer = new Peer("directory-job");
  const answer = await peer.ask<T>(job);
  await peer.stop();
  return answer;
}

async function writeSample(): Promise<void> {
  const out = createWriteStream(file);
  let block = "";
  for (const line of sampleExtraction({ lines: LINES })) {
    block += line;
    if (block.length < 1_000_000) continue;
    if (!out.write(block)) await once(out, "drain");
    block = "";
  }
  out.end(block);
  await once(out, "finish");
}

/** The lines as they are, in a table: what one would write in an afternoon. */
function fillTable(): void {
  const rows = openIndexWriter(table);
  rows.begin();
  rows.exec("CREATE TABLE line (text TEXT NOT NULL)");
  for (const row of sampleRows({ lines: LINES })) rows.run("INSERT INTO line VALUES (?)", [row.join("|")]);
  rows.commit();
  rows.close();
}

type Scan = (words: readonly string[]) => string[];

const byRipgrep: Scan = ([first = "", ...others]) => {
  const longest = [first, ...others].reduce((one, other) => (other.length > one.length ? other : one));
  try {
    const out = execFileSync("rg", ["-i", "-F", "-N", "--", longest, file], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return out.split("\n").filter((line) => [first, ...others].every((word) => line.toLowerCase().includes(word)));
  } catch {
    return [];
  }
};

const reading = () => {
  const opened = openIndexReader(table);
  if (!opened) throw new Error("the table was not made");
  return opened;
};

const scan = (name: string, search: Scan, searches: readonly Search[]) => {
  const times: number[] = [];
  let right = 0;
  for (const { text, target } of searches) {
    const since = performance.now();
    const lines = search(text.toLowerCase().split(/\s+/));
    times.push(performance.now() - since);
    const known = lines.slice(0, 3).map((line) => knownOf(line.split("|")));
    if (known.some((one) => (target.isPerson ? one.rpps === target.rpps : one.address === target.address))) right += 1;
  }
  return { name, times, right, of: searches.length };
};

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

try {
  printTitle(`(i) The directory: ${LINES} lines, ${SEARCHES} searches`);
  await writeSample();
  const searches = makeSearches(sampleRows({ lines: LINES }), SEARCHES);
  const imported = await ask<ImportResult>({ kind: "import", file, index });
  console.log(
    `import: ${fixed(imported.ms / 1000, 1)} s, peak ${megabytes(imported.peakBytes)} MB, ${imported.entries} entries`,
  );
  console.log(`text ${megabytes(statSync(file).size)} MB, index ${megabytes(statSync(index).size)} MB\n`);

  const ours = await ask<SearchResult>({ kind: "search", index, searches });
  const good = ours.found.filter(({ rank }) => rank >= 1 && rank <= 3).length;
  const first = ours.found.filter(({ rank }) => rank === 1).length;
  const slips = ours.found.filter((_, place) => searches[place]?.hasSlip);
  const goodSlips = slips.filter(({ rank }) => rank >= 1 && rank <= 3).length;
  const [wall, cpu] = [ours.found.map(({ ms }) => ms), ours.found.map(({ cpuMs }) => cpuMs)];
  console.log(
    `right person in the first three: ${good} of ${SEARCHES} (first: ${first}); with a slip: ${goodSlips} of ${slips.length}`,
  );
  console.log(
    `a new process: open ${fixed(ours.openMs, 1)} ms, first answer ${fixed(ours.firstMs, 1)} ms; peak ${megabytes(ours.peakBytes)} MB`,
  );
  printTable(
    ["ms", "p50", "p90", "p95", "p99", "max"],
    [
      ["ours, wall clock", ...[0.5, 0.9, 0.95, 0.99, 1].map((share) => fixed(at(wall, share), 1))],
      ["ours, CPU", ...[0.5, 0.9, 0.95, 0.99, 1].map((share) => fixed(at(cpu, share), 1))],
    ],
  );

  fillTable();
  const some = searches.filter((_, place) => place % Math.floor(SEARCHES / SCANS) === 0).slice(0, SCANS);
  const rows = reading();
  const like: Scan = (words) =>
    rows
      .all<{ text: string }>(
        `SELECT text FROM line WHERE ${words.map(() => "text LIKE ?").join(" AND ")} LIMIT 10`,
        words.map((word) => `%${word.replace(/[%_]/g, "")}%`),
      )
      .map(({ text }) => text);
  const scans = [scan("SQLite LIKE, each word", like, some), scan("ripgrep, the longest word", byRipgrep, some)];
  rows.close();
  const same = ours.found.filter((_, place) => some.includes(searches[place] as Search));
  const base = median(same.map(({ ms }) => ms));
  console.log("");
  printTable(
    [`${some.length} of the searches`, "median ms", "of ours", "right in the first three"],
    [
      ["ours", fixed(base, 2), "1.0", `${same.filter(({ rank }) => rank >= 1 && rank <= 3).length}`],
      ...scans.map(({ name, times, right }) => [
        name,
        fixed(median(times), 1),
        fixed(median(times) / base, 1),
        `${right}`,
      ]),
    ],
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
