// The deposit server by SFTP, against a server in this process: host key, account, cut transfers.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDirectoryIndex, type SftpOptions, sftpDeposit, updateRegional } from "../../../src/directory/index.js";
import { createDialer } from "../../../src/net/index.js";
import { all, closeAll, closing, errorOf } from "../kit.js";
import { sftpServer, type TestSftp } from "./sftp-server.js";

let server: TestSftp;
let dir: string;
let index: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "medimail-sftp-test-"));
  index = join(dir, "regional.db");
  server = await sftpServer();
  server.files.set("sous-dossier.csv", {
    content: Buffer.alloc(0),
    modifiedAt: Date.parse("2026-11-30"),
    isFolder: true,
  });
  put("annuaire.csv", 300, "2026-11-27");
});
afterEach(async () => {
  await closeAll();
  rmSync(dir, { recursive: true, force: true });
});

function put(name: string, lines: number, at: string): void {
  const rows = Array.from({ length: lines }, (_, i) => `NOM${i};Zoé;p${i}@region.mssante.fr;${"x".repeat(300)}`);
  server.files.set(name, {
    content: Buffer.from(`Nom;Prénom;Adresse;Notes\n${rows.join("\n")}\n`),
    modifiedAt: Date.parse(at),
  });
}
const update = (changes: Partial<SftpOptions> = {}, signal?: AbortSignal) =>
  updateRegional({
    deposit: closing(
      sftpDeposit({
        host: "127.0.0.1",
        port: server.port,
        username: "labo",
        password: async () => "s3cret",
        hostKeys: [server.fingerprint],
        dialer: createDialer(),
        timeoutMs: 5_000,
        ...changes,
      }),
    ),
    profile: { columns: { family: "nom", given: "prenom", address: "adresse" } },
    index,
    ...(signal ? { signal } : {}),
  });
async function inUse(): Promise<number> {
  const directory = openDirectoryIndex({ index });
  const { entries } = directory.info();
  expect(await all(directory.search({ text: "nom7" }))).not.toHaveLength(0);
  await directory.close();
  return entries;
}
const leftOvers = () => readdirSync(tmpdir()).filter((name) => /^medimail-regional-[^t]/.test(name));

describe("SFTP", () => {
  it("gives the newest file, which is read whole", async () => {
    put("annuaire-2.csv", 400, "2026-11-28");
    expect(await update()).toMatchObject({ changed: true, file: "annuaire-2.csv", report: { entries: 400 } });
    expect(await inUse()).toBe(400);
    expect(await update()).toMatchObject({ changed: false });
  });

  it("with an unknown host key is left before the password is shown", async () => {
    const error = await errorOf(update({ hostKeys: [`SHA256:${"A".repeat(43)}`] }));
    expect([error.code, error.path]).toEqual(["certificate_invalid", "directory.regional.sftp.hostKeys"]);
    expect([server.logins, server.passwords]).toEqual([0, []]);
  });

  it("with a wrong password is refused, and the password is not shown", async () => {
    const error = await errorOf(update({ password: async () => "wr0ng-s3cret" }));
    expect(error.code).toBe("auth_refused");
    expect(`${JSON.stringify(error)} ${error.stack}`).not.toContain("wr0ng");
  });

  it("that is cut in the middle leaves the last good file in use, and nothing behind", async () => {
    await update();
    put("annuaire.csv", 3_000, "2026-11-28");
    server.cutAfterReads = 3;
    const before = leftOvers();
    const error = await errorOf(update());
    expect([error.code, error.retryable]).toEqual(["directory_unavailable", true]);
    expect(await inUse()).toBe(300);
    expect(leftOvers()).toEqual(before);
    server.cutAfterReads = Number.POSITIVE_INFINITY;
    await update();
    expect(await inUse()).toBe(3_000);
  });

  it("that falls silent in the middle is left in time", async () => {
    await update();
    put("annuaire.csv", 3_000, "2026-11-28");
    server.silent = true;
    expect((await errorOf(update({ timeoutMs: 300 }))).code).toBe("directory_unavailable");
    expect(await inUse()).toBe(300);
  });

  it("with a file that is still being put there is left for later", async () => {
    await update();
    put("annuaire.csv", 3_000, "2026-11-28");
    let lists = 0;
    server.onList = () => {
      lists += 1;
      // By the second list it has grown.
      if (lists === 2) put("annuaire.csv", 3_100, "2026-11-28");
    };
    expect((await errorOf(update())).code).toBe("directory_unavailable");
    expect(await inUse()).toBe(300);
  });

  it("is given up with the caller's signal", async () => {
    server.silent = true;
    const ended = new AbortController();
    const work = errorOf(update({}, ended.signal));
    setTimeout(() => ended.abort(), 300);
    expect((await work).code).toBe("aborted");
  });

  it("that nobody answers at is unavailable", async () => {
    const error = await errorOf(update({ port: 1 }));
    expect([error.code, error.retryable]).toEqual(["connection_refused", true]);
  });
});
