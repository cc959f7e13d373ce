import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { Pool, PoolClient } from "pg";
import { MedimailError } from "../../errors.js";
import { isLost } from "./errors.js";
import { type PgAddress, parseUrl } from "./url.js";

/** Of a process, however many mailboxes it opens on a database. One is used while nothing is amiss, and two or three where it delivers and shows lists. */
const MOST_CONNECTIONS = 10;
const CONNECT_MS = 10_000;
/** More than any statement of ours takes, less than anybody waits. */
const STATEMENT_MS = 30_000;

/** The connections of one store. */
export interface PgPool {
  readonly pool: Pool;
  readonly schema: string | undefined;
  close(): Promise<void>;
}

const pools = new Map<string, { pool: Pool; users: number }>();

/** Those of this process for the same URL share their connections. Opens none yet. @throws `config_invalid`, `not_supported` where the package `pg` is not installed */
export async function openPool(url: string): Promise<PgPool> {
  const { schema, ...address } = parseUrl(url);
  const { Pool } = await load();
  const shared = pools.get(url) ?? { pool: newPool(Pool, address), users: 0 };
  pools.set(url, shared);
  shared.users += 1;
  return {
    pool: shared.pool,
    schema,
    async close() {
      shared.users -= 1;
      if (shared.users > 0) return;
      pools.delete(url);
      await shared.pool.end();
    },
  };
}

function newPool(Made: typeof Pool, address: PgAddress): Pool {
  const pool = new Made({
    ...connectionOf(address),
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  // Of a connection that ends while nobody uses it: the next statement takes another.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

function connectionOf({ host, port, user, password, database, options, applicationName, tls }: PgAddress) {
  return {
    host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(options === undefined ? {} : { options }),
    application_name: applicationName,
    ssl: tls === false ? false : verified(host, tls),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
  };
}

// An older `pg` 8 compares the certificate of an address with "localhost".
const verified = (host: string, tls: Exclude<PgAddress["tls"], false>) => ({
  ...tls,
  minVersion: "TLSv1.2" as const,
  rejectUnauthorized: true,
  checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
});

async function load(): Promise<typeof import("pg")> {
  try {
    const found = await import("pg");
    return "default" in found && "Pool" in (found.default as object) ? (found.default as typeof found) : found;
  } catch {
    throw new MedimailError("not_supported", "outbox.store postgres needs the package pg, which is not installed.", {
      path: "outbox.store",
      hint: "Install it beside this package: npm install pg",
    });
  }
}

/** One connection for `work`, given back after it; thrown away where it is lost or in the middle of something. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    const result = await work(client);
    broken = false;
    return result;
  } finally {
    client.release(broken);
  }
}

/** A reading, again on another connection where the first was lost: the server was started again, or a standby took over. */
export async function readAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLost(error)) throw error;
    return await work();
  }
}
