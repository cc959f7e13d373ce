import { join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The files of the project that an entry brings at once, and all that it may bring later. */
async function filesOf(entry: string): Promise<{ atOnce: string[]; ever: string[] }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: join(root, ".tmp/lazy"),
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const outputs: Metafile["outputs"] = metafile.outputs;
  const first = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === entry) ?? "";
  const seen = new Set([first]);
  for (const file of seen)
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (kind === "import-statement" && path in outputs) seen.add(path);
  const inputs = (files: Iterable<string>): string[] =>
    [...files]
      .flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}))
      .map((file) => relative(root, join(root, file)));
  return { atOnce: inputs(seen), ever: inputs(Object.keys(outputs)) };
}

const isRendering = (file: string): boolean => file.startsWith("src/rendering/");

describe("what shows documents", () => {
  it.each(["src/index.ts", "src/cli/main.ts"])(
    "is not loaded with %s, only when a document is shown",
    async (entry) => {
      const { atOnce, ever } = await filesOf(entry);
      expect(ever).toContain("src/rendering/html/page.ts");
      expect(atOnce).toContain(entry);
      expect(atOnce.filter(isRendering)).toEqual([]);
    },
  );
});
