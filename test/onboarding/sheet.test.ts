import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { issueCertificate, type Name } from "../../src/mock/pki/certificates.js";
import {
  CERTIFICATE_ORDER,
  type CertificateFacts,
  certificateFacts,
  certificatePaper,
  certificateRenewal,
  type DeclaredFacts,
  paperToMarkdown,
  sheetInput,
  sheetToHtml,
  sheetToJson,
  sheetToMarkdown,
  technicalSheet,
} from "../../src/onboarding/index.js";

const DATE = "2026-11-28";
const CONFIG = {
  mailbox: { address: "labo@ch-exemple.mssante.fr", type: "APP" },
  operator: { smtp: { host: "smtp.operateur.example" }, imap: { host: "imap.operateur.example", port: 1143 } },
  tls: { ca: ["ca.pem"] },
  trust: { whiteList: "liste.xml" },
  network: { proxy: "http://moi:CANARY-SECRET@proxy.exemple.fr:3128" },
  auth: { method: "certificate", p12: "client.p12", passphrase: "CANARY-SECRET" },
  software: {
    name: "LabSoft",
    version: "4.2",
    nil: "LABSOFT001",
    publisher: "Éditions Exemple",
    contact: "support@labsoft.example",
  },
  sender: { label: "Laboratoire - CH EXEMPLE", structure: { idNat: "318310021300028", name: "CH EXEMPLE" } },
};
const configured = (changes: object = {}) => parseConfig({ ...CONFIG, ...changes });

function keys(bits = 2048) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: bits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { privateKey: createPrivateKey(privateKey), privatePem: privateKey, publicPem: publicKey };
}

const AUTHORITY: Name = [
  ["C", "FR"],
  ["O", "ASIP-SANTE"],
  ["OU", "0002 187512751"],
  ["CN", "AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"],
];
const SUBJECT: Name = [
  ["C", "FR"],
  ["ST", "Lot (46)"],
  ["O", 'CH "EXEMPLE", SITE + NORD'],
  ["OU", "318310021300028"],
  ["CN", "labo.ch-exemple.fr"],
];
let shared: ReturnType<typeof keys>;
beforeAll(() => {
  shared = keys();
});

interface Made {
  subject?: Name;
  issuer?: Name;
  use?: "client" | "server";
  from?: string;
  to?: string;
  bits?: number;
}

function made({
  subject = SUBJECT,
  issuer = AUTHORITY,
  use = "client",
  from = "2026-01-01",
  to = "2029-01-01",
  bits,
}: Made = {}): string {
  const own = bits === undefined ? shared : keys(bits);
  const dates = { notBefore: new Date("2020-01-01"), notAfter: new Date("2040-01-01") };
  const authority = issueCertificate({ subject: issuer, keys: shared, use: "authority", ...dates });
  return issueCertificate({
    subject,
    keys: own,
    issuer: authority,
    use,
    notBefore: new Date(from),
    notAfter: new Date(to),
  }).pem;
}

const sheetOf = (certificate: CertificateFacts | undefined, more: Partial<DeclaredFacts> = {}, changes: object = {}) =>
  technicalSheet(sheetInput(configured(changes), { date: DATE, ...(certificate ? { certificate } : {}), ...more }));
const codes = (certificate: CertificateFacts | undefined, more: Partial<DeclaredFacts> = {}, changes: object = {}) =>
  sheetOf(certificate, more, changes).findings.map(({ severity, code }) => `${severity} ${code}`);

describe("what a certificate says", () => {
  it("is its name by RFC 4514, its serial, its dates and its holder", () => {
    const pem = made();
    const facts = certificateFacts(pem);
    expect(facts).toMatchObject({
      subject: 'CN=labo.ch-exemple.fr, OU=318310021300028, O=CH \\"EXEMPLE\\"\\, SITE \\+ NORD, ST=Lot (46), C=FR',
      issuer: "CN=AC IGC-SANTE ELEMENTAIRE ORGANISATIONS, OU=0002 187512751, O=ASIP-SANTE, C=FR",
      commonName: "labo.ch-exemple.fr",
      organization: 'CH "EXEMPLE", SITE + NORD',
      serial: new X509Certificate(pem).serialNumber,
      validFrom: "2026-01-01T00:00:00.000Z",
      validTo: "2029-01-01T00:00:00.000Z",
      holder: { idNat: "318310021300028", kind: "SIRET", number: "18310021300028", keyRight: true },
      test: false,
      clientAuth: true,
      key: "RSA 2048",
    });
  });

  it("is the same of PEM and of DER", () => {
    const pem = made();
    expect(certificateFacts(new X509Certificate(pem).raw)).toEqual(certificateFacts(pem));
  });

  it("reads a holder by FINESS, and knows a number whose key is wrong", () => {
    const by = (ou: string) =>
      certificateFacts(
        made({
          subject: [
            ["OU", ou],
            ["CN", "x"],
          ],
        }),
      ).holder;
    expect(by("1460780216")).toEqual({ idNat: "1460780216", kind: "FINESS", number: "460780216", keyRight: true });
    expect(by("1460780217")).toMatchObject({ keyRight: false });
    for (const ou of ["2460780216", "46078021", "3460780216", "118310021300028", "Biologie"])
      expect(by(ou)).toBeUndefined();
  });

  it("is refused where it is none", () => {
    expect(() => certificateFacts("CANARY")).toThrowError(expect.objectContaining({ code: "certificate_invalid" }));
    expect(() => certificateFacts(new Uint8Array(0))).toThrowError(
      expect.objectContaining({ code: "certificate_invalid" }),
    );
  });
});

describe("the technical sheet (rac-open)", () => {
  it("has everything that Mipih asks, with where it is from, and names what is missing", () => {
    const sheet = sheetOf(certificateFacts(made()));
    const value = (id: string) => sheet.sections.flatMap(({ rows }) => rows).find((row) => row.id === id)?.value;
    expect(value("mailbox-address")).toBe("labo@ch-exemple.mssante.fr");
    expect(value("mailbox-type")).toBe("APP");
    expect(value("software-nil")).toBe("LABSOFT001");
    expect(value("certificate-serial")).toMatch(/^[0-9A-F]{32}$/);
    expect(value("certificate-expiry")).toBe("2029-01-01");
    expect(value("certificate-holder")).toBe("SIRET 18310021300028");
    expect(value("port-smtp")).toMatchObject({ fr: "smtp.operateur.example, port 587, STARTTLS obligatoire (SMTP)" });
    expect(value("port-imap")).toMatchObject({ fr: "imap.operateur.example, port 1143, STARTTLS obligatoire (IMAP)" });
    expect(value("proxy")).toBe("proxy.exemple.fr:3128");
    expect(value("contact-publisher")).toBe("support@labsoft.example");
    expect(sheet.missing).toEqual([
      "modes",
      "source-addresses",
      "mails-per-day",
      "mails-busiest-day",
      "largest-mail",
      "contact-referent",
      "contact-administrator",
      "contact-technical",
      "contact-emergency",
    ]);
    expect(sheet.findings).toEqual([]);
  });

  it("has no blank once all is said", () => {
    const sheet = sheetOf(certificateFacts(made()), {
      modes: ["sending", "mailbox"],
      sourceAddresses: ["192.0.2.10", "2001:db8::/32"],
      volumes: { source: "declared", mailsPerDay: 400, mailsOnBusiestDay: 900, largestMailBytes: 12_000_000 },
      contacts: { referent: "A", administrator: "B", technical: "C", emergency: "D" },
    });
    expect(sheet.missing).toEqual([]);
    expect(sheetToMarkdown(sheet)).not.toContain("à compléter");
  });

  it("never has a secret, in any form", () => {
    const sheet = sheetOf(certificateFacts(made()));
    for (const form of [
      sheetToHtml(sheet),
      sheetToMarkdown(sheet),
      JSON.stringify(sheetToJson(sheet)),
      JSON.stringify(sheet),
    ])
      expect(form).not.toMatch(/CANARY|PRIVATE KEY|moi:/);
  });

  it("says that hosts are looked up where none is named", () => {
    const markdown = sheetToMarkdown(sheetOf(undefined, {}, { operator: "discover" }), "en");
    expect(markdown).toContain("host looked up by DNS and autoconfig, port 587 as a rule");
  });

  it("has no certificate for a mailbox that has none", () => {
    const sheet = sheetOf(
      undefined,
      {},
      { mailbox: { address: "dr@ch-exemple.mssante.fr", type: "ORG" }, auth: { method: "token", token: { env: "T" } } },
    );
    expect(sheet.sections.map(({ id }) => id)).not.toContain("certificate");
    expect(sheet.findings).toEqual([]);
  });

  it("escapes what the configuration says, in the page as in Markdown", () => {
    const sheet = sheetOf(undefined, { contacts: { technical: "<script>alert(1)</script> | a" } });
    expect(sheetToHtml(sheet)).not.toContain("<script>");
    expect(sheetToMarkdown(sheet)).toContain("\\<script\\>alert(1)\\</script\\> \\| a");
  });

  it("is the same sheet for a program, in the language asked", () => {
    const sheet = sheetOf(certificateFacts(made({ to: "2027-01-15" })));
    const json = sheetToJson(sheet, "en", certificateRenewal("2027-01-15T00:00:00Z", DATE));
    expect(json.sections.flatMap(({ rows }) => rows).find(({ id }) => id === "source-addresses")).toEqual({
      id: "source-addresses",
      label: "Source addresses as Mipih sees them",
      value: null,
      source: "missing",
    });
    expect(json.findings).toMatchObject([{ severity: "warning", code: "certificate_expiring" }]);
    expect(json.renewal.map(({ id, by, late }) => [id, by, late])).toEqual([
      ["renew-order", "2026-10-17", true],
      ["renew-declare", "2026-11-16", true],
      ["renew-install", "2026-12-16", false],
      ["renew-retire", "2027-01-15", false],
    ]);
  });

  it.each([
    ["sourceAddresses[0]", { sourceAddresses: ["smtp.exemple.fr"] }],
    ["sourceAddresses[1]", { sourceAddresses: ["192.0.2.1", "192.0.2.300"] }],
    ["sourceAddresses[0]", { sourceAddresses: ["192.0.2.0/33"] }],
    ["sourceAddresses[0]", { sourceAddresses: ["2001:::1"] }],
    ["contacts", { contacts: { boss: "x" } as never }],
    ["contacts.technical", { contacts: { technical: "a\nb" } }],
    ["date", { date: "demain" }],
  ])("refuses what is no fact (%s)", (path, more) => {
    expect(() => sheetInput(configured(), { date: DATE, ...more })).toThrowError(
      expect.objectContaining({ code: "invalid_argument", path }),
    );
  });
});

describe("what the sheet warns of", () => {
  const structure = (idNat: string) => ({ sender: { ...CONFIG.sender, structure: { idNat, name: "CH EXEMPLE" } } });

  it.each<[string, string[], Made, object?]>([
    ["a certificate that has ended", ["error certificate_expired"], { to: "2026-11-01" }],
    ["one that ends within 30 days", ["error certificate_expiring"], { to: "2026-12-20" }],
    ["one that ends within 90 days", ["warning certificate_expiring"], { to: "2027-02-01" }],
    ["one that is not valid yet", ["error certificate_not_yet"], { from: "2027-06-01" }],
    ["one of a server", ["error certificate_usage"], { use: "server" }],
    ["a short key", ["error certificate_weak"], { bits: 1024 }],
    [
      "the test chain",
      ["warning certificate_test"],
      {
        issuer: [
          ...AUTHORITY.slice(0, 3),
          ["OU", "IGC-SANTE TEST"],
          ["CN", "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"],
        ],
      },
    ],
    ["another range", ["warning certificate_issuer"], { issuer: [["CN", "AC IGC-SANTE ELEMENTAIRE PERSONNES"]] }],
    ["a subject without its structure", ["warning holder_unreadable"], { subject: [["CN", "x"]] }],
    [
      "a number whose key is wrong",
      ["error holder_key", "error holder_differs"],
      {
        subject: [
          ["OU", "318310021300029"],
          ["CN", "x"],
        ],
      },
    ],
    ["the certificate of another structure", ["error holder_differs"], {}, structure("318310021300010")],
    ["two kinds of number", ["warning holder_other_kind"], {}, structure("1460780216")],
  ])("is %s", (_, expected, certificate, changes = {}) => {
    expect(codes(certificateFacts(made(certificate)), {}, changes)).toEqual(expected);
  });

  it("is an APP mailbox that authenticates otherwise", () => {
    expect(codes(undefined, {}, { auth: { method: "token", token: { env: "T" } } })).toEqual([
      "error app_without_certificate",
    ]);
  });

  it("is a certificate that could not be read", () => {
    expect(codes(undefined)).toEqual(["warning certificate_missing"]);
  });

  it("is a private source address", () => {
    const good = certificateFacts(made());
    for (const address of ["10.0.0.1", "172.20.1.0/24", "192.168.1.1", "fd00::1", "fe80::1"])
      expect(codes(good, { sourceAddresses: ["192.0.2.1", address] })).toEqual(["warning private_source"]);
    expect(codes(good, { sourceAddresses: ["172.32.0.1", "2001:db8::1"] })).toEqual([]);
  });

  it("is trust that is off", () => {
    expect(codes(certificateFacts(made()), {}, { trust: {}, tls: { ca: ["ca.pem"], revocation: "off" } })).toEqual([
      "warning white_list_off",
      "error revocation_off",
    ]);
  });
});

describe("the order of a certificate", () => {
  it("says how sure each step is, in both languages", () => {
    expect(CERTIFICATE_ORDER.every(({ certainty }) => ["certain", "inferred", "uncertain"].includes(certainty))).toBe(
      true,
    );
    expect(paperToMarkdown(certificatePaper("fr"))).toContain("AUTH\\_CLI");
    expect(paperToMarkdown(certificatePaper("en"))).toContain("Order");
  });

  it("counts the renewal back from the end", () => {
    expect(certificateRenewal("2027-03-31T10:00:00Z", DATE).map(({ by, late }) => [by, late])).toEqual([
      ["2026-12-31", false],
      ["2027-01-30", false],
      ["2027-03-01", false],
      ["2027-03-31", false],
    ]);
    expect(() => certificateRenewal("x", DATE)).toThrowError(expect.objectContaining({ path: "validTo" }));
    expect(() => certificateRenewal("2027-01-01", "x")).toThrowError(expect.objectContaining({ path: "today" }));
  });
});
