// Walks through the installed package with the Node that runs this, in a folder where it is installed: both doors, then the command, from the demo to the
// mailbox, the outbox and the certificate, and the examples. Fails on a wrong exit code, and on a warning of Node's among what is printed, of what shall be
// deprecated too.
import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const app = resolve(process.argv[2] ?? ".");
const main = join(app, "node_modules/medimail-connector/dist/cli/main.js");
const mockDoor = createRequire(join(app, "package.json")).resolve("medimail-connector/mock");
const { demoHeader, demoLaboratoryReport, demoReport } = await import(pathToFileURL(mockDoor).href);
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const LABORATORY = "labo@ch-exemple.mssante.fr";

/** What Node itself prints: `(node:123) [DEP0040] DeprecationWarning: …`. */
const NOISE = /^.*(\(node:\d+\)|\[DEP\d+\]|ExperimentalWarning|DeprecationWarning|SecurityWarning).*$/m;

process.env["NODE_OPTIONS"] = `${process.env["NODE_OPTIONS"] ?? ""} --pending-deprecation`;
const work = mkdtempSync(join(tmpdir(), "medimail-walk-"));
const at = (name) => join(work, name);
let steps = 0;

/** Runs Node with `args`, and gives stdout. */
function node(args, expected = 0, cwd = app) {
  return new Promise((done, reject) => {
    const options = { cwd, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, args, options, (error, out, err) => {
      const code = error ? error.code : 0;
      const noise = NOISE.exec(err) ?? NOISE.exec(out);
      const line = args.map((arg) => arg.replace(main, "medimail")).join(" ");
      steps += 1;
      if (noise) reject(new Error(`${line}\n  Node warned: ${noise[0]}`));
      else if (code !== expected) reject(new Error(`${line}\n  exit ${code}, not ${expected}\n${out}${err}`));
      else done(out);
    });
  });
}
const medimail = (...args) => node([main, ...args, "--lang", "en"]);
const json = async (...args) => JSON.parse(await medimail(...args, "--json"));
const lines = async (...args) =>
  (await medimail(...args, "--json"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function expect(what, value) {
  if (!value) throw new Error(`${what}: not so`);
}

try {
  await doors();
  await documents();
  await withMock(async (ready) => {
    const laboratory = ["--config", ready.configs[LABORATORY]];
    const doctor = ["--config", ready.configs[DOCTOR]];
    await doctored(laboratory, doctor);
    await permitted(laboratory);
    await sent(laboratory);
    await read(doctor);
    await looked(ready, laboratory);
  });
  await papers();
  await examples();
  console.log(`${process.version}: ${steps} runs of the package, no warning`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function doors() {
  for (const file of ["cjs/index.cjs", "mjs/index.mjs"]) if (existsSync(join(app, file))) await node([file]);
  const said = await lines("demo");
  expect("the demo", said.at(-1).ok === true);
}

/** Mode 1's files: CDA, archive, the page and the PDF that a person reads. */
async function documents() {
  const laboratory = demoLaboratoryReport({ id: "2.25.1001", setId: "2.25.1000" }, "20260131083000+0100");
  const letter = demoReport();
  writeFileSync(at("bio.xml"), laboratory.cda);
  writeFileSync(at("bio.pdf"), laboratory.pdf);
  writeFileSync(at("letter.pdf"), letter.pdf);
  const header = demoHeader(letter.code, letter.title, "2.25.4000", "20260131083000+0100");
  writeFileSync(at("header.json"), JSON.stringify(header));
  await medimail("cda", "wrap", "--pdf", at("letter.pdf"), "--header", at("header.json"), "--out", at("letter.xml"));
  expect("level 1", (await json("cda", "inspect", at("letter.xml"))).body.level === "N1");
  await medimail("cda", "render", at("bio.xml"), "--html", at("bio.html"), "--pdf", at("read.pdf"));
  expect("a PDF", readFileSync(at("read.pdf")).subarray(0, 5).toString() === "%PDF-");
  await medimail("xdm", "pack", "--cda", at("bio.xml"), "--out", at("bio.zip"));
  expect("the hash", (await json("xdm", "inspect", at("bio.zip"))).documents[0].integrity.hash === "ok");
  await medimail("xdm", "extract", at("bio.zip"), "--out", at("extracted"));
  expect("files", readdirSync(at("extracted")).length > 0);
}

async function withMock(body) {
  const mock = spawn(process.execPath, [main, "mock", "--json", "--dir", at("mock")], {
    cwd: app,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  mock.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const over = new Promise((resolve) => mock.once("exit", resolve));
  try {
    const output = createInterface({ input: mock.stdout });
    const [first] = await Promise.race([
      new Promise((resolve) => output.once("line", (line) => resolve([line]))),
      over.then((code) => Promise.reject(new Error(`medimail mock ended with ${code}\n${said}`))),
    ]);
    await body(JSON.parse(first));
  } finally {
    mock.kill("SIGTERM");
  }
  expect("the mock ends with 0", (await over) === 0);
  const noise = NOISE.exec(said);
  if (noise) throw new Error(`medimail mock\n  Node warned: ${noise[0]}`);
}

/** The application's mailbox opens with its certificate (p12), the person's with a token. */
async function doctored(laboratory, doctor) {
  await json("doctor", ...laboratory);
  await json("doctor", ...doctor);
}

/** Under Node's permission model. Where that has the network too (Node 26), its flag is named. */
async function permitted(laboratory) {
  const has = (flag) => process.allowedNodeEnvironmentFlags.has(flag);
  const model = has("--permission") ? "--permission" : "--experimental-permission";
  const rights = ["--no-warnings", model, "--allow-addons", "--allow-fs-read=*", `--allow-fs-write=${join(work, "*")}`];
  const doctor = [main, "doctor", ...laboratory, "--lang", "en"];
  if (!has("--allow-net")) return await node([...rights, ...doctor]);
  await node([...rights, "--allow-net", ...doctor]);
  const refused = await node([...rights, ...doctor], 1);
  expect("the flag is named", refused.includes("--allow-net"));
}

async function sent(config) {
  const bio = ["--cda", at("bio.xml"), "--pdf", at("bio.pdf")];
  const events = await lines(
    "send",
    ...config,
    ...bio,
    "--to",
    DOCTOR,
    "--patient",
    "--request-read",
    "--wait",
    "delivered",
  );
  expect("delivered twice", events.filter(({ event }) => event === "delivered").length === 2);
  await lines("send", ...config, "--cda", at("letter.xml"), "--to", DOCTOR, "--wait", "no");
  const { submission } = (await json("outbox", "list", ...config)).find(({ state }) => state === "queued");
  await json("outbox", "show", submission, ...config);
  await delivered(config, submission);
  await json("outbox", "stats", ...config);
  await lines("traces", "export", ...config);
}

/** `outbox run` until it has sent what waits, then SIGTERM. */
async function delivered(config, submission) {
  const worker = spawn(process.execPath, [main, "outbox", "run", ...config, "--json"], {
    cwd: app,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  worker.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const over = new Promise((resolve) => worker.once("exit", resolve));
  for await (const line of createInterface({ input: worker.stdout })) {
    const event = JSON.parse(line);
    if (event.submission === submission && event.event === "accepted") break;
  }
  worker.kill("SIGTERM");
  expect(`outbox run ends with 0\n${said}`, (await over) === 0);
  const noise = NOISE.exec(said);
  if (noise) throw new Error(`medimail outbox run\n  Node warned: ${noise[0]}`);
}

/** Mode 2: the professional reads, files and answers. */
async function read(config) {
  await json("mailbox", "folders", ...config);
  const mails = await lines("mailbox", "list", ...config, "--open");
  const { uid } = mails.findLast(({ hasXdm }) => hasXdm);
  await json("mailbox", "show", `${uid}`, ...config);
  await medimail("mailbox", "save", `${uid}`, "--open", "--out", at("saved"), ...config);
  expect("saved", readdirSync(at("saved")).length > 0);
  expect("found", (await lines("mailbox", "search", "--from", "labo", ...config)).length > 0);
  await json("mailbox", "flag", `${uid}`, "--seen", ...config);
  writeFileSync(at("answer.txt"), "Merci.");
  await medimail("mailbox", "reply", `${uid}`, "--body", at("answer.txt"), "--actor", "899700000001", ...config);
  await medimail("mailbox", "receipt", `${uid}`, "--processed", ...config);
  await medimail("mailbox", "delete", `${uid}`, "--actor", "899700000001", ...config);
}

/** What goes by HTTP, DNS and certificates. */
async function looked(ready, laboratory) {
  // 1: the mock's certificates name no revocation list.
  await node([main, "trust", "certificate", ready.mailboxes[0].auth.pem, "--ca", ready.ca], 1);
  const list = ["--file", at("list.xml"), "--url", ready.whiteList.url, "--ca", ready.ca];
  await medimail("trust", "whitelist", "update", ...list);
  await lines("directory", "search", "morel", "--source", "fhir", ...laboratory);
}

/** The files of a connection: accounts, plan, checklist; the public extraction, which fills an index. */
async function papers() {
  await medimail("onboarding", "plan", "--structure", "hospital", "--solution", "connector", "--start", "2027-01-04");
  await json("checklist", "--profile", "lis");
  await medimail("directory", "sample", "--lines", "2000", "--out", at("people.txt"));
  await medimail("directory", "import", at("people.txt"), "--index", at("people.db"));
  await lines("directory", "search", "martin", "--index", at("people.db"), "--limit", "3");
}

/** Every example as README says: copied to a project that `npm init` made, by Node itself, or by tsx where Node strips no types or knows no `await using`. */
async function examples() {
  const tsx = join(app, "node_modules/tsx/dist/cli.mjs");
  const old = Number.parseInt(process.versions.node, 10) < 24;
  if (old && !existsSync(tsx)) return console.log(`${process.version}: no tsx, no examples`);
  writeFileSync(at("package.json"), JSON.stringify({ type: "commonjs" }));
  symlinkSync(join(app, "node_modules"), at("node_modules"), "junction");
  cpSync(join(app, "node_modules/medimail-connector/examples"), at("examples"), { recursive: true });
  const run = (name) => [...(old ? [tsx] : []), at(`examples/${name}.mts`)];
  // Those that need somebody: a browser, and `medimail validate`.
  const led = ["login-in-a-web-program", "validate-our-connector"];
  const alone = readdirSync(at("examples"))
    .filter((name) => name.endsWith(".mts"))
    .map((name) => name.slice(0, -".mts".length))
    .filter((name) => name !== "report" && !led.includes(name));
  expect("examples", alone.length >= 7);
  for (const name of alone) expect(name, (await node(run(name), 0, work)).includes("\n"));
  const driver = ["--", process.execPath, ...run("validate-our-connector")];
  await medimail(
    "validate",
    "--profile",
    "sending",
    "--scenario",
    "envoi-niveau-1",
    "--out",
    at("validated"),
    ...driver,
  );
}
