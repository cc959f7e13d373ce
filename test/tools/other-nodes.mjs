// `.ci/long nodes VERSION… [-- TEST…]`: installs each version of Node from the registry, walks through the packed package with it (walk-package.mjs), and
// runs the tests with it. A file that fails is run once more, alone: on a loaded machine a limit in seconds says nothing. Fails on what fails twice.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const work = join(root, ".tmp/nodes");
const line = process.argv.slice(2);
const at = line.includes("--") ? line.indexOf("--") : line.length;
const versions = line.slice(0, at);
const tests = line.slice(at + 1);
if (versions.length === 0) throw new Error("name the versions of Node: .ci/long nodes 22 24 26");

const quiet = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
const npm = (args, options = {}) => execFileSync("npm", args, { ...quiet, ...options });

mkdirSync(work, { recursive: true });
npm(["run", "--silent", "build"]);
const [packed] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", work]));
let failed = false;
for (const version of versions) {
  const env = { ...process.env, CI: "true", PATH: `${dirname(binary(version))}${delimiter}${process.env["PATH"]}` };
  const number = execFileSync(binary(version), ["--version"], { encoding: "utf8" }).trim();
  failed = !walked(version, env) || failed;
  if (tests[0] === "none") continue;
  const first = tested(version, env, tests);
  if (first.good) continue;
  const again = first.files.length === 0 ? first : tested(version, env, [...first.files, "--no-file-parallelism"]);
  for (const file of first.files)
    console.log(`${number}: ${file} failed${again.files.includes(file) ? " twice" : ", then passed alone"}`);
  if (first.files.length === 0) console.log(`${number}: an error that belongs to no test, see above`);
  failed ||= !again.good;
}
process.exitCode = failed ? 1 : 0;

/** The binary alone, as check-package.mjs does. */
function binary(version) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(work, version);
  const path = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(path))
    npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, `${name}@${version}`]);
  return path;
}

function walked(version, env) {
  const app = join(work, `app-${version}`);
  rmSync(app, { recursive: true, force: true });
  cpSync(join(root, "test/consumers"), app, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const asked = [
    "install",
    "--engine-strict",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    join(work, packed.filename),
  ];
  npm([...asked, ...(Number.parseInt(version, 10) < 24 ? ["tsx@4"] : [])], { cwd: app, env });
  const walk = join(root, "test/tools/walk-package.mjs");
  return spawnSync("node", [walk, app], { cwd: root, env, stdio: "inherit" }).status === 0;
}

/** Whether all passed (an error that no test caught fails the run too), and the files that did not. */
function tested(version, env, what) {
  const report = join(work, `${version}.json`);
  rmSync(report, { force: true });
  const { status: code } = spawnSync("node", [join(root, "node_modules/vitest/vitest.mjs"), "run", ...what], {
    cwd: root,
    env: { ...env, MEDIMAIL_TEST_REPORT: report },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const { testResults, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
  if (numPassedTests === 0) throw new Error(`no test ran on Node ${version}`);
  return { good: code === 0, files: testResults.filter(({ status }) => status !== "passed").map(({ name }) => name) };
}
