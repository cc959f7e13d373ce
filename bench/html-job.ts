// One rendering in a new process, for its peak memory: node html-job.mjs FILE
import { readFileSync, writeFileSync } from "node:fs";
import { renderHtml } from "../src/rendering/index.js";

const [file = "", out = ""] = process.argv.slice(2);
writeFileSync(out, renderHtml(readFileSync(file)).html);
