import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPostgres } from "../tools/postgres.js";
import { killRounds, killWorker, takeOver } from "./kill-rounds.js";

let worker: string;
beforeAll(async () => {
  worker = await killWorker();
});
afterAll(() => rmSync(worker, { force: true }));

describeWithPostgres(
  "a worker on PostgreSQL that is killed",
  (server) => {
    it(
      "at random moments, as is the server of the database: none twice, each arrived or listed unknown",
      {
        timeout: 300_000,
      },
      async () =>
        killRounds({
          worker,
          outbox: { store: "postgres", url: await server().database() },
          submissions: Number(process.env["MEDIMAIL_KILL_SUBMISSIONS"] ?? 80),
          kills: Number(process.env["MEDIMAIL_KILLS"] ?? 8),
          async between(kill) {
            if (kill % 3 !== 2) return;
            await server().kill();
            await server().start();
          },
        }),
    );

    it("leaves its work to another that lives, within 5 s", { timeout: 60_000 }, async () => {
      expect(await takeOver({ worker, outbox: { store: "postgres", url: await server().database() } })).toBeLessThan(
        5_000,
      );
    });
  },
  { own: true, fsync: true },
);
