import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { TestCertificate } from "./certificates.js";

const DEBIAN = "/usr/lib/postgresql";
export const USER = "medimail";
/** Asked of everybody where the server is `locked`. */
export const PASSWORD = "essai CANARY-PASSWORD/1";
const DATABASE = "postgres";

export interface PostgresOptions {
  /** A server of the suite's own, which it may stop, start and kill; else one serves all suites of the process. Implied by the others. */
  own?: boolean;
  /** A commit waits for the disk, as in production. */
  fsync?: boolean;
  /** A password is asked for: {@link PASSWORD}. */
  locked?: boolean;
  tls?: TestCertificate;
  /** More of them: `max_connections=5`. */
  settings?: readonly string[];
}

export interface PostgresServer {
  readonly port: number;
  /** The URL of a fresh, empty place for one store: a schema, whose making takes a few ms. */
  database(): Promise<string>;
  /** The URL of a database, for that of another user, another name … */
  url(changes?: { user?: string; password?: string; host?: string; database?: string; query?: string }): string;
  /** As its superuser. Of several statements: the rows of the last. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Ends every connection (`stop`), or dies as by a power cut (`kill`: what was not written to the disk is read again from its journal). */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** The same data on the same port. */
  start(): Promise<void>;
  /** Another that follows this one, and has the same options. To be ended by the caller. */
  standby(): Promise<PostgresServer>;
  /** A standby that follows no longer, but writes. */
  promote(): Promise<void>;
  end(): Promise<void>;
}

/** The newest folder of PostgreSQL's programs. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const [newest] = readdirSync(DEBIAN)
    .filter((name) => existsSync(join(DEBIAN, name, "bin/initdb")))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? undefined : join(DEBIAN, newest, "bin");
}

/**
 * A suite that needs PostgreSQL (Debian: postgresql). Without it the suite is skipped with a printed reason; in CI it fails instead. The server is
 * on the loopback, in a temporary folder.
 */
export function describeWithPostgres(
  name: string,
  body: (server: () => PostgresServer) => void,
  options: PostgresOptions = {},
): void {
  const programs = postgresPrograms();
  if (programs === undefined && !process.env["CI"]) {
    console.info(`skipped: ${name} (needs PostgreSQL; Debian: postgresql)`);
    describe.skip(`${name} (needs PostgreSQL)`, () => void it.skip("skipped", () => {}));
    return;
  }
  describe(name, () => {
    const own = Object.keys(options).length > 0;
    let server: Server | undefined;
    beforeAll(async () => {
      if (programs === undefined) throw new Error("in CI PostgreSQL must be installed (Debian: postgresql)");
      server = own ? await Server.begin(programs, options) : await shared(programs);
    });
    afterAll(async () => {
      if (own) await server?.end();
    });
    body(() => {
      if (!server) throw new Error("the server is not started yet");
      return server;
    });
  });
}

// Files share a process and its modules. It ends with the process.
let common: Promise<Server> | undefined;
const shared = (programs: string): Promise<Server> => {
  common ??= Server.begin(programs, {});
  return common;
};

/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;
const AS_POSTGRES = isRoot ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
const ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" };

/** What `initdb` makes takes a second or more: it is made once, and copied. */
let made: string | undefined;
function makeCluster(programs: string): string {
  const { folder, data } = newFolder();
  const password = join(folder, "password");
  writeFileSync(password, PASSWORD);
  give(password);
  const user = ["-U", USER, `--pwfile=${password}`];
  const kind = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"];
  execFileSync("setpriv", [...AS_POSTGRES, join(programs, "initdb"), "-D", data, ...user, ...kind], {
    env: ENV,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return data;
}

function newFolder(): { folder: string; data: string } {
  const folder = mkdtempSync(join(tmpdir(), "medimail-postgres-"));
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  give(folder, data);
  guard(folder);
  return { folder, data };
}

class Server implements PostgresServer {
  #child: ChildProcess | undefined;
  #admin: pg.Client | undefined;
  #serial = 0;

  static async begin(programs: string, options: PostgresOptions): Promise<Server> {
    const { folder, data } = newFolder();
    made ??= makeCluster(programs);
    execFileSync("cp", ["-a", `${made}/.`, data]);
    const method = options.locked ? "scram-sha-256" : "trust";
    writeFileSync(
      join(data, "pg_hba.conf"),
      `local all all trust\nhost all all 127.0.0.1/32 ${method}\nhost replication all 127.0.0.1/32 ${method}\n`,
    );
    if (options.tls)
      for (const [name, text] of Object.entries({ "server.crt": options.tls.cert, "server.key": options.tls.key })) {
        const file = join(data, name);
        writeFileSync(file, text);
        chmodSync(file, 0o600);
        give(file);
      }
    const server = new Server(programs, folder, await freePort(), options);
    await server.start();
    return server;
  }

  async standby(): Promise<Server> {
    const { folder, data } = newFolder();
    const from = ["-h", "127.0.0.1", "-p", String(this.port), "-U", USER];
    const how = ["-D", data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
    await promisify(execFile)("setpriv", [...AS_POSTGRES, join(this.programs, "pg_basebackup"), ...from, ...how], {
      env: { ...ENV, PGPASSWORD: PASSWORD },
      cwd: folder,
    });
    const server = new Server(this.programs, folder, await freePort(), this.options);
    await server.start();
    return server;
  }

  async promote(): Promise<void> {
    await this.query("SELECT pg_promote()");
  }

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    readonly port: number,
    private readonly options: PostgresOptions,
  ) {}

  url({
    user = USER,
    password = this.options.locked ? PASSWORD : "",
    host = "127.0.0.1",
    database = DATABASE,
    query = "",
  }: Parameters<PostgresServer["url"]>[0] = {}): string {
    const login = password === "" ? user : `${user}:${encodeURIComponent(password)}`;
    return `postgres://${login}@${host}:${this.port}/${database}${query === "" ? "" : `?${query}`}`;
  }

  async database(): Promise<string> {
    this.#serial += 1;
    const schema = `essai_${this.#serial}`;
    await this.query(`CREATE SCHEMA ${schema}`);
    return this.url({ query: `schema=${schema}` });
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const admin = await this.#asAdmin();
    // Without values several statements may stand in one text.
    const result = await (values.length === 0 ? admin.query(sql) : admin.query(sql, [...values]));
    return [result].flat().at(-1)?.rows ?? [];
  }

  async start(): Promise<void> {
    const { fsync = false, tls, settings = [] } = this.options;
    const given = [
      `port=${this.port}`,
      "listen_addresses=127.0.0.1",
      `unix_socket_directories=${this.folder}`,
      `fsync=${fsync ? "on" : "off"}`,
      "logging_collector=off",
      "log_destination=stderr",
      ...(tls ? ["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"] : ["ssl=off"]),
      ...settings,
    ].flatMap((setting) => ["-c", setting]);
    const child = spawn(
      "setpriv",
      [...AS_POSTGRES, join(this.programs, "postgres"), "-D", join(this.folder, "data"), ...given],
      { env: ENV, cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      const gone = () => reject(new Error(`PostgreSQL did not start: ${said}`));
      child.once("exit", gone);
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4_000);
        if (!/ready to accept (read-only )?connections/.test(said)) return;
        child.off("exit", gone);
        resolve();
      });
    });
    child.unref();
    (child.stderr as Socket).unref();
  }

  stop = (): Promise<void> => this.#signal("SIGINT");
  kill = (): Promise<void> => this.#signal("SIGQUIT");

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #asAdmin(): Promise<pg.Client> {
    if (this.#admin) return this.#admin;
    const admin = new pg.Client({
      host: this.folder,
      port: this.port,
      user: USER,
      password: PASSWORD,
      database: DATABASE,
    });
    admin.on("error", () => {});
    admin.on("end", () => {
      if (this.#admin === admin) this.#admin = undefined;
    });
    await admin.connect();
    // Nobody ends it but the server.
    (admin as unknown as { connection: { stream: { unref(): void } } }).connection.stream.unref();
    this.#admin = admin;
    return admin;
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#admin = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.kill(signal);
    await gone;
  }
}

/** When this process has ended, however, the server ends and its folder is removed: the guard's standard input is closed then. */
function guard(folder: string): void {
  const script = `read -r line
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid"
    for n in 1 2 3 4 5 6 7 8 9; do [ -e "$1/data/postmaster.pid" ] && sleep 0.2; done
    rm -rf "$1"`;
  const process = spawn("sh", ["-c", script, "sh", folder], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  process.unref();
  (process.stdin as Socket).unref();
}

function give(...paths: string[]): void {
  if (isRoot) execFileSync("chown", ["postgres:postgres", ...paths]);
}

/** Below the ports that Linux gives out by itself, so that the server finds it free when it is started again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(30_000, 32_700);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
