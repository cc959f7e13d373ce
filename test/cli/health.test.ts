import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { englishHealth } from "../../src/cli/text/en-health.js";
import { frenchHealth } from "../../src/cli/text/fr-health.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import type { Health } from "../../src/supervision/index.js";
import { writeDocuments } from "./documents.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
let mock: MockMedimail;
let base: Record<string, unknown>;
let configs = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  const { configs: paths } = await mock.ready();
  base = JSON.parse(readFileSync(paths["labo@ch-exemple.mssante.fr"] ?? "", "utf8")) as Record<string, unknown>;
});
afterAll(() => mock.close());

function config(changes: object = {}): string {
  configs += 1;
  const path = join(folder, "mock", `health-${configs}.json`);
  writeFileSync(path, JSON.stringify({ ...base, outbox: { path: `health-${configs}.db` }, ...changes }));
  return path;
}

it("has words and advice for each reason, in both languages and in docs/supervision.md", () => {
  const page = readFileSync(new URL("../../docs/supervision.md", import.meta.url), "utf8");
  for (const reason of Object.keys(frenchHealth.advice)) expect(page).toContain(`\`${reason}\``);
  expect(Object.keys(englishHealth.advice)).toEqual(Object.keys(frenchHealth.advice));
});

const reasons = ({ checks }: Health) => checks.flatMap(({ reason }) => reason ?? []);

describe("medimail health", () => {
  it("where nobody delivers is a warning: exit 0, or 1 with --strict", async () => {
    const path = config();
    const asked = await cli("health", "--config", path, "--json");
    expect(asked.code).toBe(0);
    const health = asked.value<Health>();
    expect(health).toMatchObject({ status: "warning", mailbox: "labo@ch-exemple.mssante.fr" });
    expect(reasons(health)).toEqual(["nobody_delivers"]);
    expect((await cli("health", "--config", path, "--json", "--strict")).code).toBe(1);
  });

  it("with a mail that nobody delivers is critical: exit 1, with the cause and what to do, in French or in English", async () => {
    const path = config();
    await cli(
      "send",
      "--config",
      path,
      "--cda",
      files.cda,
      "--pdf",
      files.pdf,
      "--wait",
      "no",
      "--to",
      "martin.dupont@medecin.mssante.fr",
    );
    const french = await cli("health", "--config", path);
    expect(french.code).toBe(1);
    expect(french.out).toContain("État de santé de labo@ch-exemple.mssante.fr");
    expect(french.out).toMatch(/✗ Service +aucun processus n'a encore transmis/);
    expect(french.out).toMatch(/✓ File d'attente +1 en attente, dont 1 à transmettre maintenant/);
    expect(french.out).toContain("Quelque chose est bloqué, ou le sera bientôt.");
    expect(french.out).toContain("« medimail outbox run »");
    const english = await cli("health", "--config", path, "--lang", "en");
    expect(english.out).toMatch(/✗ Service +no process has delivered from this outbox yet/);
    expect(english.out).toContain("`medimail outbox run`");
  });

  it("beside a service that runs is all well", async () => {
    const path = config();
    const service = startCli(["outbox", "run", "--config", path, "--json"]);
    for (;;) {
      const asked = await cli("health", "--config", path, "--json");
      const health = asked.value<Health>();
      if (health.status === "ok" && health.checks.some(({ name, last }) => name === "receipts" && last !== undefined))
        break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const shown = await cli("health", "--config", path);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain("Tout va bien.");
    expect(shown.out).toMatch(/✓ Accusés +dernier succès le \d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/);
    service.interrupt("SIGTERM");
    expect((await service.result).code).toBe(0);
  });

  it("writes the figures for Prometheus into a file, whole", async () => {
    const path = config();
    const metrics = join(folder, "medimail.prom");
    const asked = await cli("health", "--config", path, "--metrics", metrics);
    expect(asked.err).toContain(metrics);
    expect(readFileSync(metrics, "utf8")).toContain(
      'medimail_health_check{mailbox="labo@ch-exemple.mssante.fr",check="service"} 1\n',
    );
    const nowhere = await cli("health", "--config", path, "--json", "--metrics", join(folder, "no", "where.prom"));
    expect(nowhere.code).toBe(2);
    expect(nowhere.value<{ error: { code: string } }>().error.code).toBe("file_not_found");
  });

  it("tells an outbox that cannot be used, and a certificate that cannot be opened, as findings", async () => {
    const path = config({ outbox: { path: folder }, auth: { ...(base["auth"] as object), passphrase: "wrong" } });
    const asked = await cli("health", "--config", path, "--json");
    expect(asked.code).toBe(1);
    expect(reasons(asked.value<Health>())).toEqual(["store_unavailable", "certificate_unusable"]);
  });
});
