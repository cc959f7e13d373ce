import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfigFile, parseJsonc } from "../../src/settings/index.js";
import { validConfig } from "../config/valid.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("loadConfigFile", () => {
  it.each([undefined, ""])(
    "says that it is given no path (%j): a variable of the environment may not be set",
    (path) => {
      expect(() => loadConfigFile(path as string)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    },
  );

  it("makes every path absolute against the file's folder", () => {
    const config = loadConfigFile(
      file(
        "paths.json",
        JSON.stringify({
          ...validConfig(),
          tls: { ca: ["pki/ca.pem"], revocation: "off" },
          auth: { method: "certificate", p12: "client.p12", passphrase: { file: "pass.txt" } },
          cache: { path: "cache.db" },
        }),
      ),
    );
    expect(config).toMatchObject({
      tls: { ca: [join(folder, "pki/ca.pem")] },
      auth: { p12: join(folder, "client.p12"), passphrase: { file: join(folder, "pass.txt") } },
      outbox: { path: join(folder, "medimail-outbox.db") },
      cache: { path: join(folder, "cache.db") },
      trust: { whiteList: "off" },
    });
  });

  it("resolves a program of a secret only where it is named with a folder", () => {
    const load = (command: string[]) =>
      loadConfigFile(
        file("command.json", JSON.stringify({ ...validConfig(), auth: { method: "token", token: { command } } })),
      ).auth;
    expect(load(["./token.sh", "x"])).toMatchObject({ token: { command: [join(folder, "token.sh"), "x"] } });
    expect(load(["vault", "read"])).toMatchObject({ token: { command: ["vault", "read"] } });
  });

  it("resolves the files that the URL of a database names, and leaves any other URL as it is written", () => {
    const load = (url: unknown) =>
      loadConfigFile(file("postgres.json", JSON.stringify({ ...validConfig(), outbox: { store: "postgres", url } })))
        .outbox;
    const plain = "postgres://us%40er@db/outbox?schema=a";
    expect(load(plain)).toMatchObject({ url: plain });
    const { url } = load(`${plain}&sslrootcert=pki/ca.pem&sslkey=/etc/key.pem`) as { url: string };
    expect(new URL(url).searchParams.get("sslrootcert")).toBe(join(folder, "pki/ca.pem"));
    expect(new URL(url).searchParams.get("sslkey")).toBe("/etc/key.pem");
    expect(new URL(url).username).toBe("us%40er");
    expect(load({ file: "url.txt" })).toMatchObject({ url: { file: join(folder, "url.txt") } });
  });

  it("accepts comments, a byte order mark, and // inside of a text", () => {
    const text = `\uFEFF// the mailbox\n${JSON.stringify({ ...validConfig(), sender: { label: "a // b /* c */" } }).replace("{", "{ /* first */ ")}`;
    expect(loadConfigFile(file("comments.json", text)).sender.label).toBe("a // b /* c */");
  });

  it("says file_not_found for a file that is not there", () => {
    expect(() => loadConfigFile(join(folder, "none.json"))).toThrowError(code("file_not_found"));
  });

  it("says file_unreadable for a folder", () => {
    expect(() => loadConfigFile(folder)).toThrowError(code("file_unreadable"));
  });

  it("says where a text is not JSON, and never quotes it", () => {
    const path = file("broken.json", '{\n  "auth": { "password": "canary-7731" "x" }\n}');
    expect(() => loadConfigFile(path)).toThrowError(
      expect.objectContaining({ code: "config_unreadable", message: expect.stringMatching(/line 2, column \d+$/) }),
    );
    expect(() => loadConfigFile(path)).not.toThrowError(/canary/);
  });

  it("refuses a text that is not UTF-8", () => {
    expect(() => loadConfigFile(file("latin.json", Buffer.from('{"a":"\xe9"}', "latin1")))).toThrowError(
      code("config_unreadable"),
    );
  });

  it("refuses a token written in the file, but on loopback (ECO.1.2.5)", () => {
    const auth = { method: "token", token: "canary-token" };
    const local = { imap: { host: "127.0.0.1" }, smtp: { host: "localhost" } };
    const path = file("token.json", JSON.stringify({ ...validConfig(), auth }));
    expect(() => loadConfigFile(path)).toThrowError(
      expect.objectContaining({ code: "config_invalid", requirement: "ECO.1.2.5" }),
    );
    expect(
      loadConfigFile(file("local.json", JSON.stringify({ ...validConfig(), auth, operator: local }))).auth,
    ).toMatchObject(auth);
  });
});

describe("a key that is written twice", () => {
  it("is refused by name, whichever of the two was meant", () => {
    const text = JSON.stringify(validConfig(), null, 2).replace('"label"', '"label": "one",\n    "label"');
    expect(() => loadConfigFile(file("twice.json", text))).toThrowError(
      expect.objectContaining({
        code: "config_invalid",
        path: "sender.label",
        message: expect.stringMatching(/twice\.json: the key sender\.label is written twice \(line \d+, column \d+\)$/),
      }),
    );
  });
});

describe("parseJsonc", () => {
  it("keeps the place of a fault after a comment", () => {
    expect(parseJsonc('/* a\nb */ {"a":1,}')).toEqual({ fault: { line: 2, column: 13 } });
  });
});
