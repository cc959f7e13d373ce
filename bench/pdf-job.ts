// One PDF in a new process, for its peak memory: node pdf-job.mjs FILE OUT
import { readFileSync, writeFileSync } from "node:fs";
import { renderPdf } from "../src/index.js";

const [file = "", out = ""] = process.argv.slice(2);
writeFileSync(out, (await renderPdf(readFileSync(file))).pdf);
process.stdout.write(readFileSync("/proc/self/status", "utf8"));
