// Writes docs/mock-openapi.json, the OpenAPI document of the mock's control API, from the table of its operations. test/mock/control.test.ts
// fails when it is stale.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const outfile = join(root, ".tmp/openapi.mjs");
await build({
  entryPoints: [join(root, "src/mock/control/openapi.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "error",
});
const { openApiDocument } = await import(outfile);
writeFileSync(join(root, "docs/mock-openapi.json"), `${JSON.stringify(openApiDocument(), undefined, 2)}\n`);
