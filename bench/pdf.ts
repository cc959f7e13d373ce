// (g) PDF/A-1b of a CDA, against headless Chromium printing our HTML of it: a process each, as a script has it, and one browser kept open that
// prints page after page by its protocol, as a server would. Rounds interleaved, medians and ratios.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openXdm, renderHtml, renderPdf } from "../src/index.js";
import { biology } from "../test/rendering/samples.js";
import { OpenBrowser } from "./browser.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus/xdm");
const WARM_UPS = 2;
const ROUNDS = 5;
/** More than 300 pages. */
const ROWS = 13_000;
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"];

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));

interface Sample {
  cda: Uint8Array;
  page: string;
}

function sampleOf(name: string, cda: Uint8Array): Sample {
  const page = join(folder, `${name}.html`);
  writeFileSync(page, renderHtml(cda).html);
  return { cda, page };
}

/** Level 3 of the official documents: the others give back the file that they hold. */
async function official(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const name of readdirSync(CORPUS).filter((each) => each.endsWith(".zip"))) {
    const { documents } = await openXdm(readFileSync(join(CORPUS, name)));
    for (const { content } of documents)
      if (content && (await renderPdf(content)).origin === "made") samples.push(sampleOf(`${samples.length}`, content));
  }
  return samples;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

const printed = (page: string): void => {
  execFileSync("chromium", [...FLAGS, `--print-to-pdf=${join(folder, "out.pdf")}`, page], { stdio: "ignore" });
};

async function measure(name: string, samples: Sample[], browser: OpenBrowser, rounds: number): Promise<string[]> {
  const times: [number[], number[], number[]] = [[], [], []];
  for (let round = -WARM_UPS; round < rounds; round++) {
    const each = [
      await timed(async () => {
        for (const { cda } of samples) await renderPdf(cda);
      }),
      await timed(async () => {
        for (const { page } of samples) await browser.print(pathToFileURL(page).href);
      }),
      await timed(async () => {
        // A process takes long enough: one of ten documents.
        for (const { page } of samples.filter((_, index) => index % 10 === 0)) printed(page);
      }),
    ];
    if (round >= 0)
      for (const [index, list] of times.entries())
        list.push((each[index] as number) / (index === 2 ? Math.ceil(samples.length / 10) : samples.length));
  }
  const [ours, warm, cold] = times.map(median) as [number, number, number];
  return [name, fixed(ours, 1), fixed(warm, 1), fixed(warm / ours, 1), fixed(cold, 0), fixed(cold / ours, 1)];
}

/** The highest resident size of a process of ours that makes one PDF. */
async function peakOf(cda: Uint8Array): Promise<number | undefined> {
  const file = join(folder, "peak.xml");
  writeFileSync(file, cda);
  const child = spawn(process.execPath, [join(import.meta.dirname, "pdf-job.mjs"), file, join(folder, "peak.pdf")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  for await (const chunk of child.stdout) told += chunk;
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(told)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

const browser = await OpenBrowser.start(FLAGS);
try {
  printTitle("PDF of a CDA, ms a document");
  const rows: string[][] = [];
  if (existsSync(CORPUS)) rows.push(await measure("40 official documents", await official(), browser, ROUNDS));
  rows.push(await measure(`a table of ${ROWS} rows`, [sampleOf("table", biology(ROWS))], browser, 2));
  printTable(["", "ours, warm", "Chromium kept open", "of ours", "Chromium, a process each", "of ours"], rows);
  printTitle("Peak memory of a new process that makes one, MB");
  const peaks: string[][] = [];
  for (const count of [3, ROWS]) {
    const cda = biology(count);
    const peak = await peakOf(cda);
    peaks.push([`a table of ${count} rows`, megabytes(cda.length), peak === undefined ? "" : megabytes(peak)]);
  }
  printTable(["", "document", "ours"], peaks);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
