import { cpSync, readdirSync } from "node:fs";
import { defineConfig } from "tsup";

/** The page of the mock is served as it is: its files go beside the bundle. */
function copyPage(): void {
  for (const name of readdirSync("src/console/page").filter((file) => /\.(html|css|js)$/.test(file)))
    cpSync(`src/console/page/${name}`, `dist/console-page/${name}`);
}

// Two passes: the three doors as ESM and CJS with their types, and the command as ESM alone (it is run, never imported).
export default defineConfig([
  {
    entry: { index: "src/index.ts", "mock/index": "src/mock/index.ts", "compliance/index": "src/compliance/index.ts" },
    format: ["esm", "cjs"],
    dts: true,
    clean: true,
    splitting: true,
    sourcemap: false,
    target: "node20",
    outDir: "dist",
    shims: true,
  },
  {
    entry: { "cli/main": "src/cli/main.ts", "prepare-thread": "src/wiring/prepare-thread.ts" },
    format: ["esm"],
    dts: false,
    splitting: true,
    sourcemap: false,
    target: "node20",
    outDir: "dist",
    banner: { js: "#!/usr/bin/env node" },
    onSuccess: async () => copyPage(),
  },
]);
