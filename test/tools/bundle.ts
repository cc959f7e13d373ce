import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

/** A TypeScript file of the project as a module that node runs; dependencies are found in the project's node_modules. For child processes of tests. */
export async function bundle(
  entry: string,
  { format = "esm", define = {} }: { format?: "esm" | "cjs"; define?: Record<string, string> } = {},
): Promise<string> {
  const folder = join(root, ".tmp", "bundles");
  mkdirSync(folder, { recursive: true });
  const outfile = join(
    folder,
    `${createHash("sha1").update(entry).digest("hex").slice(0, 8)}-${process.pid}.${format === "esm" ? "mjs" : "cjs"}`,
  );
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    define,
    packages: "external",
    logLevel: "error",
    logOverride: { "empty-import-meta": "silent" },
    ...(format === "esm"
      ? {
          banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
        }
      : {}),
    alias: {
      "medimail-connector/mock": join(root, "src/mock/index.ts"),
      "medimail-connector": join(root, "src/index.ts"),
    },
  });
  return outfile;
}
