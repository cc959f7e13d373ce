import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { createDialer } from "../../src/net/index.js";
import { createTlsVerifier } from "../../src/trust/index.js";
import { type LeafOptions, testAuthority } from "../tools/certificates.js";
import { describeWithProgram } from "../tools/programs.js";

const authority = testAuthority();
const stranger = testAuthority();
const DAY = 86_400_000;

interface Case {
  name: string;
  code: string;
  arguments?: string[];
  leaf?: LeafOptions;
  issuer?: typeof authority;
}

const CASES: Case[] = [
  { name: "TLS 1.3", code: "ok", arguments: ["-tls1_3"] },
  {
    name: "TLS 1.2 with a suite of ECO.1.1.3",
    code: "ok",
    arguments: ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"],
  },
  {
    name: "TLS 1.2 with other suites only",
    code: "tls_failed",
    arguments: ["-tls1_2", "-cipher", "AES128-SHA:AES256-SHA"],
  },
  { name: "TLS 1.1 at most", code: "tls_failed", arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"] },
  { name: "a certificate of another authority", code: "certificate_invalid", issuer: stranger },
  { name: "a certificate for another name", code: "certificate_invalid", leaf: { dns: ["other.example"] } },
  {
    name: "a certificate that has expired",
    code: "certificate_invalid",
    leaf: { dns: ["localhost"], notBefore: new Date(Date.now() - 9 * DAY), notAfter: new Date(Date.now() - DAY) },
  },
  { name: "a certificate for clients", code: "certificate_invalid", leaf: { dns: ["localhost"], usage: "client" } },
];

/** The table of servers, in small, against a server that is not ours: what OpenSSL's s_server says and hears. */
describeWithProgram("openssl", "openssl", "OpenSSL's s_server", () => {
  const folder = mkdtempSync(join(tmpdir(), "medimail-s_server-"));
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function start({
    arguments: more = [],
    leaf = { dns: ["localhost"] },
    issuer = authority,
  }: Case): Promise<{ port: number; heard: () => string }> {
    const { cert, key } = issuer.issue(leaf);
    writeFileSync(join(folder, "cert.pem"), cert);
    writeFileSync(join(folder, "key.pem"), key);
    const port = await freePort();
    const child = spawn(
      "openssl",
      ["s_server", "-accept", `127.0.0.1:${port}`, "-cert", "cert.pem", "-key", "key.pem", "-quiet", ...more],
      { cwd: folder },
    );
    running.push(child);
    let heard = "";
    child.stdout.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
    });
    await expect.poll(() => reachable(port), { timeout: 5_000 }).toBe(true);
    return { port, heard: () => heard };
  }

  it.each(CASES)("$name: $code, and nothing is said where it is not ok", async (row) => {
    const { port, heard } = await start(row);
    const verifier = createTlsVerifier({ ca: [authority.cert], revocation: "off" });
    const socket = await createDialer().connect("127.0.0.1", port);
    const outcome = await verifier.upgrade(socket, { host: "localhost" }).then(
      (secured) => {
        secured.end("EHLO essai\r\n");
        return "ok";
      },
      (error: unknown) => (isMedimailError(error) ? error.code : String(error)),
    );
    expect(outcome).toBe(row.code);
    if (outcome === "ok") await expect.poll(heard).toContain("EHLO essai");
    else expect(heard()).not.toMatch(/EHLO|AUTH/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function reachable(port: number): Promise<boolean> {
  try {
    (await createDialer().connect("127.0.0.1", port)).destroy();
    return true;
  } catch {
    return false;
  }
}
