// node bench/run.mjs [a|b|c|d|e|f|g|h|i|j]... : bundles the bench with esbuild and runs it; without a letter, all of them.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const outdir = join(root, ".tmp", "bench");
const BENCHES = {
  a: "sending",
  b: "corpus",
  c: "memory",
  d: "mailbox",
  e: "watching",
  f: "html",
  g: "pdf",
  h: "trust",
  i: "directory",
  j: "judging",
};

const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const unknown = asked.filter((word) => !(word in BENCHES));
if (unknown.length > 0) {
  console.error(`usage: node bench/run.mjs [a|b|c|d|e|f|g|h|i|j]... (not ${unknown.join(", ")})`);
  process.exit(2);
}

mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: [
    ...[
      "sending",
      "sink",
      "contender",
      "corpus",
      "memory",
      "memory-job",
      "mailbox",
      "mailbox-job",
      "watching",
      "watching-job",
      "html",
      "html-job",
      "pdf",
      "pdf-job",
      "trust",
      "directory",
      "directory-job",
      "judging",
      "judging-job",
    ].map((name) => join(root, "bench", `${name}.ts`)),
    join(root, "src/wiring/prepare-thread.ts"),
  ],
  entryNames: "[name]",
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "error",
  banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
});

for (const letter of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(outdir, `${BENCHES[letter]}.mjs`), ...options], { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) process.exit(code ?? 1);
}
