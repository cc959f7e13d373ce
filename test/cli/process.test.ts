import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoLaboratoryReport } from "../../src/cli/demo/documents.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { packXdm } from "../../src/xdm/index.js";
import { AT, writeDocuments } from "./documents.js";
import { temporaryFolder } from "./harness.js";

/** The command as a process of its own: what only the entry and the streams of Node can show. */
const folder = temporaryFolder();
const files = writeDocuments(folder);
const root = fileURLToPath(new URL("../../", import.meta.url));
let bundle: string;
let entry: string;

beforeAll(async () => {
  // Inside of the project, so that the packages are found from there.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  bundle = mkdtempSync(join(root, "node_modules/.cache/medimail-cli-"));
  entry = join(bundle, "main.mjs");
  await build({
    entryPoints: [join(root, "src/cli/main.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: entry,
    logLevel: "error",
  });
  // The page of the mock stands beside the command, as in the package.
  cpSync(join(root, "src/console/page"), join(bundle, "console-page"), { recursive: true });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [entry, ...args],
      { maxBuffer: 64 * 1024 * 1024, timeout: 20_000, killSignal: "SIGKILL", env: { ...process.env, ...env } },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
}

function shell(script: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile("bash", ["-c", script, process.execPath, ...args], { timeout: 30_000 }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on("exit", (code) => resolve(code)));
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("ended without a line");
}

async function bigArchive(): Promise<string> {
  const path = join(folder, "big.zip");
  if (existsSync(path)) return path;
  const documents = Array.from({ length: 400 }, (_, index) => ({
    content: demoLaboratoryReport({ id: `2.25.${5000 + index}`, setId: `2.25.${9000 + index}` }, AT).cda,
  }));
  writeFileSync(path, (await packXdm({ documents, software: { name: "test", version: "1" } })).zip);
  return path;
}

describe("the process", () => {
  it("writes a large JSON whole into a pipe before it ends", async () => {
    const { code, out } = await run(["xdm", "inspect", await bigArchive(), "--json"]);
    expect(out.length).toBeGreaterThan(500_000);
    expect([code, (JSON.parse(out) as { documents: object[] }).documents.length]).toEqual([0, 400]);
  });

  it("ends quietly when its reader has gone (head -1)", async () => {
    const child = spawn(process.execPath, [entry, "xdm", "inspect", await bigArchive(), "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.once("data", () => child.stdout.destroy());
    expect([await ended(child), err]).toEqual([0, ""]);
  });

  it.runIf(existsSync("/dev/full"))("says that its output could not be written, and is not done then", async () => {
    const args = `"$0" "$1" xdm inspect "$2" --json >/dev/full; echo "$?"`;
    const { out, err } = await shell(args, entry, await bigArchive());
    expect([out, err]).toEqual(["1\n", expect.stringContaining("ENOSPC")]);
  });

  it.runIf(process.platform === "linux")("reads a pipe, when its writer comes a little later too", async () => {
    const args = `mkfifo "$3"; "$0" "$1" cda inspect "$3" --json & sleep 0.5; cat "$2" > "$3"; wait $!; "$0" "$1" cda inspect <(sleep 0.2; cat "$2") --json`;
    const { out } = await shell(args, entry, files.cda, join(folder, "fifo"));
    const { out: plain } = await run(["cda", "inspect", files.cda, "--json"]);
    expect(out).toBe(plain + plain);
  });

  it("mock ends with its first line that nobody reads (mock | head -1)", async () => {
    // A pipe as a shell makes it: Node would give its child a socket.
    const piped = '"$0" "$1" mock --json --no-console --dir "$2" | head -1; echo "$PIPESTATUS"';
    const dir = join(folder, "mock-head");
    const child = spawn("bash", ["-c", piped, process.execPath, entry, dir], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { smtp } = JSON.parse((await lines.next()).value) as { smtp: { host: string; port: number } };
    const client = connect(smtp.port, smtp.host).on("error", () => {});
    expect((await lines.next()).value).toBe("0");
    client.destroy();
  });

  it("has the exit code and the error of CLI.md for a wrong line", async () => {
    const { code, out, err } = await run(["sned", "--json", "--lang", "en"]);
    expect([code, JSON.parse(out)]).toMatchObject([
      2,
      { error: { code: "usage_invalid", hint: 'did you mean "medimail send"?' } },
    ]);
    expect(err).toContain("Error:");
  });

  it("mock: first line ready, one line per observation, 0 on SIGTERM, nothing left running", async () => {
    const child = spawn(process.execPath, [entry, "mock", "--dir", join(folder, "mock"), "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ready = JSON.parse(await firstLine(child)) as { event: string; configs: Record<string, string>; ca: string };
    expect(ready.event).toBe("ready");
    expect(readFileSync(ready.ca, "utf8")).toContain("BEGIN CERTIFICATE");
    const config = ready.configs["labo@ch-exemple.mssante.fr"] ?? "";
    const sent = await run([
      "send",
      "--config",
      config,
      "--json",
      "--cda",
      files.cda,
      "--pdf",
      files.pdf,
      "--to",
      "martin.dupont@medecin.mssante.fr",
      "--wait",
      "delivered",
    ]);
    expect([
      sent.code,
      sent.out
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { event: string }).event),
    ]).toEqual([0, ["queued", "accepted", "delivered"]]);
    const code = ended(child);
    child.kill("SIGTERM");
    expect(await code).toBe(0);
  });

  // Node's recursive mkdir never ends where a folder that exists answers ENOENT: only a process of its own can show it.
  it.runIf(existsSync("/proc/self"))("ends where the system makes no folder", { timeout: 60_000 }, async () => {
    const mock = await run(["mock", "--dir", "/proc/medimail/mock", "--json"]);
    expect([mock.code, JSON.parse(mock.out || "{}")]).toMatchObject([3, { error: { code: "mock_failed" } }]);
    const extract = await run(["xdm", "extract", await bigArchive(), "--out", "/proc/medimail", "--json"]);
    expect([extract.code, JSON.parse(extract.out || "{}")]).toMatchObject([2, { error: { code: "file_not_found" } }]);
  });

  it("send is interrupted by SIGINT with 130", async () => {
    await using mock = await startMockMedimail({ dir: join(folder, "interrupted") });
    const paths = (await mock.ready()).configs;
    const unreachable = { host: "127.0.0.1", port: 9 };
    const base = JSON.parse(readFileSync(paths["labo@ch-exemple.mssante.fr"] ?? "", "utf8")) as object;
    const config = join(folder, "interrupted", "unreachable.json");
    writeFileSync(config, JSON.stringify({ ...base, operator: { smtp: unreachable, imap: unreachable } }));
    const child = spawn(
      process.execPath,
      [
        entry,
        "send",
        "--config",
        config,
        "--json",
        "--cda",
        files.cda,
        "--pdf",
        files.pdf,
        "--to",
        "martin.dupont@medecin.mssante.fr",
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const code = ended(child);
    expect(JSON.parse(await firstLine(child))).toMatchObject({ event: "queued" });
    child.kill("SIGINT");
    expect(await code).toBe(130);
  });
});

describe("demo", () => {
  it("sends, and reports every state of a professional and the patient, and leaves nothing behind", async () => {
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    const { code, out } = await run(["demo", "--json"], { TMPDIR: temporary });
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; recipient?: string });
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({
      event: "done",
      ok: true,
      recipients: [
        { kind: "professional", state: "integrated" },
        { kind: "patient", state: "read" },
      ],
    });
    const states = (at: string) => lines.filter(({ recipient }) => recipient?.endsWith(at)).map(({ event }) => event);
    expect(states("@medecin.mssante.fr")).toEqual(["queued", "accepted", "delivered", "read", "integrated"]);
    expect(states("@patient.mssante.fr")).toEqual(["queued", "accepted", "delivered", "read"]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("tells a person the same in French, or in English when asked", async () => {
    const [french, english] = await Promise.all([run(["demo"]), run(["demo", "--lang", "en"])]);
    expect(french.out).toMatch(/intégré dans le logiciel du destinataire — le médecin/);
    expect(english.out).toMatch(/integrated by the software — the physician/);
    expect(french.out).not.toContain("\u001b[");
  });
});
