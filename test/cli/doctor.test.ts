import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FaultScript, MockMedimail } from "../../src/mock/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

const LABO = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const PASSPHRASE = "mock-medimail";

interface Step {
  service: string;
  step: string;
  state: string;
  ms?: number;
  seen: Record<string, unknown>;
  error?: { code: string; message: string; requirement?: string };
  advice?: { code: string; text: string };
}
interface Diagnosis {
  ok: boolean;
  mailbox: string;
  ms: number;
  steps: Step[];
  firstFailure?: Step;
}

const folder = temporaryFolder();
let mock: MockMedimail;
let configs: Record<string, string>;
let token: string;
beforeAll(async () => {
  // Configurations of tests stand beside the mock's own, whose paths are relative.
  mock = await startMockMedimail({ dir: folder });
  ({ configs } = await mock.ready());
  token = mock.token(DOCTOR);
});
afterEach(() => mock.faults.clear());
afterAll(() => mock.close());

async function diagnosed(config: string, ...options: string[]): Promise<Diagnosis & { code: number; out: string }> {
  const result = await cli("doctor", "--config", config, "--json", ...options);
  return { ...result.value<Diagnosis>(), code: result.code, out: result.out };
}

/** A configuration of the mock with a part changed. */
function changed(address: string, name: string, change: (config: Record<string, unknown>) => object): string {
  const base = JSON.parse(readFileSync(configs[address] ?? "", "utf8")) as Record<string, unknown>;
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...base, ...change(base) }));
  return path;
}

const told = ({ firstFailure }: Diagnosis) =>
  firstFailure &&
  `${firstFailure.service} ${firstFailure.step} ${firstFailure.error?.code} ${firstFailure.advice?.code}`;

describe("medimail doctor, where all is well", () => {
  it("prints each step with its time and what was seen: exit 0", async () => {
    const found = await diagnosed(configs[LABO] ?? "");
    expect([found.code, found.ok, found.mailbox, found.firstFailure]).toEqual([0, true, LABO, undefined]);
    expect(found.steps.map(({ service, step }) => `${service} ${step}`)).toEqual([
      ...["resolved", "connected", "tls", "chain", "revocation", "authenticated", "limits"].map(
        (step) => `smtp ${step}`,
      ),
      ...["resolved", "connected", "tls", "chain", "revocation", "authenticated", "folders", "limits"].map(
        (step) => `imap ${step}`,
      ),
    ]);
    for (const step of found.steps.filter(({ step: name }) => ["resolved", "connected", "tls"].includes(name)))
      expect(step.ms).toEqual(expect.any(Number));
    const seen = (service: string, step: string) =>
      found.steps.find((one) => one.service === service && one.step === step)?.seen;
    expect(seen("smtp", "resolved")).toMatchObject({ source: "pinned", addresses: ["127.0.0.1"] });
    expect(seen("smtp", "tls")).toMatchObject({ version: "TLSv1.3" });
    expect(seen("imap", "chain")).toMatchObject({
      certificate: {
        subject: expect.stringContaining("CN=localhost"),
        issuer: expect.stringContaining("ELEMENTAIRE ORGANISATIONS"),
        daysLeft: expect.any(Number),
        names: expect.arrayContaining(["DNS:localhost"]),
      },
    });
    expect(seen("smtp", "authenticated")).toMatchObject({
      mechanism: "none",
      clientCertificate: { subject: expect.stringContaining(`CN=${LABO}`) },
      capabilities: expect.arrayContaining(["DSN", "AUTH=EXTERNAL"]),
    });
    expect(seen("imap", "folders")).toMatchObject({ folders: 5, roles: expect.arrayContaining(["inbox", "sent"]) });
    expect(seen("smtp", "limits")).toEqual({ maxSize: 26_214_400, dsn: true });
    expect(seen("imap", "limits")).toMatchObject({ maxSize: 26_214_400, quota: { usage: 0, limit: 1_073_741_824 } });
  });

  it("says that revocation is not checked, without failing for it", async () => {
    const { steps } = await diagnosed(configs[LABO] ?? "");
    const revocation = steps.filter(({ step }) => step === "revocation");
    expect(revocation.map(({ state, advice }) => `${state} ${advice?.code}`)).toEqual([
      "warning revocation_off",
      "warning revocation_off",
    ]);
  });

  it("finds the hosts where they are looked up, and says where from", async () => {
    const { discoverConfigs } = await mock.ready();
    const { code, steps } = await diagnosed(discoverConfigs[DOCTOR] ?? "");
    expect([code, steps[0]?.seen]).toEqual([
      0,
      {
        source: "srv",
        from: "_submission._tcp.medecin.mssante.fr",
        hosts: [`mail.mock.mssante.fr:${mock.smtp.port}`],
        addresses: ["127.0.0.1"],
      },
    ]);
  });

  it("sends nothing, opens no mail, changes no flag", async () => {
    const mails = mock.mails.length;
    const before = mock.observations.length;
    await diagnosed(configs[DOCTOR] ?? "");
    const said = mock.observations
      .slice(before)
      .flatMap((seen) => (seen.kind === "line" && seen.from === "client" ? [seen.line] : []));
    expect(mock.mails.length).toBe(mails);
    expect(said.some((line) => /\b(RCPT|DATA|FETCH|STORE|APPEND|SELECT)\b/.test(line))).toBe(false);
    expect(said).toContain("RSET");
  });

  it("speaks French to people, English where asked", async () => {
    const french = await cli("doctor", "--config", configs[LABO] ?? "");
    expect(french.out).toMatch(/✓ Certificat du serveur +CN=localhost.*expire dans \d+ j/);
    expect(french.out).toContain("Tout répond");
    const english = await cli("doctor", "--config", configs[LABO] ?? "", "--lang", "en");
    expect(english.out).toContain("Everything answers");
  });
});

describe("the first failure, and what to do", () => {
  const atSmtp: [what: string, fault: FaultScript, expected: string][] = [
    ["no word at greeting", { name: "drop", at: "greeting" }, "smtp connected connection_lost operator_fault"],
    ["a refusal at greeting", { name: "refuse", at: "greeting" }, "smtp connected smtp_temporary operator_fault"],
    ["STARTTLS taken away", { name: "strip-starttls" }, "smtp tls starttls_missing tls_stripped"],
    ["text injected", { name: "inject-after-starttls" }, "smtp tls starttls_injection tls_stripped"],
    ["TLS 1.1 only", { name: "tls-1.1" }, "smtp tls tls_failed tls_profile"],
    ["suites outside of the list", { name: "weak-ciphers" }, "smtp tls tls_failed tls_profile"],
    [
      "a certificate of a stranger",
      { name: "untrusted-certificate", times: 2 },
      "smtp chain certificate_invalid add_authority",
    ],
    [
      "an expired certificate",
      { name: "expired-certificate", times: 2 },
      "smtp chain certificate_invalid certificate_dates",
    ],
    [
      "a certificate of another name",
      { name: "wrong-name-certificate", times: 2 },
      "smtp chain certificate_invalid certificate_name",
    ],
    ["a token refused", { name: "token-refused", times: 2 }, "smtp authenticated token_refused token_refused"],
    [
      "a token refused by a cut",
      { name: "token-refused-drop", times: 2 },
      "smtp authenticated token_refused token_refused",
    ],
    [
      "a sender refused",
      { name: "reply", at: "mail", reply: 553, status: "5.7.1" },
      "smtp authenticated smtp_permanent credentials_refused",
    ],
  ];
  it.each(atSmtp)("of sending: %s", async (_what, fault, expected) => {
    mock.faults.add(fault);
    const found = await diagnosed(configs[DOCTOR] ?? "");
    expect([found.code, told(found)]).toEqual([1, expected]);
    // The other service is tried all the same.
    expect(found.steps.filter(({ service, state }) => service === "imap" && state === "failed")).toEqual([]);
    const failed = found.steps.findIndex(({ state }) => state === "failed");
    expect(found.steps.slice(failed + 1, 7).map(({ state }) => state)).toEqual(
      found.steps.slice(failed + 1, 7).map(() => "skipped"),
    );
  });

  const atImap: typeof atSmtp = [
    ["no word at greeting", { name: "drop", at: "imap-greeting" }, "imap connected connection_lost operator_fault"],
    [
      "STARTTLS taken away",
      { name: "strip-starttls", at: "imap-capability" },
      "imap tls starttls_missing tls_stripped",
    ],
    [
      "a certificate of a stranger",
      { name: "untrusted-certificate", at: "imap-starttls", times: 2 },
      "imap chain certificate_invalid add_authority",
    ],
    [
      "a token refused",
      { name: "token-refused", at: "imap-auth", times: 2 },
      "imap authenticated token_refused token_refused",
    ],
    ["folders refused", { name: "refuse", at: "imap-list", times: 9 }, "imap folders imap_failed operator_fault"],
  ];
  it.each(atImap)("of receiving: %s", async (_what, fault, expected) => {
    mock.faults.add(fault);
    const found = await diagnosed(configs[DOCTOR] ?? "");
    expect([found.code, told(found)]).toEqual([1, expected]);
  });

  it("shows the certificate that was refused, having said nothing inside of that TLS and shown none of ours", async () => {
    mock.faults.add({ name: "untrusted-certificate", times: 2 });
    const before = mock.observations.length;
    const { firstFailure } = await diagnosed(configs[LABO] ?? "");
    expect(firstFailure?.seen).toMatchObject({
      certificate: {
        issuer: expect.stringContaining("AUTRE AC SANS RAPPORT"),
        subject: expect.stringContaining("CN=localhost"),
      },
    });
    const seen = mock.observations.slice(before);
    const looks = seen.filter((one) => one.kind === "tls" && one.protocol === "smtp");
    expect(looks.length).toBeGreaterThan(0);
    for (const look of looks) expect(look).not.toHaveProperty("clientCertificate");
    expect(
      seen.filter((one) => one.kind === "line" && one.protocol === "smtp" && one.tls && one.from === "client"),
    ).toEqual([]);
    expect(seen.some((one) => one.kind === "auth" && one.protocol === "smtp")).toBe(false);
  });

  it("of the name: a host that does not resolve", async () => {
    const smtp = { host: "absent.invalid", port: 587 };
    const path = changed(LABO, "absent", (base) => ({ operator: { ...(base["operator"] as object), smtp } }));
    expect(told(await diagnosed(path))).toBe("smtp resolved dns_failed check_dns");
  });

  it("of the connection: nobody listens", async () => {
    const smtp = { host: "127.0.0.1", port: 1 };
    const path = changed(LABO, "closed", (base) => ({ operator: { ...(base["operator"] as object), smtp } }));
    expect(told(await diagnosed(path))).toBe("smtp connected connection_refused open_port");
  });

  it("of the proxy", async () => {
    const path = changed(LABO, "proxy", () => ({ network: { proxy: "http://127.0.0.1:1" } }));
    expect(told(await diagnosed(path))).toBe("smtp connected proxy_failed check_proxy");
  });

  it.each([
    ["nothing published", {}, { autoconfig: "off" }, "operator_not_found pin_hosts"],
    ["a private address", undefined, { allowedAddresses: [] }, "operator_host_refused allowed_addresses"],
    ["another name", { hostSuffixes: [".mipih.fr"] }, {}, "operator_host_refused host_suffixes"],
  ])("of discovery: %s", async (what, operator, network, expected) => {
    const name = "_submission._tcp.ch-exemple.mssante.fr";
    if (what === "nothing published") mock.dns.remove(name);
    const { discoverConfigs } = await mock.ready();
    const base = JSON.parse(readFileSync(discoverConfigs[LABO] ?? "", "utf8"));
    const path = changed(LABO, "discovering", () => ({
      operator: operator && Object.keys(operator).length > 0 ? operator : "discover",
      network: { ...base.network, autoconfig: "off", ...network },
    }));
    expect(told(await diagnosed(path))).toBe(`smtp resolved ${expected}`);
    mock.dns.reset(name);
  });

  it("of our certificate: a passphrase that does not open it, in its own step, after the server was looked at", async () => {
    const path = changed(LABO, "passphrase", (base) => ({
      auth: { ...(base["auth"] as object), passphrase: "wrong-one" },
    }));
    const found = await diagnosed(path);
    expect(told(found)).toBe("smtp authenticated secret_unavailable secret_missing");
    expect(found.steps.find(({ step }) => step === "chain")?.state).toBe("ok");
    expect(found.out).not.toContain("wrong-one");
  });

  it("of the token: a variable that is not set", async () => {
    const path = changed(DOCTOR, "no-token", () => ({
      auth: { method: "token", token: { env: "MEDIMAIL_TEST_NO_SUCH" } },
    }));
    expect(told(await diagnosed(path))).toBe("smtp authenticated secret_unavailable secret_missing");
  });

  it("of Pro Santé Connect: nobody who is logged in", async () => {
    const auth = {
      method: "pro-sante-connect",
      issuer: "https://psc.invalid",
      clientId: "x",
      clientSecret: { env: "X" },
    };
    const path = changed(DOCTOR, "psc", () => ({ auth }));
    expect(told(await diagnosed(path))).toBe("smtp authenticated login_required login");
  });

  it("of our certificate: one that the operator does not know", async () => {
    const stranger = await mock.untrustedCertificate(LABO);
    writeFileSync(join(folder, "stranger.p12"), stranger.p12);
    const path = changed(LABO, "stranger", (base) => ({
      auth: { ...(base["auth"] as object), p12: "stranger.p12", passphrase: stranger.passphrase },
    }));
    const found = await diagnosed(path);
    expect([told(found)?.split(" ")[1], found.firstFailure?.seen["clientCertificate"]]).toMatchObject([
      "authenticated",
      { issuer: expect.stringContaining("AUTRE AC SANS RAPPORT") },
    ]);
    expect(found.firstFailure?.advice?.code).toMatch(/^(credentials_refused|own_certificate_refused)$/);
  });

  it("warns where the operator offers no delivery receipts", async () => {
    mock.faults.add({ name: "no-dsn" });
    const { code, steps } = await diagnosed(configs[DOCTOR] ?? "");
    expect([code, steps.find(({ step }) => step === "limits")?.advice?.code]).toEqual([0, "no_delivery_receipts"]);
  });

  it("says it in French: what failed, the technical words, and what to do", async () => {
    mock.faults.add({ name: "untrusted-certificate", times: 2 });
    const { out, code } = await cli("doctor", "--config", configs[DOCTOR] ?? "");
    expect(code).toBe(1);
    expect(out).toContain("Première panne : Envoi (SMTP), Certificat du serveur — le certificat est incorrect");
    expect(out).toContain("vient d'une autorité inconnue [certificate_invalid]");
    expect(out).toContain("À faire : Aucune autorité de tls.ca n'a émis le certificat du serveur");
    expect(out).toContain("émis par CN=AUTRE AC SANS RAPPORT");
  });
});

describe("doctor --bundle", () => {
  it("writes a report with words and data, and without a secret or the name of a folder", async () => {
    const path = join(folder, "rapport.txt");
    mock.mailbox(DOCTOR).create("DUPONT Marie 2750175123456");
    for (const address of [LABO, DOCTOR]) {
      const result = await cli("doctor", "--config", configs[address] ?? "", "--bundle", path);
      expect(result.code).toBe(0);
      expect(result.err).toContain("Rapport écrit");
      const report = readFileSync(path, "utf8");
      expect(report).toContain("Rapport de diagnostic Medimail");
      expect(report).toContain(address);
      expect(report).toContain("✓ Connexion");
      const data = JSON.parse(report.slice(report.indexOf("== Données") + "== Données".length)) as {
        diagnosis: Diagnosis;
        configuration: { auth: object };
      };
      expect(data.diagnosis.ok).toBe(true);
      expect(data.configuration.auth).not.toHaveProperty("passphrase");
      for (const secret of [token, PASSPHRASE, "DUPONT Marie", "2750175123456", folder, "BEGIN"])
        expect(report).not.toContain(secret);
    }
  });

  it("holds the failure where there is one, and no credential of the proxy", async () => {
    const path = join(folder, "rapport.txt");
    const config = changed(LABO, "secret-proxy", () => ({ network: { proxy: "http://user:canary-pass@127.0.0.1:1" } }));
    expect((await cli("doctor", "--config", config, "--bundle", path)).code).toBe(1);
    const report = readFileSync(path, "utf8");
    expect(report).toContain("Première panne");
    expect(report).not.toContain("canary-pass");
  });

  it("that cannot be written is an error", async () => {
    const result = await cli(
      "doctor",
      "--config",
      configs[LABO] ?? "",
      "--bundle",
      join(folder, "no", "x.txt"),
      "--json",
    );
    expect(result.value<{ error: { code: string } }>().error.code).toMatch(/^file_/);
  });
});

describe("what stops doctor itself", () => {
  it.each([
    ["no configuration", [], "usage_invalid"],
    ["one that is not there", ["--config", "none.json"], "file_not_found"],
  ])("%s: exit 2", async (_what, options, code) => {
    const result = await cli("doctor", ...options, "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([2, code]);
  });

  it("authorities that cannot be read: exit 2", async () => {
    const path = changed(LABO, "no-ca", () => ({ tls: { ca: ["none.pem"], revocation: "off" } }));
    const result = await cli("doctor", "--config", path, "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([2, "file_not_found"]);
  });

  it("its time limit, and what was found until then is shown: exit 1", async () => {
    mock.faults.add({ name: "silence", at: "greeting" });
    const found = await diagnosed(configs[LABO] ?? "", "--timeout", "0.5");
    expect([found.code, told(found)?.split(" ").slice(0, 3)]).toEqual([1, ["smtp", "connected", "timeout"]]);
    expect(found.steps[0]).toMatchObject({ step: "resolved", state: "ok" });
  });

  it("an interruption: exit 130", async () => {
    mock.faults.add({ name: "silence", at: "greeting" });
    const before = mock.observations.length;
    const run = startCli(["doctor", "--config", configs[LABO] ?? "", "--json"]);
    await expect.poll(() => mock.observations.slice(before).some(({ kind }) => kind === "fault")).toBe(true);
    run.interrupt();
    const result = await run.result;
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([130, "aborted"]);
  });
});
