// (f) HTML of a CDA, against xsltproc with the least stylesheet that shows one (bench/cda.xsl): rounds interleaved, medians and ratios.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openXdm } from "../src/index.js";
import { renderHtml } from "../src/rendering/index.js";
import { narrative } from "../test/rendering/kit.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus/xdm");
const STYLESHEET = join(import.meta.dirname, "../../bench/cda.xsl");
const WARM_UPS = 5;
const ROUNDS = 9;
/** About 300 pages of paper. */
const ROWS = 12_000;

interface Sample {
  file: string;
  bytes: Uint8Array;
}

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));

function sampleOf(name: string, bytes: Uint8Array): Sample {
  const file = join(folder, `${name}.xml`);
  writeFileSync(file, bytes);
  return { file, bytes };
}

async function official(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const name of readdirSync(CORPUS).filter((each) => each.endsWith(".zip"))) {
    const { documents } = await openXdm(readFileSync(join(CORPUS, name)));
    for (const { content } of documents) if (content) samples.push(sampleOf(`${samples.length}`, content));
  }
  return samples;
}

function longTable(): Sample {
  const row = (at: number): string =>
    `<tr><td>Examen ${at}</td><td styleCode="Bold">${at % 97},${at % 10}</td><td>g/L</td><td>12 à 16</td><td>${at % 89},1</td><td>Automate ${at % 7}</td></tr>`;
  const rows = Array.from({ length: ROWS }, (_, at) => row(at)).join("");
  const head = ["Examen", "Résultat", "Unité", "Référence", "Antérieur", "Méthode"].map((text) => `<th>${text}</th>`);
  return sampleOf("table", narrative(`<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows}</tbody></table>`));
}

const timed = (run: () => void): number => {
  const from = performance.now();
  run();
  return performance.now() - from;
};

/** No output is kept by either: what it costs to write a file is neither's. */
const xsltproc = (files: readonly string[]): void => {
  execFileSync("xsltproc", ["--nonet", STYLESHEET, ...files], { stdio: ["ignore", "ignore", "inherit"] });
};

/** The highest resident size of a program, by the kernel's count, looked at while it runs; undefined where it ended before. */
async function peakOf(command: string, args: readonly string[]): Promise<number | undefined> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  let peak: number | undefined;
  const look = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      if (kilobytes !== undefined) peak = Number(kilobytes) * 1024;
    } catch {
      // It has ended.
    }
  }, 2);
  await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(look);
  return peak;
}

interface Work {
  name: string;
  samples: Sample[];
}

async function measure({ name, samples }: Work): Promise<string[]> {
  const ours: number[] = [];
  const each: number[] = [];
  const together: number[] = [];
  const files = samples.map(({ file }) => file);
  const render = (): void => {
    for (const { bytes } of samples) renderHtml(bytes);
  };
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const times = [
      timed(render),
      timed(() => {
        for (const file of files) xsltproc([file]);
      }),
      timed(() => xsltproc(files)),
    ];
    if (round >= 0)
      [ours, each, together].forEach((list, index) => {
        list.push((times[index] ?? 0) / samples.length);
      });
  }
  const [a, b, c] = [median(ours), median(each), median(together)];
  return [name, fixed(a, 2), fixed(b, 2), fixed(a / b, 2), fixed(c, 2), fixed(a / c, 2)];
}

try {
  const table = longTable();
  const works: Work[] = [
    ...(existsSync(CORPUS) ? [{ name: "44 official documents", samples: await official() }] : []),
    { name: `a table of ${ROWS} rows`, samples: [table] },
  ];
  printTitle("HTML of a CDA, ms a document");
  const rows: string[][] = [];
  for (const work of works) rows.push(await measure(work));
  printTable(["", "ours, warm", "xsltproc, a process each", "of it", "xsltproc, one process", "of it"], rows);

  const out = join(folder, "out.html");
  const job = join(import.meta.dirname, "html-job.mjs");
  const small = sampleOf("small", narrative("<paragraph>x</paragraph>"));
  const peaks: string[][] = [];
  for (const [name, { file, bytes }] of [
    ["a line", small],
    [`a table of ${ROWS} rows`, table],
  ] as const) {
    const shown = (peak: number | undefined): string => (peak === undefined ? "" : megabytes(peak));
    const mine = await peakOf(process.execPath, [job, file, out]);
    const theirs = await peakOf("xsltproc", ["--nonet", "--output", out, STYLESHEET, file]);
    peaks.push([name, megabytes(bytes.length), shown(mine), shown(theirs)]);
  }
  printTitle("Peak memory of a new process, MB");
  printTable(["", "document", "ours", "xsltproc"], peaks);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
