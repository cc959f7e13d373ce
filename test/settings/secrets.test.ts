import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { resolveSecret } from "../../src/settings/index.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const what = "auth.passphrase";
const node = (script: string) => ({ command: [process.execPath, "-e", script] });
const unavailable = expect.objectContaining({ code: "secret_unavailable", path: what });

describe("resolveSecret", () => {
  it("reads the environment", async () => {
    expect(await resolveSecret({ env: "P12" }, { what, env: { P12: "s3cret" } })).toBe("s3cret");
  });

  it("refuses a variable that is not set, naming it", async () => {
    await expect(resolveSecret({ env: "P12" }, { what, env: {} })).rejects.toThrowError(
      /auth\.passphrase: the environment variable P12 is not set/,
    );
  });

  it("drops one line end of a file, and nothing else", async () => {
    const path = join(folder, "secret.txt");
    writeFileSync(path, " s3cret \r\n");
    expect(await resolveSecret({ file: path }, { what })).toBe(" s3cret ");
  });

  it("says file_not_found for a file that is not there", async () => {
    await expect(resolveSecret({ file: join(folder, "none") }, { what })).rejects.toThrowError(
      expect.objectContaining({ code: "file_not_found" }),
    );
  });

  it("takes what a program prints, without a shell", async () => {
    const script = "console.log(process.argv[1])";
    expect(await resolveSecret({ command: [process.execPath, "-e", script, "$HOME;x"] }, { what })).toBe("$HOME;x");
  });

  it("never tells what a failing program wrote", async () => {
    const failing = resolveSecret(node("console.log('canary-1'); console.error('canary-2'); process.exit(3)"), {
      what,
    });
    await expect(failing).rejects.toThrowError(unavailable);
    const error = await failing.catch((caught: unknown) => caught);
    expect(`${(error as Error).message}${JSON.stringify(error)}${String((error as Error).cause)}`).not.toContain(
      "canary",
    );
    expect((error as Error).message).toContain("exit code 3");
  });

  it("refuses a program that prints nothing, is not there, or takes too long", async () => {
    await expect(resolveSecret(node(""), { what })).rejects.toThrowError(/printed nothing/);
    await expect(resolveSecret({ command: ["medimail-no-such-program"] }, { what })).rejects.toThrowError(
      /was not found/,
    );
    await expect(resolveSecret(node("setInterval(() => {}, 1000)"), { what, timeoutMs: 200 })).rejects.toThrowError(
      /took too long/,
    );
  });

  it("stops a program when the signal is aborted", async () => {
    const signal = AbortSignal.timeout(100);
    await expect(resolveSecret(node("setInterval(() => {}, 1000)"), { what, signal })).rejects.toThrowError(
      expect.objectContaining({ code: "aborted" }),
    );
  });
});
