import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import type { ActivityIndicators } from "../../src/onboarding/index.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
const LABO = "labo@ch-exemple.mssante.fr";
let mock: MockMedimail;
let base: Record<string, unknown>;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), autoReceipts: { deliver: true } });
  const { configs } = await mock.ready();
  base = JSON.parse(readFileSync(configs[LABO] ?? "", "utf8")) as Record<string, unknown>;
});
afterAll(() => mock.close());

let configs = 0;
function config(changes: object = {}): string {
  configs += 1;
  const path = join(folder, "mock", `papers-${configs}.json`);
  writeFileSync(path, JSON.stringify({ ...base, outbox: { path: `papers-${configs}.db` }, ...changes }));
  return path;
}
const out = (name: string): string => join(folder, name);

interface Sheet {
  sections: { id: string; rows: { id: string; value: string | null; source: string }[] }[];
  findings: { severity: string; code: string }[];
  missing: string[];
  renewal: { id: string; by: string }[];
}
const shown = ({ sections }: Sheet, id: string) =>
  sections.flatMap(({ rows }) => rows).find((row) => row.id === id)?.value;

describe("onboarding sheet", () => {
  it("is filled from the configuration and its certificate", async () => {
    const {
      code,
      value,
      out: printed,
    } = await cli(
      "onboarding",
      "sheet",
      "--config",
      config(),
      "--json",
      "--use",
      "sending",
      "--source-address",
      "192.0.2.10",
      "--source-address",
      "192.0.2.11",
      "--contact",
      "technical=DSI, 05 00 00 00 00",
      "--mails-per-day",
      "400",
      "--largest-mail",
      "12000000",
    );
    const sheet = value<Sheet>();
    expect(shown(sheet, "mailbox-address")).toBe(LABO);
    expect(shown(sheet, "certificate-subject")).toBe(`CN=${LABO}, OU=1750000001, O=CH EXEMPLE, C=FR`);
    expect(shown(sheet, "source-addresses")).toBe("192.0.2.10, 192.0.2.11");
    expect(shown(sheet, "contact-technical")).toBe("DSI, 05 00 00 00 00");
    expect(shown(sheet, "mails-per-day")).toBe("400");
    expect(sheet.missing).not.toContain("largest-mail");
    expect(sheet.renewal.map(({ id }) => id)).toEqual([
      "renew-order",
      "renew-declare",
      "renew-install",
      "renew-retire",
    ]);
    // The mock's certificate is of a test chain: said, and no error.
    expect(sheet.findings.map(({ code: found }) => found)).toContain("certificate_test");
    expect(code).toBe(sheet.findings.some(({ severity }) => severity === "error") ? 1 : 0);
    expect(printed).not.toContain("PRIVATE KEY");
  });

  it("measures the volumes in the outbox", async () => {
    const path = config();
    await cli(
      "send",
      "--config",
      path,
      "--cda",
      files.cda,
      "--pdf",
      files.pdf,
      "--to",
      "martin.dupont@medecin.mssante.fr",
      "--wait",
      "no",
    );
    const sheet = (await cli("onboarding", "sheet", "--config", path, "--json", "--measure", "10")).value<Sheet>();
    expect(shown(sheet, "mails-busiest-day")).toBe("1");
    expect(Number(shown(sheet, "largest-mail"))).toBeGreaterThan(1_000);
    expect(sheet.missing).not.toContain("mails-per-day");
  });

  it("is made before the certificate is there, says so, and leaves its lines blank", async () => {
    const path = config({
      tls: { ...(base["tls"] as object), revocation: "strict" },
      auth: { method: "certificate", p12: "not-yet.p12", passphrase: { env: "NOT_SET_ANYWHERE" } },
    });
    const { code, value, err } = await cli("onboarding", "sheet", "--config", path, "--json");
    expect(code).toBe(0);
    expect(err).toContain("file_not_found: auth.p12");
    expect(value<Sheet>().findings.map(({ code: found }) => found)).toContain("certificate_missing");
    expect(value<Sheet>().missing).toContain("certificate-serial");
  });

  it("is written as the file's ending says, in the language asked", async () => {
    const { value } = await cli(
      "onboarding",
      "sheet",
      "--config",
      config(),
      "--out",
      out("sheet.html"),
      "--lang",
      "en",
      "--json",
    );
    const html = readFileSync(out("sheet.html"), "utf8");
    expect(html).toContain('<html lang="en">');
    expect(value<{ written: { format: string; size: number } }>().written).toMatchObject({
      format: "html",
      size: Buffer.byteLength(html),
    });
    const { out: printed } = await cli("onboarding", "sheet", "--config", config());
    expect(printed).toContain("# Fiche technique du connecteur MSSanté");
  });

  it.each([
    [["--source-address", "smtp.exemple.fr"]],
    [["--contact", "boss=x"]],
    [["--contact", "technical"]],
    [["--contact", "technical=a", "--contact", "technical=b"]],
    [["--measure", "0"]],
    [["--measure", "5", "--mails-per-day", "5"]],
    [["--out", "sheet.pdf"]],
    [["--format", "pdf"]],
    [["--use", "webmail"]],
  ])("refuses %j with exit 2", async (options) => {
    expect((await cli("onboarding", "sheet", "--config", config(), "--json", ...options)).code).toBe(2);
  });
});

describe("onboarding certificate", () => {
  it("says how to order one, and when the next is due", async () => {
    const alone = (await cli("onboarding", "certificate", "--json")).value<{
      order: { id: string }[];
      renewal: unknown[];
    }>();
    expect(alone.order.map(({ id }) => id)).toContain("delegate");
    expect(alone.renewal).toEqual([]);
    const { mailboxes } = await mock.ready();
    const auth = mailboxes.find(({ address }) => address === LABO)?.auth as { pem: string };
    const own = (await cli("onboarding", "certificate", auth.pem, "--json")).value<{
      certificate: { subject: string };
      renewal: { by: string }[];
    }>();
    expect(own.certificate.subject).toContain(LABO);
    expect(own.renewal).toHaveLength(4);
  });

  it("refuses what is no certificate", async () => {
    expect((await cli("onboarding", "certificate", files.cda, "--json")).code).toBe(1);
    expect((await cli("onboarding", "certificate", out("none.pem"), "--json")).code).toBe(2);
  });
});

describe("onboarding template", () => {
  it("takes from the configuration what it knows, and says what is left", async () => {
    const path = config({ sender: { label: "Labo", structure: { idNat: "1750000001", name: "CH EXEMPLE" } } });
    const { code, value } = await cli(
      "onboarding",
      "template",
      "register",
      "--config",
      path,
      "--set",
      "dpo=dpo@ch-exemple.fr",
      "--json",
    );
    expect(code).toBe(0);
    const { text, missing } = value<{ text: string; missing: string[] }>();
    expect(text).toContain("CH EXEMPLE, [adresse postale de la structure], FINESS 750000001");
    expect(text).toContain("dpo@ch-exemple.fr");
    expect(missing).toContain("controller");
    expect(missing).not.toContain("finess");
  });

  it("prints the text, and the blanks beside it", async () => {
    const { out: printed, err } = await cli("onboarding", "template", "banner", "--set", "structure=CH EXEMPLE");
    expect(printed.split("\n")[0]).toBe("CH EXEMPLE — [service]");
    expect(err).toContain("À compléter : adresse MSSanté (--set mailbox=…), service (--set service=…)");
  });

  it("writes a printable page", async () => {
    await cli("onboarding", "template", "notice", "--set", "structure=CH EXEMPLE", "--out", out("affiche.html"));
    expect(readFileSync(out("affiche.html"), "utf8")).toContain(
      "<h1>Vos documents de santé circulent par une messagerie sécurisée</h1>",
    );
  });

  it.each([
    [["letter"], "usage_invalid"],
    [["footer", "--set", "colour=blue"], "usage_invalid"],
    [["footer", "--set", "structure"], "usage_invalid"],
    [["footer", "--set", "structure="], "invalid_argument"],
  ])("refuses %j", async (words, code) => {
    const result = await cli("onboarding", "template", ...words, "--json");
    expect(result.code).toBe(2);
    expect(result.value<{ error: { code: string } }>().error.code).toBe(code);
  });

  it("suggests the name that was meant", async () => {
    expect((await cli("onboarding", "template", "registre")).err).toContain("vouliez-vous dire register ?");
  });
});

describe("onboarding indicators", () => {
  const send = (path: string, ...more: string[]) =>
    cli("send", "--config", path, "--cda", files.cda, "--pdf", files.pdf, "--json", ...more);

  it("count what a real outbox sent, by type, recipient and period", async () => {
    const path = config();
    expect((await send(path, "--to", "martin.dupont@medecin.mssante.fr", "--wait", "delivered")).code).toBe(0);
    await send(path, "--to", "claire.morel@medecin.mssante.fr", "--action", "replace", "--wait", "no");
    const { code, value } = await cli("onboarding", "indicators", "--config", path, "--json");
    expect(code).toBe(0);
    const indicators = value<ActivityIndicators>();
    expect(indicators).toMatchObject({ mailbox: LABO, period: "day", timeZone: "Europe/Paris" });
    expect(indicators.byPeriod).toHaveLength(30);
    expect(indicators.totals).toMatchObject({ sent: 2, accepted: 1, delivered: 1, waiting: 1, mails: 2 });
    expect(indicators.byType.map(({ type, recipient, sent }) => [type, recipient, sent])).toEqual([
      ["create", "professional", 1],
      ["replace", "professional", 1],
    ]);
    expect(indicators.receipts).toMatchObject([{ kind: "dsn", matched: 1 }]);
    expect(indicators.received.mails).toBeUndefined();
  });

  it("count the mails of the inbox on the server when asked", async () => {
    const path = config();
    const { value } = await cli("onboarding", "indicators", "--config", path, "--count-mailbox", "--json");
    const { mails } = value<ActivityIndicators>().received;
    expect(Object.keys(mails ?? {})).toEqual(["professional", "patient", "receipt", "service"]);
    // The receipt of the test before is in the box, and of today: the mock's days are those of this machine.
    expect(mails?.receipt).toBeGreaterThanOrEqual(1);
    const day = (away: number) => new Date(Date.now() + away * 86_400_000).toISOString().slice(0, 10);
    const within = async (since: string, until: string) =>
      (
        await cli(
          "onboarding",
          "indicators",
          "--config",
          path,
          "--count-mailbox",
          "--json",
          "--since",
          since,
          "--until",
          until,
        )
      ).value<ActivityIndicators>().received.mails?.receipt;
    expect(await within(day(-5), day(-1))).toBe(0);
    expect(await within(day(2), day(4))).toBe(0);
    expect(await within(day(-1), day(2))).toBe(mails?.receipt);
  });

  it("hold no health data and no correspondent, in any form", async () => {
    const path = config();
    await send(path, "--to", "martin.dupont@medecin.mssante.fr", "--wait", "no");
    for (const format of ["json", "csv", "html", "md"]) {
      const { out: printed } = await cli("onboarding", "indicators", "--config", path, "--format", format);
      expect(printed.length).toBeGreaterThan(200);
      expect(printed).not.toMatch(/dupont|@medecin|patient\.mssante|\b[1-478]\d{14}\b/i);
    }
  });

  it("are a CSV that adds up, and a page", async () => {
    const path = config();
    await send(path, "--to", "martin.dupont@medecin.mssante.fr", "--wait", "no");
    await cli("onboarding", "indicators", "--config", path, "--out", out("activite.csv"));
    const rows: Record<string, string>[] = parse(readFileSync(out("activite.csv")), {
      bom: true,
      delimiter: ";",
      columns: true,
    });
    expect(rows).toMatchObject([{ Type: "documents nouveaux", Envoyés: "1" }]);
    await cli("onboarding", "indicators", "--config", path, "--out", out("activite.html"), "--period", "week");
    expect(readFileSync(out("activite.html"), "utf8")).toContain('role="img"');
  });

  it.each([
    [["--since", "hier"]],
    [["--since", "2026-02-01", "--until", "2026-01-01"]],
    [["--time-zone", "Mars/Olympus"]],
    [["--since", "2020-01-01", "--until", "2026-01-01", "--period", "day"]],
    [["--period", "hour"]],
  ])("refuses %j with exit 2", async (options) => {
    expect((await cli("onboarding", "indicators", "--config", config(), "--json", ...options)).code).toBe(2);
  });
});
