import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openPostgresOutbox } from "../../src/storage/index.js";
import { parseUrl } from "../../src/storage/postgres/url.js";
import { testAuthority } from "../tools/certificates.js";
import { describeWithPostgres, PASSWORD } from "../tools/postgres.js";
import { submission } from "./samples.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-pg-tls-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const authority = testAuthority();
const ca = file("ca.pem", authority.cert);
const verified = (root: string) => `sslmode=verify-full&sslrootcert=${root}`;

describeWithPostgres(
  "a database server with TLS",
  (server) => {
    it("is spoken to in TLS where its certificate is of the authority that the URL names", async () => {
      await using store = await openPostgresOutbox({ url: server().url({ query: verified(ca) }) });
      expect((await store.submit(submission("a"))).created).toBe(true);
      const seen = await server().query(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'medimail-connector'",
      );
      expect(seen).toEqual([{ ssl: true }]);
    });

    it.each([
      ["of another authority", "127.0.0.1", () => file("other.pem", testAuthority().cert)],
      ["of the system's authorities alone", "127.0.0.1", () => undefined],
      ["of another name", "localhost", () => ca],
    ])("is refused where its certificate is not: %s", async (_what, host, root) => {
      const named = root();
      const url = server().url({ host, query: named === undefined ? "sslmode=verify-full" : verified(named) });
      await expect(openPostgresOutbox({ url })).rejects.toMatchObject({
        code: "storage_failed",
        retryable: false,
        message: expect.stringMatching(/^the certificate of the database server is not trusted/),
      });
    });
  },
  // The name of an authority of its own, and no `localhost`.
  { locked: true, tls: authority.issue({ cn: "db.exemple", dns: ["db.exemple"], ip: ["127.0.0.1"] }) },
);

describeWithPostgres("a database server without TLS", (server) => {
  // Another way to write the loopback: a host like any other for whoever only reads names.
  const elsewhere = "2130706433";

  it("is refused on any host but this one, unless the URL says that nobody else is on the network", async () => {
    await expect(openPostgresOutbox({ url: server().url({ host: elsewhere }) })).rejects.toMatchObject({
      code: "storage_failed",
      retryable: false,
      message: "the database server has no TLS (NO_TLS)",
      hint: expect.stringContaining("sslmode=disable"),
    });
    const url = await server().database();
    await using store = await openPostgresOutbox({ url: `${url.replace("127.0.0.1", elsewhere)}&sslmode=disable` });
    expect(await store.list({})).toEqual([]);
  });
});

describe("the URL of a database", () => {
  it("is in TLS for any host but this one", () => {
    const tls = (url: string) => parseUrl(url).tls !== false;
    expect(["localhost", "127.0.0.1", "[::1]"].map((host) => tls(`postgres://${host}/o`))).toEqual([
      false,
      false,
      false,
    ]);
    expect(["db", "10.0.0.5", "localhost.exemple.fr", "[::2]"].map((host) => tls(`postgres://${host}/o`))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(tls("postgres:///o?host=/run/postgresql")).toBe(false);
    expect(tls("postgres://127.0.0.1/o?sslmode=verify-full")).toBe(true);
  });

  it("gives user, password and database decoded", () => {
    const url = `postgresql://m%40x:${encodeURIComponent(PASSWORD)}@[::1]:6543/a%2Fb?schema=s&application_name=x`;
    expect(parseUrl(url)).toEqual({
      host: "::1",
      port: 6543,
      user: "m@x",
      password: PASSWORD,
      database: "a/b",
      schema: "s",
      applicationName: "x",
      tls: false,
    });
  });

  it.each([
    ["mysql://db/o", /begin with postgres/],
    ["postgres://db/o?sslmode=require", /sslmode must be verify-full or disable/],
    ["postgres://db/o?sslmode=prefer", /sslmode/],
    ["postgres://db/o?ssl=true", /ssl is not known/],
    ["postgres://user:CANARY%ZZ@db/o", /%/],
    ["postgres://user:CANARY@db:99999/o", /no host, or another part/],
    ["postgres://CANARY@/o?host=/run", /no host/],
    ["CANARY", /begin with postgres/],
  ])("%s is refused without being told", (url, message) => {
    let refused: unknown;
    try {
      parseUrl(url);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      code: "config_invalid",
      path: "outbox.url",
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(refused) + String(refused)).not.toContain("CANARY");
  });
});
