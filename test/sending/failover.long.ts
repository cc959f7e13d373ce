// By hand (`.ci/long failover`): what it costs in time is standbys that are made, not what it shows.

import { rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, it } from "vitest";
import { describeWithPostgres, type PostgresServer } from "../tools/postgres.js";
import { killRounds, killWorker } from "./kill-rounds.js";

/** The name that follows the primary. */
class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => {
    const server = connect(this.#target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(client);
  });
  #target = 0;

  async to(port: number): Promise<number> {
    this.#target = port;
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

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
      const line = new Line();
      const url = new URL(await primary.database());
      url.port = String(await line.to(primary.port));
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
            await line.to(standby.port);
            primary = standby;
            takeovers += 1;
            // Until it follows nothing is committed.
            standby = await primary.standby();
            await dead.end();
          },
        });
      } finally {
        line.close();
        await Promise.all([primary.end(), standby.end()]);
      }
      console.info(`${takeovers} standbys took over`);
    });
  },
  { own: true, fsync: true, settings: ["synchronous_standby_names=*"] },
);
