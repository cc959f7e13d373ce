import { getEventListeners } from "node:events";
import type { Socket } from "node:net";
import type { TLSSocket, TlsOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { loadClientCertificate } from "../../src/auth/index.js";
import { createDialer } from "../../src/net/index.js";
import type { ClientCertificate } from "../../src/seams/index.js";
import type { TlsVerifierOptions } from "../../src/trust/index.js";
import { cipherList, createTlsVerifier } from "../../src/trust/index.js";
import { pkcs12, testAuthority } from "../tools/certificates.js";
import { scriptedServer } from "../transport/scripted-server.js";

const authority = testAuthority();
const good = authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] });

interface Result {
  client: TLSSocket;
  server: TLSSocket | undefined;
}

async function upgrade(
  server: TlsOptions,
  options: Partial<TlsVerifierOptions> = {},
  more: { host?: string; certificate?: ClientCertificate; signal?: AbortSignal } = {},
): Promise<Result> {
  await using listener = await scriptedServer(async (peer) => {
    await peer.startTls(server).catch(() => {});
    await peer.gone();
  });
  const socket = await createDialer().connect("127.0.0.1", listener.port);
  const verifier = createTlsVerifier({ ca: [authority.cert], revocation: "off", ...options });
  try {
    const client = await verifier.upgrade(socket, { host: "localhost", ...more });
    if (client.getProtocol() === "TLSv1.3") await new Promise((resolve) => setImmediate(resolve));
    const found = { client, server: listener.peers[0]?.tls };
    client.destroy();
    return found;
  } catch (error) {
    expect(socket.destroyed).toBe(true);
    throw error;
  }
}

describe("the TLS profile", () => {
  it.each(["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"])(
    "speaks %s in TLS 1.2 (ECO.1.1.3)",
    async (ciphers) => {
      await expect(upgrade({ ...good, ciphers, maxVersion: "TLSv1.2" })).resolves.toBeDefined();
    },
  );

  it("offers exactly the listed suites to a TLS 1.2 server (ECO.1.1.2, ECO.1.1.3)", async () => {
    const suites = await offeredSuites();
    expect(suites.filter((suite) => suite >> 8 !== 0x13)).toEqual([0xc030, 0xc02f]);
    expect(suites.filter((suite) => suite >> 8 === 0x13)).toEqual([0x1302, 0x1303, 0x1301]);
  });

  it("adds the CBC suites of the list by option only", async () => {
    const suites = await offeredSuites({ allowCbc: true });
    expect(suites.filter((suite) => suite >> 8 !== 0x13)).toEqual([0xc030, 0xc02f, 0xc028, 0xc027]);
    expect(cipherList()).not.toContain("SHA384:ECDHE-RSA-AES128-SHA256");
  });

  it("speaks TLS 1.3 where the server does", async () => {
    await expect(upgrade({ ...good, minVersion: "TLSv1.3" })).resolves.toBeDefined();
  });

  it("refuses a TLS 1.2 server where 1.3 is the least", async () => {
    await expect(upgrade({ ...good, maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" })).rejects.toMatchObject({
      code: "tls_failed",
    });
  });

  it("sends the server's name, and none for an address", async () => {
    const names: (string | false | null | undefined)[] = [];
    for (const host of ["localhost", "127.0.0.1"]) {
      const { server } = await upgrade(good, {}, { host });
      names.push((server as unknown as { servername?: string | false | null }).servername);
    }
    expect(names[0]).toBe("localhost");
    expect(names[1]).toBeFalsy();
  });
});

describe("the server's name", () => {
  it.each([
    ["a wildcard of one label", "mail.ch.test", { dns: ["*.ch.test"] }, true],
    ["a wildcard for two labels", "a.b.ch.test", { dns: ["*.ch.test"] }, false],
    ["a part of a label as wildcard", "mail.ch.test", { dns: ["m*.ch.test"] }, false],
    ["another case", "MAIL.ch.test", { dns: ["mail.CH.test"] }, true],
    ["the CN only", "mail.ch.test", { cn: "mail.ch.test" }, false],
    ["the address as a DNS name", "127.0.0.1", { dns: ["127.0.0.1"] }, false],
    ["another address", "127.0.0.1", { ip: ["127.0.0.2"] }, false],
    ["the address", "127.0.0.1", { ip: ["127.0.0.1"] }, true],
  ])("%s (RFC 7817)", async (_what, host, leaf, accepted) => {
    const attempt = upgrade(authority.issue(leaf), {}, { host });
    if (accepted) await expect(attempt).resolves.toBeDefined();
    else
      await expect(attempt).rejects.toMatchObject({
        code: "certificate_invalid",
        message: expect.stringContaining("another name"),
      });
  });
});

describe("the authority", () => {
  it("is one of those given, never one of the system's or of our own certificate file (ECO.1.1.10)", async () => {
    const foreign = testAuthority("AC ETRANGERE", "other");
    const p12 = pkcs12(foreign.issue({ cn: "nous", usage: "client" }), "x", { extra: [foreign.cert] });
    // Given to OpenSSL whole, the file's authority would be trusted.
    const certificate = { pfx: p12, passphrase: "x" };
    await expect(upgrade(foreign.issue({ dns: ["localhost"] }), {}, { certificate })).rejects.toMatchObject({
      code: "certificate_invalid",
      message: expect.stringContaining("unknown authority"),
    });
  });

  it("refuses a certificate that is not valid yet", async () => {
    const later = authority.issue({ dns: ["localhost"], notBefore: new Date(Date.now() + 3_600_000) });
    await expect(upgrade(later)).rejects.toMatchObject({
      code: "certificate_invalid",
      message: expect.stringContaining("not valid yet"),
    });
  });

  it("refuses a certificate issued for a client", async () => {
    await expect(upgrade(authority.issue({ dns: ["localhost"], usage: "client" }))).rejects.toMatchObject({
      code: "certificate_invalid",
    });
  });

  it.each([[[]], [["not a certificate"]], [["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]]])(
    "must be given and readable: %j",
    (ca) => {
      expect(() => createTlsVerifier({ ca, revocation: "off" })).toThrow(
        expect.objectContaining({ code: "config_invalid" }),
      );
    },
  );
});

describe("the rest of the profile", () => {
  it("refuses by name a revocation check that is not served yet", () => {
    expect(() => createTlsVerifier({ ca: [authority.cert], revocation: "strict" })).toThrow(
      expect.objectContaining({ code: "not_supported", message: expect.stringContaining("tls.revocation") }),
    );
  });

  it("refuses a host outside the suffixes", async () => {
    await expect(upgrade(good, { hostSuffixes: [".mssante.fr"] })).rejects.toMatchObject({
      code: "tls_failed",
      retryable: false,
    });
    await expect(upgrade(good, { hostSuffixes: ["localhost"] })).resolves.toBeDefined();
  });

  it("shows the client certificate to a server that asks", async () => {
    const client = authority.issue({ cn: "labo@ch-test.mssante.fr", usage: "client" });
    let subject: string | string[] | undefined;
    await using listener = await scriptedServer(async (peer) => {
      await peer.startTls({ ...good, requestCert: true, ca: authority.cert });
      subject = peer.tls?.getPeerCertificate().subject.CN;
      peer.send("done");
      await peer.gone();
    });
    const socket = await createDialer().connect("127.0.0.1", listener.port);
    const secured = await createTlsVerifier({ ca: [authority.cert], revocation: "off" }).upgrade(socket, {
      host: "localhost",
      certificate: loadClientCertificate(client),
    });
    await new Promise((resolve) => secured.once("data", resolve));
    expect(subject).toBe("labo@ch-test.mssante.fr");
    secured.destroy();
  });

  it("gives up a handshake that does not end", async () => {
    await using listener = await scriptedServer((peer) => peer.gone());
    const socket = await createDialer().connect("127.0.0.1", listener.port);
    const verifier = createTlsVerifier({ ca: [authority.cert], revocation: "off", handshakeTimeoutMs: 30 });
    await expect(verifier.upgrade(socket, { host: "localhost" })).rejects.toMatchObject({
      code: "tls_failed",
      retryable: true,
    });
    await listener.peers[0]?.gone();
  });

  it("stops on abort and lets go of the signal", async () => {
    const controller = new AbortController();
    await using listener = await scriptedServer(async (peer) => {
      await peer.more();
      controller.abort();
      await peer.gone();
    });
    const socket = await createDialer().connect("127.0.0.1", listener.port);
    const verifier = createTlsVerifier({ ca: [authority.cert], revocation: "off" });
    await expect(verifier.upgrade(socket, { host: "localhost", signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

/** The suites of our ClientHello, as bytes say. */
async function offeredSuites(options: Partial<TlsVerifierOptions> = {}): Promise<number[]> {
  let hello = Buffer.alloc(0);
  await using listener = await scriptedServer(async (peer) => {
    while (peer.available < 5 || peer.available < 5 + Buffer.from(peer.peek()).readUInt16BE(3)) await peer.more();
    hello = Buffer.from(peer.take());
    peer.drop();
  });
  const socket: Socket = await createDialer().connect("127.0.0.1", listener.port);
  await createTlsVerifier({ ca: [authority.cert], revocation: "off", ...options })
    .upgrade(socket, { host: "localhost" })
    .catch(() => {});
  // Record header 5, handshake header 4, version 2, random 32, then the session id and the suites.
  const at = 43 + 1 + hello.readUInt8(43);
  const suites = Array.from({ length: hello.readUInt16BE(at) / 2 }, (_, index) =>
    hello.readUInt16BE(at + 2 + index * 2),
  );
  // No suite: that renegotiation is the secure one (RFC 5746 §3.3), which the OpenSSL of Node 22 and later says in an extension.
  return suites.filter((suite) => suite !== 0x00ff);
}
