import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startMockMedimail } from "../../src/mock/index.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf } from "../tools/documents.js";

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

it("leaves no token on the disk, in databases, logs, output and the report of a crash (ECO.1.2.5 = SC.MSS/CONF.28)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "medimail-tokens-"));
  await using mock = await startMockMedimail({ psc: true });
  try {
    const { issuer, client, professional } = mock.psc;
    const config = {
      ...(await mock.config("martin.dupont@medecin.mssante.fr")),
      auth: { method: "pro-sante-connect", issuer, clientId: client.id, clientSecret: { env: "NONE" } },
      outbox: { store: "sqlite", path: join(folder, "outbox.db") },
      cache: { path: join(folder, "cache.db") },
    };
    const needs = {
      config,
      psc: { issuer, ...client, professional: professional.SubjectNameID },
      to: "claire.morel@medecin.mssante.fr",
      cda: Buffer.from(cdaOf()).toString("base64"),
    };
    const child = fork(await bundle(join(import.meta.dirname, "psc-worker.ts")), [JSON.stringify(needs)], {
      cwd: folder,
      silent: true,
      execArgv: ["--report-uncaught-exception", `--report-directory=${folder}`],
    });
    let told = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (told += chunk.toString("latin1")));
    const token = await new Promise<string>((resolve, reject) => {
      child.once("message", (message) => resolve(String(message)));
      child.once("exit", () => reject(new Error(`it ended before it was logged in: ${told.slice(-2_000)}`)));
    });
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(undefined)));
    expect([child.exitCode, token.length > 100]).toEqual([1, true]);
    const files = filesBelow(folder);
    // The outbox, the cache, and Node's report of the crash.
    for (const kind of [/outbox\.db$/, /cache\.db$/, /report\..*\.json$/])
      expect(files.join("\n")).toMatch(new RegExp(kind, "m"));
    // As it is, as XOAUTH2 has it, and as a text of two bytes a letter.
    const xoauth2 = Buffer.from(`user=martin.dupont@medecin.mssante.fr\x01auth=Bearer ${token}\x01\x01`).toString(
      "base64",
    );
    const forms = [Buffer.from(token), Buffer.from(xoauth2.slice(20, 120)), Buffer.from(token, "utf16le")];
    const seen = [...files.map((path) => [path, readFileSync(path)] as const), ["output", Buffer.from(told)] as const];
    expect(seen.filter(([, bytes]) => forms.some((form) => bytes.includes(form))).map(([path]) => path)).toEqual([]);
    expect(told).toContain("login_required");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
