import { join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The files of the project and the packages that an entry brings at once, and all that it may bring later. */
async function loadedBy(entry: string): Promise<{ atOnce: string[]; ever: string[] }> {
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
    [...files].flatMap((file) => {
      const { inputs: own = {}, imports = [] } = outputs[file] ?? {};
      const packages = imports.filter(({ external, kind }) => external && kind === "import-statement");
      return [...Object.keys(own).map((path) => relative(root, join(root, path))), ...packages.map(({ path }) => path)];
    });
  return { atOnce: inputs(seen), ever: inputs(Object.keys(outputs)) };
}

const isRendering = (file: string): boolean => file.startsWith("src/rendering/");
/** What a PDF is made with; of the rest of the room, the package's own code, the door exports `renderHtml`. */
const isHeavy = (file: string): boolean => /^(pdfkit|fontkit|pngjs|omggif)$/.test(file);

describe("what shows documents", () => {
  it("brings nothing of PDF and images with the package, only when one is made", async () => {
    const { atOnce, ever } = await loadedBy("src/index.ts");
    expect(ever).toContain("src/rendering/pdf/render.ts");
    expect(atOnce).toContain("src/index.ts");
    expect(atOnce).toContain("saxes");
    expect(atOnce.filter(isHeavy)).toEqual([]);
  });

  it("brings nothing at all with the command, only when a document is shown", async () => {
    const { atOnce, ever } = await loadedBy("src/cli/main.ts");
    expect(ever).toContain("src/rendering/html/page.ts");
    expect(atOnce).toContain("src/cli/main.ts");
    expect(atOnce.filter((file) => isRendering(file) || isHeavy(file))).toEqual([]);
  });
});

describe("the login with Pro Santé Connect", () => {
  it.each(["src/index.ts", "src/mock/index.ts", "src/cli/main.ts"])(
    "brings its library only at the first login, to %s",
    async (entry) => {
      const { atOnce } = await loadedBy(entry);
      expect(atOnce).toContain(entry);
      expect(atOnce).not.toContain("openid-client");
    },
  );
});

describe("the command", () => {
  it.each(["onboarding", "directory", "validator", "compliance", "mock", "console", "sample"])(
    "brings the room %s only with a command that works in it",
    async (room) => {
      const { atOnce, ever } = await loadedBy("src/cli/main.ts");
      const inRoom = (file: string): boolean => file.startsWith(`src/${room}/`);
      expect(ever.some(inRoom)).toBe(true);
      expect(atOnce.filter(inRoom)).toEqual([]);
    },
  );
});
