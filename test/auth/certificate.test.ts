import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { certificateCredentials, loadClientCertificate } from "../../src/auth/index.js";
import { pkcs12, testAuthority } from "../tools/certificates.js";

const authority = testAuthority();
const leaf = authority.issue({ cn: "labo@ch-test.mssante.fr", usage: "client" });

const subjectOf = (certificate: { cert?: string }): string => new X509Certificate(certificate.cert ?? "").subject;

function openssl(args: string[], files: Record<string, string>): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), "p12-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    execFileSync("openssl", [...args, "-out", "out.p12"], { cwd: folder, stdio: "pipe" });
    return readFileSync(join(folder, "out.p12"));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a client certificate (APP-AUTH)", () => {
  it.each(["aes256", "3des"] as const)("opens from PKCS#12 with %s", (algorithm) => {
    const certificate = loadClientCertificate({ p12: pkcs12(leaf, "p@ss", { algorithm }), passphrase: "p@ss" });
    expect(subjectOf(certificate)).toContain("labo@ch-test.mssante.fr");
    expect(() => createSecureContext({ cert: certificate.cert ?? "", key: certificate.key ?? "" })).not.toThrow();
  });

  const rc2 = openssl(
    [
      "pkcs12",
      "-export",
      "-legacy",
      "-certpbe",
      "PBE-SHA1-RC2-40",
      "-inkey",
      "k",
      "-in",
      "c",
      "-passout",
      "pass:secret",
    ],
    { k: leaf.key, c: leaf.cert },
  );
  it.skipIf(!rc2 && !process.env["CI"])(
    "opens with the RC2 that OpenSSL 3 refuses (needs the openssl command to make one)",
    () => {
      const p12 = rc2 as Buffer;
      expect(() => createSecureContext({ pfx: p12, passphrase: "secret" })).toThrow();
      expect(subjectOf(loadClientCertificate({ p12, passphrase: "secret" }))).toContain("labo");
    },
  );

  const ec = openssl(["pkcs12", "-export", "-inkey", "k", "-in", "c", "-passout", "pass:secret"], ellipticLeaf());
  it.skipIf(!ec && !process.env["CI"])("opens with an elliptic key (needs the openssl command to make one)", () => {
    expect(subjectOf(loadClientCertificate({ p12: ec as Buffer, passphrase: "secret" }))).toContain("elliptique");
  });

  it("brings the intermediate authorities along, not the root", () => {
    const certificate = loadClientCertificate({ p12: pkcs12(leaf, "x", { extra: [authority.cert] }), passphrase: "x" });
    expect(certificate.cert?.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it("opens from PEM", () => {
    expect(subjectOf(loadClientCertificate(leaf))).toContain("labo");
  });

  const other = generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  it.each<[string, () => Parameters<typeof loadClientCertificate>[0], string, RegExp]>([
    [
      "a wrong passphrase",
      () => ({ p12: pkcs12(leaf, "right"), passphrase: "wrong" }),
      "secret_unavailable",
      /passphrase/,
    ],
    [
      "no passphrase",
      () => ({ p12: pkcs12(leaf, "right") }),
      "secret_unavailable",
      /without a passphrase: auth\.passphrase/,
    ],
    ["a file that is not PKCS#12", () => ({ p12: Buffer.from("hello") }), "certificate_invalid", /not PKCS#12/],
    [
      "a PKCS#12 file cut short",
      () => ({ p12: pkcs12(leaf, "x").subarray(0, 900), passphrase: "x" }),
      "certificate_invalid",
      /PKCS#12/,
    ],
    [
      "another certificate's key",
      () => ({ cert: leaf.cert, key: other }),
      "certificate_invalid",
      /another certificate/,
    ],
    [
      "an expired certificate",
      () => authority.issue({ notAfter: new Date("2020-05-05") }),
      "certificate_invalid",
      /2020-05-05/,
    ],
    [
      "a certificate that is not valid yet",
      () => authority.issue({ notBefore: new Date("2090-01-02"), notAfter: new Date("2091-01-02") }),
      "certificate_invalid",
      /2090-01-02/,
    ],
    ["a key that is no key", () => ({ cert: leaf.cert, key: "hello" }), "certificate_invalid", /private key/],
  ])("refuses %s in clear words", (_what, input, code, text) => {
    expect(() => loadClientCertificate(input())).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(text) }),
    );
  });

  it("never quotes the passphrase", () => {
    expect.assertions(1);
    try {
      loadClientCertificate({ p12: pkcs12(leaf, "right"), passphrase: "s3cret-wrong" });
    } catch (error) {
      expect(JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause)).not.toContain(
        "s3cret-wrong",
      );
    }
  });
});

describe("certificate credentials", () => {
  const source = (sasl: Parameters<typeof certificateCredentials>[0]["sasl"], more: object = {}) =>
    certificateCredentials({ p12: async () => pkcs12(leaf, "x"), passphrase: async () => "x", sasl, ...more });

  it("give the SASL step of each protocol's setting", async () => {
    const credentials = source({ smtp: "none", imap: "external" });
    expect([await credentials.sasl("smtp"), await credentials.sasl("imap")]).toEqual([
      { mechanism: "none" },
      { mechanism: "external" },
    ]);
  });

  it("give PLAIN with an empty password where none is set", async () => {
    expect(await source({ smtp: "plain", imap: "external" }, { username: "a@b.fr" }).sasl("smtp")).toEqual({
      mechanism: "plain",
      username: "a@b.fr",
      password: "",
    });
  });

  it("use a renewed file without a restart", async () => {
    const files = [pkcs12(leaf, "x"), pkcs12(authority.issue({ cn: "nouveau" }), "x")];
    const credentials = certificateCredentials({
      p12: async () => files.shift() as Uint8Array,
      passphrase: async () => "x",
      sasl: { smtp: "none", imap: "external" },
    });
    expect(subjectOf((await credentials.certificate()) ?? {})).toContain("labo");
    expect(subjectOf((await credentials.certificate()) ?? {})).toContain("nouveau");
  });

  it("open an unchanged file once", async () => {
    const file = pkcs12(leaf, "x");
    const credentials = certificateCredentials({
      p12: async () => file,
      passphrase: async () => "x",
      sasl: { smtp: "none", imap: "external" },
    });
    expect(await credentials.certificate()).toBe(await credentials.certificate());
  });

  it("ask for the passphrase where the file changed only: it may come from a command", async () => {
    const renewed = pkcs12(authority.issue({ cn: "nouveau" }), "y");
    let file = pkcs12(leaf, "x");
    const asked: string[] = [];
    const credentials = certificateCredentials({
      p12: async () => file,
      passphrase: async () => {
        const passphrase = file === renewed ? "y" : "x";
        asked.push(passphrase);
        return passphrase;
      },
      sasl: { smtp: "none", imap: "external" },
    });
    await credentials.certificate();
    await credentials.certificate();
    file = renewed;
    await credentials.certificate();
    await credentials.certificate();
    expect(asked).toEqual(["x", "y"]);
  });

  it("say secret_unavailable where the file cannot be had", async () => {
    const credentials = certificateCredentials({
      p12: () => Promise.reject(new Error("ENOENT")),
      sasl: { smtp: "none", imap: "external" },
    });
    await expect(credentials.certificate()).rejects.toMatchObject({ code: "secret_unavailable" });
  });

  it("are refused for good, and closed for good", async () => {
    const credentials = source({ smtp: "none", imap: "external" });
    expect(await credentials.refused("smtp", { mechanism: "none" })).toBe(false);
    await credentials.close();
    await expect(credentials.certificate()).rejects.toMatchObject({ code: "closed" });
  });

  it.each([
    { sasl: { smtp: "none", imap: "external" } },
    { p12: async () => new Uint8Array(1), sasl: { smtp: "plain", imap: "external" } },
  ] as const)("refuse an incomplete setting", (options) => {
    expect(() => certificateCredentials(options)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });
});

function ellipticLeaf(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "ec-"));
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=elliptique",
        "-keyout",
        "k",
        "-out",
        "c",
      ],
      { cwd: folder, stdio: "pipe" },
    );
    return { k: readFileSync(join(folder, "k"), "utf8"), c: readFileSync(join(folder, "c"), "utf8") };
  } catch {
    return {};
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the end of a client certificate", () => {
  it("is said once it has come, also where the file was opened before", async () => {
    let now = Date.now();
    const file = authority.issue({ cn: "labo", usage: "client", notAfter: new Date(now + 86_400_000) });
    const credentials = certificateCredentials({
      cert: async () => file.cert,
      key: async () => file.key,
      sasl: { smtp: "none", imap: "external" },
      clock: { now: () => now },
    });
    await credentials.certificate();
    now += 2 * 86_400_000;
    await expect(credentials.certificate()).rejects.toMatchObject({
      code: "certificate_invalid",
      message: expect.stringContaining("it expired on"),
    });
  });

  it("is told from thirty days before on, once a day, and a renewed file is taken up without a restart", async () => {
    let now = Date.now();
    let file = authority.issue({ cn: "labo", usage: "client", notAfter: new Date(now + 40 * 86_400_000) });
    const told: number[] = [];
    const credentials = certificateCredentials({
      cert: async () => file.cert,
      key: async () => file.key,
      sasl: { smtp: "none", imap: "external" },
      onExpiring: (days) => told.push(days),
      clock: { now: () => now },
    });
    await credentials.certificate();
    now += 20 * 86_400_000;
    await credentials.certificate();
    await credentials.certificate();
    now += 86_400_000;
    await credentials.certificate();
    expect(told).toEqual([19, 18]);
    file = authority.issue({ cn: "labo", usage: "client", notAfter: new Date(now + 365 * 86_400_000) });
    now += 86_400_000;
    const { cert = "" } = (await credentials.certificate()) ?? {};
    expect(new X509Certificate(cert).serialNumber).toBe(new X509Certificate(file.cert).serialNumber);
    expect(told).toHaveLength(2);
  });
});
