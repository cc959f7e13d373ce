// `.ci/long soak [MINUTES]`: builds and packs the package, installs it in an empty folder as a publisher does, and runs the soak there.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const shared = join(root, "../shared");
const missing = [
  "/usr/sbin/dovecot",
  "/usr/sbin/postfix",
  "/usr/bin/python3",
  join(shared, "mail-servers/start"),
].filter((path) => !existsSync(path));
if (missing.length > 0 || process.getuid?.() !== 0) throw new Error(`the soak needs root and ${missing.join(", ")}`);

const npm = (args, cwd) => execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const app = mkdtempSync(join(tmpdir(), "medimail-soak-"));
// Postfix and Dovecot work in it by users of their own.
chmodSync(app, 0o755);
npm(["run", "--silent", "build"], root);
const [packed] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", app], root));
writeFileSync(join(app, "package.json"), JSON.stringify({ name: "soak", private: true, type: "module" }));
npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", join(app, packed.filename)], app);
for (const file of readdirSync(here)) copyFileSync(join(here, file), join(app, file));
console.log(`in ${app}; every note and row in run/notes.jsonl`);
const { status } = spawnSync("node", [join(app, "soak.mjs"), app, "28000", process.argv[2] ?? "60", shared], {
  cwd: app,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
