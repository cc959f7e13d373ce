import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, transform } from "esbuild";
import { defineConfig } from "tsup";

const doors = {
  index: "src/index.ts",
  "mock/index": "src/mock/index.ts",
  "compliance/index": "src/compliance/index.ts",
};
const shared = { splitting: true, sourcemap: false, target: "node20", outDir: "dist" } as const;

/**
 * Dependencies that are ES modules alone. In the CommonJS build they are part of the bundle: a `require` of their own (Jest's, on every Node) cannot load
 * them, and Node's own says so with a warning before 22.13.
 */
const ESM_ONLY = ["asn1js", "openid-client", "pkijs"];

/**
 * Where a constructor goes on after `super(…)` by a comma, as in jose, what makes CommonJS of our chunks (sucrase in tsup) writes the fields of the class in
 * between, which is no JavaScript: they are taken out before.
 */
const fieldsOfJose: Plugin = {
  name: "fields-of-jose",
  setup: (build) =>
    build.onLoad({ filter: /[\\/]node_modules[\\/]jose[\\/].*\.js$/ }, async ({ path }) => {
      const supported = { "class-field": false, "class-static-field": false };
      return { contents: (await transform(readFileSync(path, "utf8"), { supported })).code };
    }),
};

/** The page of the mock is served as it is: its files go beside the bundle. */
function copyPage(): void {
  for (const name of readdirSync("src/console/page").filter((file) => /\.(html|css|js)$/.test(file)))
    cpSync(`src/console/page/${name}`, `dist/console-page/${name}`);
}

/** What is bundled keeps its licence: of those packages, and of those that they bring. */
function writeLicences(): void {
  const texts = new Map<string, string>();
  const visit = (name: string, from: readonly string[]): void => {
    const folder = [...from, "."].map((at) => join(at, "node_modules", name)).find(existsSync);
    if (folder === undefined) throw new Error(`${name} is not installed`);
    const { version, dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    texts.set(`${name} ${version}`, readFileSync(join(folder, file), "utf8").trim());
    for (const each of Object.keys(dependencies)) visit(each, [folder, ...from]);
  };
  for (const name of ESM_ONLY) visit(name, []);
  const parts = [...texts].sort(([a], [b]) => a.localeCompare(b)).map(([name, text]) => `${name}\n\n${text}\n`);
  const head = "Packages that are part of the CommonJS build (*.cjs), each under its own licence.\n";
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", [head, ...parts].join(`\n${"-".repeat(80)}\n\n`));
}

// The three doors as ESM and as CommonJS, with their types, and the command as ESM alone (it is run, never imported).
export default defineConfig(({ dts }) => [
  ...(dts === false
    ? []
    : [{ ...shared, entry: doors, format: ["esm" as const, "cjs" as const], dts: { only: true } }]),
  { ...shared, entry: doors, format: "esm", clean: ["!**/*.d.{ts,cts,mts}"], shims: true },
  {
    ...shared,
    entry: doors,
    format: "cjs",
    shims: true,
    noExternal: ESM_ONLY,
    esbuildPlugins: [fieldsOfJose],
    onSuccess: async () => writeLicences(),
  },
  {
    ...shared,
    entry: { "cli/main": "src/cli/main.ts", "prepare-thread": "src/wiring/prepare-thread.ts" },
    format: "esm",
    banner: { js: "#!/usr/bin/env node" },
    onSuccess: async () => copyPage(),
  },
]);
