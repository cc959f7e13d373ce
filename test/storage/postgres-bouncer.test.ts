import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres, freePort, USER } from "../tools/postgres.js";
import { describeWithProgram } from "../tools/programs.js";
import { accepted, claimAll, OTHER_WORKER, submission, T0, WORKER } from "./samples.js";

describeWithProgram("pgbouncer", "pgbouncer", "through PgBouncer", () =>
  describeWithPostgres("that gives a connection for a transaction", (server) => {
    const folder = mkdtempSync(join(tmpdir(), "medimail-bouncer-"));
    let bouncer: ChildProcess;
    let port: number;
    beforeAll(async () => {
      port = await freePort();
      const file = join(folder, "pgbouncer.ini");
      writeFileSync(
        file,
        `[databases]\npostgres = host=127.0.0.1 port=${server().port} user=${USER}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}
unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n`,
      );
      chmodSync(folder, 0o755);
      // It refuses to run as root.
      const user = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
      bouncer = spawn("pgbouncer", [...user, file], { stdio: ["ignore", "ignore", "pipe"] });
      await new Promise<void>((resolve, reject) => {
        bouncer.once("exit", () => reject(new Error("PgBouncer did not start")));
        bouncer.stderr?.on("data", (text) => {
          if (/process up/.test(String(text))) resolve();
        });
      });
    });
    afterAll(async () => {
      const gone = new Promise((resolve) => bouncer.once("exit", resolve));
      bouncer.kill("SIGINT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    });

    /** Each with connections of its own, as two processes have. */
    async function two() {
      const url = new URL(await server().database());
      url.port = String(port);
      const one = await openPostgresOutbox({ url: `${url.href}&application_name=one` });
      return { url, one, other: await openPostgresOutbox({ url: `${url.href}&application_name=other` }) };
    }

    describe("two stores on one database", () => {
      it("submit, claim and settle each mail once", async () => {
        const { one, other } = await two();
        const names = Array.from({ length: 24 }, (_, n) => `b${n}`);
        await Promise.all(names.map((name, n) => (n % 2 ? one : other).submit(submission(name))));
        const done: string[] = [];
        await Promise.all(
          [one, other, one, other].map(async (store, n) => {
            const worker = n % 2 ? OTHER_WORKER : WORKER;
            for (
              let mails = await claimAll(store, T0, worker);
              mails.length > 0;
              mails = await claimAll(store, T0, worker)
            )
              for (const mail of mails) {
                await store.markHandover(worker, [mail.mailId]);
                await store.settle([accepted(mail, { worker })]);
                done.push(mail.submission);
              }
          }),
        );
        expect(done.sort()).toEqual(names.map((name) => `s-${name}`).sort());
        const events = await one.events({ limit: 100 });
        expect(events.map(({ event }) => event).filter((event) => event === "accepted")).toHaveLength(24);
        await Promise.all([one.close(), other.close()]);
      });

      it("take part in a transaction of the caller's own", async () => {
        const { url, one, other } = await two();
        const client = new pg.Client({ host: "127.0.0.1", port, user: USER, database: url.pathname.slice(1) });
        await client.connect();
        await client.query("BEGIN");
        await one.submit(submission("a"), { tx: client });
        expect(await other.get("s-a")).toBeUndefined();
        await client.query("COMMIT");
        expect((await other.events({})).map(({ event }) => event)).toEqual(["queued"]);
        await client.end();
        await Promise.all([one.close(), other.close()]);
      });
    });
  }),
);
