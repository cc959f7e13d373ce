import { syncBuiltinESMExports } from "node:module";
import type { SecureContextOptions, TLSSocket, TlsOptions } from "node:tls";
import tls from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { certificateCredentials, loadClientCertificate } from "../../src/auth/index.js";
import { createDialer } from "../../src/net/index.js";
import type { ClientCertificate, TlsVerifier } from "../../src/seams/index.js";
import { createTlsVerifier, type TlsVerifierOptions } from "../../src/trust/index.js";
import { pkcs12, type TestCertificate, testAuthority } from "../tools/certificates.js";
import { scriptedServer } from "../transport/scripted-server.js";

const authority = testAuthority();
const good = authority.issue({ dns: ["localhost"] });
const client = (cn: string): TestCertificate => authority.issue({ cn, usage: "client" });

const verifier = (more: Partial<TlsVerifierOptions> = {}): TlsVerifier =>
  createTlsVerifier({ ca: [authority.cert], revocation: "off", ...more });

interface Met {
  /** CN of the client certificate that the server saw. */
  shown: string | undefined;
  resumed: boolean;
}

/** One session with a server, which speaks first: in TLS 1.3 what it makes of us comes after the handshake. */
async function meet(
  by: TlsVerifier,
  {
    certificate,
    server = {},
    host = "localhost",
  }: { certificate?: ClientCertificate; server?: TlsOptions; host?: string } = {},
): Promise<Met> {
  let shown: string | undefined;
  await using listener = await scriptedServer(async (peer) => {
    await peer.startTls({ ...good, requestCert: true, ca: authority.cert, ...server });
    shown = [peer.tls?.getPeerCertificate().subject?.CN].flat()[0];
    peer.send("220");
    await peer.gone();
  });
  const socket = await createDialer().connect("127.0.0.1", listener.port);
  const secured: TLSSocket = await by.upgrade(socket, { host, ...(certificate ? { certificate } : {}) });
  await new Promise((resolve) => secured.once("data", resolve));
  const resumed = secured.isSessionReused();
  secured.destroy();
  return { shown, resumed };
}

/** What contexts are made of from here on, by node:tls itself or by us; the scripted server's, which have no minVersion, are left out. */
function countContexts(): () => number {
  const spy = vi.spyOn(tls, "createSecureContext");
  syncBuiltinESMExports();
  return () =>
    spy.mock.calls.filter(([of]) => (of as SecureContextOptions | undefined)?.minVersion !== undefined).length;
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe("the OpenSSL context", () => {
  it.each([
    ["without a client certificate", undefined],
    ["of a client certificate", loadClientCertificate(client("un"))],
  ])("%s is made once for many sessions", async (_what, certificate) => {
    const made = countContexts();
    const one = verifier();
    for (let session = 0; session < 3; session++)
      expect(await meet(one, certificate ? { certificate } : {})).toMatchObject({
        shown: certificate ? "un" : undefined,
      });
    expect(made()).toBe(1);
  });

  it("is made anew for a client certificate that its source renewed, which the next session shows", async () => {
    const made = countContexts();
    const files = [pkcs12(client("ancien"), "x"), pkcs12(client("nouveau"), "x")] as const;
    let current: Uint8Array = files[0];
    const source = certificateCredentials({
      p12: async () => current,
      passphrase: async () => "x",
      sasl: { smtp: "none", imap: "external" },
    });
    const one = verifier();
    const shown = async () =>
      (await meet(one, { certificate: (await source.certificate()) as ClientCertificate })).shown;
    expect([await shown(), await shown()]).toEqual(["ancien", "ancien"]);
    expect(made()).toBe(1);
    current = files[1];
    expect([await shown(), await shown()]).toEqual(["nouveau", "nouveau"]);
    expect(made()).toBe(2);
  });

  it.each([
    ["PEM", (cn: string): ClientCertificate => loadClientCertificate(client(cn))],
    [
      "PKCS#12",
      (cn: string): ClientCertificate => ({ pfx: Uint8Array.from(pkcs12(client(cn), "x")), passphrase: "x" }),
    ],
  ])("is made anew where the renewed certificate is put into the same object (%s)", async (_form, of) => {
    const one = verifier();
    const certificate = of("ancien");
    expect(await meet(one, { certificate })).toMatchObject({ shown: "ancien" });
    Object.assign(certificate, of("nouveau"));
    expect(await meet(one, { certificate })).toMatchObject({ shown: "nouveau" });
  });

  it("notices bytes that were changed in place", async () => {
    const one = verifier();
    const pfx = Uint8Array.from(pkcs12(client("un"), "x"));
    const certificate = { pfx, passphrase: "x" };
    await meet(one, { certificate });
    pfx.fill(0, 0, 40);
    await expect(meet(one, { certificate })).rejects.toMatchObject({ code: "certificate_invalid" });
  });

  it("that cannot be made is the same error each time, and is not kept", async () => {
    const one = verifier();
    const certificate = { pfx: pkcs12(client("un"), "juste"), passphrase: "faux" };
    for (let session = 0; session < 2; session++)
      await expect(meet(one, { certificate })).rejects.toMatchObject({
        code: "certificate_invalid",
        message: expect.stringContaining("wrong passphrase"),
      });
    certificate.passphrase = "juste";
    expect(await meet(one, { certificate })).toMatchObject({ shown: "un" });
  });

  it("is not shared by two profiles, whatever the certificate (ECO.1.1.1, ECO.1.1.10)", async () => {
    const certificate = loadClientCertificate(client("un"));
    const server: TlsOptions = { maxVersion: "TLSv1.2" };
    await meet(verifier(), { certificate, server });
    await expect(meet(verifier({ minVersion: "TLSv1.3" }), { certificate, server })).rejects.toMatchObject({
      code: "tls_failed",
    });
    const elsewhere = testAuthority("AC ETRANGERE", "other");
    await expect(meet(verifier({ ca: [elsewhere.cert] }), { certificate })).rejects.toMatchObject({
      code: "certificate_invalid",
      message: expect.stringContaining("unknown authority"),
    });
  });
});

describe("a later session, whose context and names are known", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("resumes none (%s): every check is made again", async (version) => {
    const one = verifier();
    const certificate = loadClientCertificate(client("un"));
    // One server for all: it could take its tickets back.
    const server: TlsOptions = {
      minVersion: version,
      maxVersion: version,
      ticketKeys: Buffer.alloc(48, 7),
      sessionIdContext: "un",
    };
    for (let session = 0; session < 3; session++)
      expect(await meet(one, { certificate, server })).toMatchObject({ resumed: false });
  });

  it("still refuses another name, of another certificate or for another host (ECO.1.1.4)", async () => {
    const one = verifier();
    await meet(one);
    await meet(one);
    const refused = { code: "certificate_invalid", message: expect.stringContaining("another name") };
    await expect(meet(one, { server: authority.issue({ dns: ["autre.ch.test"] }) })).rejects.toMatchObject(refused);
    await expect(meet(one, { host: "autre.ch.test" })).rejects.toMatchObject(refused);
  });

  it("still refuses an unknown authority, and one that our PKCS#12 file brings (ECO.1.1.10)", async () => {
    const foreign = testAuthority("AC ETRANGERE", "other");
    const certificate = { pfx: pkcs12(client("un"), "x", { extra: [foreign.cert] }), passphrase: "x" };
    const one = verifier();
    await meet(one, { certificate });
    const server = foreign.issue({ dns: ["localhost"] });
    for (const more of [{ certificate }, { certificate }, {}])
      await expect(meet(one, { ...more, server })).rejects.toMatchObject({
        code: "certificate_invalid",
        message: expect.stringContaining("unknown authority"),
      });
    expect(await meet(one, { certificate })).toMatchObject({ shown: "un" });
  });
});
