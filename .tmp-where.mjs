import { buildSync } from "esbuild";
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
const b = buildSync({ entryPoints: ["src/compliance/index.ts"], bundle: true, write: false, format: "esm", platform: "node" });
const { REQUIREMENTS, COVERAGE } = await import(`data:text/javascript;base64,${Buffer.from(b.outputFiles[0].contents).toString("base64")}`);
const files = execSync("find src test -name '*.ts' -not -path '*/compliance/*' -not -path 'src/cli/text/*'", { encoding: "utf8" }).trim().split("\n").map((f) => [f, readFileSync(f, "utf8")]);
function rfc(code) { return [...code.matchAll(/(\d{4})(?:–(\d{4}))?/g)].flatMap(([, a, z = a]) => Array.from({ length: z - a + 1 }, (_, i) => Number(a) + i)); }
function spell({ id, codes }) { const all = [id, ...codes]; for (const c of codes) { if (c.startsWith("RFC ")) all.push(...rfc(c).map((n) => `RFC ${n}`)); } return [...new Set(all)]; }
for (const row of REQUIREMENTS) {
  const c = COVERAGE[row.id];
  if (!["met", "partly"].includes(c.status) && process.argv[2] !== "all") continue;
  const re = spell(row).map((s) => new RegExp(`(?<![\\w.-])${s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w]|[.-][\\w]| \\(b\\))`));
  const hit = files.filter(([, t]) => re.some((r) => r.test(t))).map(([f]) => f);
  console.log(c.status.padEnd(7), row.id.padEnd(18), "SRC", hit.filter((f) => f.startsWith("src") && !f.includes("/mock/") && !f.includes("/cli/")).join(" ") || "-", "| TEST", hit.filter((f) => f.startsWith("test")).join(" ") || "-");
}
