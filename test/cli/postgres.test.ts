import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { describeWithPostgres, PASSWORD } from "../tools/postgres.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
const DOCTOR = "martin.dupont@medecin.mssante.fr";
let mock: MockMedimail;
let base: Record<string, unknown>;
let configs = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), autoReceipts: { deliver: true } });
  const { configs: paths } = await mock.ready();
  base = JSON.parse(readFileSync(paths["labo@ch-exemple.mssante.fr"] ?? "", "utf8")) as Record<string, unknown>;
});
afterAll(() => mock.close());

function config(url: unknown): string {
  configs += 1;
  const path = join(folder, "mock", `postgres-${configs}.json`);
  writeFileSync(path, JSON.stringify({ ...base, outbox: { store: "postgres", url } }));
  return path;
}

const document = ["--cda", files.cda, "--pdf", files.pdf, "--to", DOCTOR];

describeWithPostgres(
  "the command with an outbox in PostgreSQL",
  (server) => {
    it("sends, lists, withdraws and shows traces", { timeout: 90_000 }, async () => {
      // A file of a secret beside the configuration, with its line end.
      writeFileSync(join(folder, "mock", "url.txt"), `${await server().database()}\n`);
      const path = config({ file: "url.txt" });
      const sent = await cli("send", "--config", path, "--json", ...document);
      expect([sent.code, sent.lines<{ event: string }>().map(({ event }) => event)]).toEqual([
        0,
        ["queued", "accepted"],
      ]);
      const left = await cli("send", "--config", path, "--json", "--wait", "no", "--resend", ...document);
      const [{ submission = "" } = {}] = left.lines<{ submission?: string }>();
      expect((await cli("outbox", "cancel", submission, "--config", path, "--json")).code).toBe(0);
      const rows = (await cli("outbox", "list", "--config", path, "--json")).value<{ state: string }[]>();
      expect(rows.map(({ state }) => state)).toEqual(["cancelled", "accepted"]);
      const again = await cli("outbox", "retry", submission, "--config", path, "--json");
      expect([again.code, again.err + again.out]).toEqual([1, expect.stringContaining("submission_state")]);
      expect((await cli("outbox", "stats", "--config", path, "--json")).value()).toMatchObject({ submissions: 2 });
      const traces = await cli("traces", "export", "--config", path, "--json");
      expect(traces.out).toContain('"send"');
    });

    it("says what is wrong with the database in French, never its password", async () => {
      const path = config(server().url({ password: "CANARY-WRONG" }));
      const refused = await cli("outbox", "list", "--config", path, "--lang", "fr");
      expect(refused.code).not.toBe(0);
      expect(refused.err).toContain("le serveur de base de données a refusé la connexion (28P01)");
      expect(refused.err + refused.out).not.toContain("CANARY");
    });

    it("doctor says which store it is, and not its URL", async () => {
      const bundle = join(folder, "bundle");
      const path = config(server().url());
      const seen = await cli("doctor", "--config", path, "--bundle", bundle);
      expect(readFileSync(bundle, "utf8")).toContain('"store": "postgres"');
      expect(seen.out + seen.err + readFileSync(bundle, "utf8")).not.toContain("CANARY");
      expect(encodeURIComponent(PASSWORD)).toContain("CANARY");
    });
  },
  { own: true, locked: true },
);
