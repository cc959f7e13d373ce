// By hand (`.ci/long failover`): what it costs in time is standbys that are made, not what it shows.

import { rmSync } from "node:fs";
import { afterAll, beforeAll, it } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { BadLine } from "../tools/bad-line.js";
import { describeWithPostgres, type PostgresServer } from "../tools/postgres.js";
import { killRounds, killWorker } from "./kill-rounds.js";

let worker: string;
beforeAll(async () => {
  worker = await killWorker();
});
afterAll(() => rmSync(worker, { force: true }));

describeWithPostgres(
  "a worker on PostgreSQL whose primary dies and whose synchronous standby takes over",
  (server) => {
    it("sends none twice, and each arrived or is listed unknown", { timeout: 1_200_000 }, async () => {
      let primary: PostgresServer = server();
      let standby = await primary.standby();
      // The name that follows the primary.
      const line = new BadLine({ target: primary.port, random: seededRandom(1), breaks: () => 0 });
      const url = new URL(await primary.database());
      url.port = String(await line.start());
      let takeovers = 0;
      try {
        await killRounds({
          worker,
          outbox: { store: "postgres", url: url.href },
          submissions: Number(process.env["MEDIMAIL_KILL_SUBMISSIONS"] ?? 150),
          kills: Number(process.env["MEDIMAIL_KILLS"] ?? 15),
          amid: async () => {
            const dead = primary;
            await dead.kill();
            await standby.promote();
            line.to(standby.port);
            primary = standby;
            takeovers += 1;
            // Until it follows nothing is committed.
            standby = await primary.standby();
            await dead.end();
          },
        });
      } finally {
        line.stop();
        await Promise.all([primary.end(), standby.end()]);
      }
      console.info(`${takeovers} standbys took over`);
    });
  },
  { own: true, fsync: true, settings: ["synchronous_standby_names=*"] },
);
