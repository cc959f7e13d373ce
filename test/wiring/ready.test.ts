import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { validConfig } from "../config/valid.js";
import { pkcs12, testAuthority } from "../tools/certificates.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-ready-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const authority = testAuthority();
const leaf = authority.issue({ cn: "labo", usage: "client" });
const ca = file("ca.pem", authority.cert);

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Nothing listens at its hosts: whatever is asked of the network fails. */
function connectorOf(auth: object, delivery: "auto" | "manual" = "manual") {
  return createConnector(
    { ...validConfig(), tls: { ca: [ca], revocation: "off" }, auth, outbox: { store: "memory" } } as never,
    { delivery },
  );
}

const p12 = (of: typeof leaf, passphrase = "right") => ({
  method: "certificate",
  p12: file("client.p12", pkcs12(of, "right")),
  passphrase,
});
const pem = (of: { cert: string; key: string }) => ({
  method: "certificate",
  cert: file("client.pem", of.cert),
  key: file("client.key", of.key),
});

describe("ready() of a mailbox with a client certificate", () => {
  it.each(["auto", "manual"] as const)("passes one that can be used (delivery %s)", async (delivery) => {
    await using connector = connectorOf(p12(leaf), delivery);
    await expect(connector.ready()).resolves.toBeUndefined();
  });

  it.each<[string, () => object, object]>([
    [
      "has expired",
      () => pem(authority.issue({ usage: "client", notAfter: new Date("2020-05-05") })),
      { code: "certificate_invalid", path: "auth", message: expect.stringContaining("2020-05-05") },
    ],
    [
      "is not valid yet",
      () =>
        pem(authority.issue({ usage: "client", notBefore: new Date("2090-01-02"), notAfter: new Date("2091-01-02") })),
      { code: "certificate_invalid", path: "auth", message: expect.stringContaining("2090-01-02") },
    ],
    [
      "has the key of another",
      () => pem({ cert: leaf.cert, key: authority.key }),
      { code: "certificate_invalid", path: "auth", message: expect.stringContaining("another certificate") },
    ],
    [
      "does not open with the passphrase",
      () => p12(leaf, "wrong"),
      { code: "secret_unavailable", path: "auth.passphrase", message: expect.stringContaining("passphrase") },
    ],
    [
      "is not there",
      () => ({ ...p12(leaf), p12: join(folder, "none.p12") }),
      { code: "secret_unavailable", path: "auth.p12", message: expect.stringContaining("there is no file") },
    ],
    [
      "has a passphrase that is not to be had",
      () => ({ ...p12(leaf), passphrase: { env: "MEDIMAIL_TEST_NOT_SET" } }),
      {
        code: "secret_unavailable",
        path: "auth.passphrase",
        message: expect.stringContaining("MEDIMAIL_TEST_NOT_SET"),
      },
    ],
  ])("refuses one that %s", async (_, auth, error) => {
    await using connector = connectorOf(auth());
    await expect(connector.ready()).rejects.toMatchObject(error);
    // The outbox serves all the same: who only stores asks for no sessions.
    await expect(connector.ready({ sessions: false })).resolves.toBeUndefined();
    expect(await connector.outbox.stats()).toBeDefined();
  });
});
