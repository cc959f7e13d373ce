import { readFileSync } from "node:fs";
import { MedimailError } from "../../errors.js";
import { isThisMachine } from "../../this-machine.js";

/** What `pg` is given to connect by. */
export interface PgAddress {
  host: string;
  port: number;
  user?: string;
  password?: string;
  database?: string;
  options?: string;
  applicationName: string;
  /** False: in clear, which only the loopback and a socket are without being asked. */
  tls: false | { ca?: string; cert?: string; key?: string };
}

/** `@/` has no host for the URL's reader, though libpq takes it. */
const SHAPES = "postgres://USER@HOST:5432/DATABASE, or for a socket postgres://USER@localhost/DATABASE?host=/FOLDER";

const KNOWN = ["host", "sslmode", "sslrootcert", "sslcert", "sslkey", "options", "application_name", "schema"] as const;

/**
 * `postgres://user:password@host:5432/database?…`, as libpq reads it, but for TLS: `sslmode` is `verify-full` (the default for any host but this
 * one) or `disable`, since nothing between them tells who answers. `host=/folder` for a socket; `sslrootcert`, `sslcert` and `sslkey` are files.
 *
 * @throws `config_invalid`, `file_not_found`
 */
export function parseUrl(text: string): PgAddress & { schema?: string } {
  if (!/^postgres(ql)?:\/\//i.test(text)) throw wrong("it does not begin with postgres://");
  if (!URL.canParse(text)) throw wrong("it has no host, or another part of it cannot be", SHAPES);
  const url = new URL(text);
  const given = new Map(url.searchParams);
  for (const name of given.keys())
    if (!(KNOWN as readonly string[]).includes(name))
      throw wrong(`${/^[a-z_]{1,30}$/i.test(name) ? name : "a parameter"} is not known`, `Known: ${KNOWN.join(", ")}.`);
  const host = given.get("host") ?? (decoded(url.hostname).replace(/^\[(.*)\]$/, "$1") || "localhost");
  const database = decoded(url.pathname.slice(1));
  const user = decoded(url.username);
  const password = decoded(url.password);
  const options = given.get("options");
  const schema = given.get("schema");
  return {
    host,
    port: url.port === "" ? 5432 : Number(url.port),
    ...(user === "" ? {} : { user }),
    ...(password === "" ? {} : { password }),
    ...(database === "" ? {} : { database }),
    ...(options === undefined ? {} : { options }),
    ...(schema === undefined ? {} : { schema }),
    applicationName: given.get("application_name") ?? "medimail-connector",
    tls: tlsOf(host, given),
  };
}

function tlsOf(host: string, given: ReadonlyMap<string, string>): PgAddress["tls"] {
  const mode = given.get("sslmode") ?? (isHere(host) ? "disable" : "verify-full");
  if (mode === "disable") return false;
  if (mode !== "verify-full")
    throw wrong("sslmode must be verify-full or disable", "verify-full: the server's certificate must be the host's.");
  const file = (name: string): string | undefined => {
    const path = given.get(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch {
      throw new MedimailError("file_not_found", `the file of ${name} cannot be read`, { path: "outbox.url" });
    }
  };
  const [ca, cert, key] = [file("sslrootcert"), file("sslcert"), file("sslkey")];
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

const isHere = (host: string): boolean => host.startsWith("/") || isThisMachine(host);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("a % in it is not followed by two hexadecimal digits");
  }
}

// Never the text itself: it holds a password.
function wrong(what: string, hint = "postgres://USER@HOST:5432/DATABASE"): MedimailError {
  return new MedimailError("config_invalid", `the URL of the database: ${what}`, { path: "outbox.url", hint });
}
