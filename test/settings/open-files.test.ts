import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { openSecretFiles, resolvePaths } from "../../src/settings/index.js";
import { validConfig } from "../config/valid.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-open-"));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, mode: number): string {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), "x");
  chmodSync(join(folder, name), mode);
  return name;
}

const warned = (change: object): string[] =>
  openSecretFiles(resolvePaths(parseConfig({ ...validConfig(), ...change }), folder)).map(
    ({ code, path }) => `${code} ${path}`,
  );
const auth = (p12: string, passphrase: string) => ({
  auth: { method: "certificate", p12, passphrase: { file: passphrase } },
});

it.skipIf(process.platform === "win32")(
  "keys and secrets that every account can read or change are told, as ssh does",
  () => {
    expect(warned(auth(file("a.p12", 0o644), file("a.txt", 0o602)))).toEqual([
      "secret_file_open auth.p12",
      "secret_file_open auth.passphrase",
    ]);
    expect(warned(auth(file("b.p12", 0o640), file("b.txt", 0o600)))).toEqual([]);
    expect(warned(auth("absent.p12", "absent.txt"))).toEqual([]);
  },
);

it.skipIf(process.platform === "win32")("a folder that its owner alone may enter keeps what is in it", () => {
  const inside = auth(file("closed/a.p12", 0o644), file("closed/a.txt", 0o644));
  expect(warned(inside)).toHaveLength(2);
  chmodSync(join(folder, "closed"), 0o700);
  expect(warned(inside)).toEqual([]);
});

it.skipIf(process.platform === "win32")("nothing is said where the operator is on this machine", () => {
  const here = { imap: { host: "localhost" }, smtp: { host: "127.0.0.1" } };
  expect(warned({ operator: here, ...auth(file("c.p12", 0o644), file("c.txt", 0o644)) })).toEqual([]);
});
