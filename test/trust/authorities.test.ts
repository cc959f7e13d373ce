import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createTlsVerifier, readAuthorities, readCertificates } from "../../src/trust/index.js";
import { below, igcName, rootOf } from "./pki-kit.js";

const root = rootOf();
const org = below(root);
const der = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
const folder = mkdtempSync(join(tmpdir(), "authorities-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function p7b(form: "DER" | "PEM"): Buffer {
  const from = join(folder, "chain.pem");
  const to = join(folder, `chain-${form}.p7b`);
  writeFileSync(from, root.pem + org.pem);
  execFileSync("openssl", ["crl2pkcs7", "-nocrl", "-certfile", from, "-outform", form, "-out", to]);
  return execFileSync("cat", [to]);
}

const names = (bytes: Uint8Array) => readCertificates(bytes).map(({ name }) => name);

describe("the files of authorities", () => {
  it.each([
    ["PEM, several", () => Buffer.from(`texte avant\n${root.pem}entre\n${org.pem}`)],
    ["PKCS#7 in DER, as IGC-Santé publishes it", () => p7b("DER")],
    ["PKCS#7 in PEM", () => p7b("PEM")],
  ])("are read as %s", (_form, bytes) => {
    expect(names(bytes()).sort()).toEqual(
      ["TEST AC RACINE IGC-SANTE ELEMENTAIRE", "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"].sort(),
    );
  });

  it("are read as DER (.cer)", () => {
    expect(names(der(root.pem))).toEqual(["TEST AC RACINE IGC-SANTE ELEMENTAIRE"]);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("bonjour")],
    ["an empty PEM", Buffer.from("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")],
    ["a cut certificate", der(org.pem).subarray(0, 100)],
    ["a sequence of nothing", Buffer.from([0x30, 0x00])],
    ["a length without end", Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02])],
    ["nested without end", Buffer.alloc(50_000, Buffer.from([0x30, 0x80]))],
    ["a private key", Buffer.from(root.keys.privatePem)],
  ])("%s is refused, and no more", (_what, bytes) => {
    expect(() => readCertificates(bytes)).toThrow(expect.objectContaining({ code: "certificate_invalid" }));
  });

  it("are told apart: roots, where a chain may end, and those between", () => {
    const { anchors, pool } = readAuthorities([root.pem, der(org.pem)]);
    expect([anchors, pool].map((list) => list.map(({ name }) => name))).toEqual([
      ["TEST AC RACINE IGC-SANTE ELEMENTAIRE"],
      ["TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"],
    ]);
  });

  it("are named by their place where one is no certificate", () => {
    expect(() => readAuthorities([root.pem, "{}"])).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        path: "tls.ca[1]",
        message: expect.stringContaining("tls.ca[1]"),
      }),
    );
  });

  it("are never of the test and of the production at once", () => {
    const production = rootOf({ subject: igcName("RACINE IGC-SANTE ELEMENTAIRE", false) });
    expect(() => createTlsVerifier({ ca: [root.pem, production.pem], revocation: "off" })).toThrow(
      expect.objectContaining({ code: "config_invalid", path: "tls.ca", message: expect.stringContaining("mixes") }),
    );
    expect(() => createTlsVerifier({ ca: [production.pem], revocation: "off" })).not.toThrow();
  });
});
