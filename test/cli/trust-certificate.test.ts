import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, type MockReady, startMockMedimail } from "../../src/mock/index.js";
import { goodChain, HOST, leafOf, type Publications, publications } from "../trust/pki-kit.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

interface Examined {
  ok: boolean;
  use: string;
  daysLeft: number;
  subject: string;
  checks: { id: string; ok: boolean | null; seen: string }[];
}

const folder = temporaryFolder();
const files = writeDocuments(folder);
let site: Publications;
let made = 0;
beforeAll(async () => {
  site = await publications();
});
afterAll(() => site[Symbol.asyncDispose]());

function file(...pem: string[]): string {
  const path = join(folder, `certificate-${made++}.pem`);
  writeFileSync(path, pem.join(""));
  return path;
}

async function examine(leaf: string, ca: string, ...more: string[]) {
  const result = await cli("trust", "certificate", leaf, "--ca", ca, "--json", ...more);
  const found = result.value<Examined>();
  return { code: result.code, found, failed: found.checks.filter(({ ok }) => !ok).map(({ id, ok }) => [id, ok]) };
}

describe("trust certificate", () => {
  it("makes every check of a good one, the name and the revocation among them: exit 0", async () => {
    const { root, org, crlUrl } = goodChain(site);
    const { code, found, failed } = await examine(
      file(leafOf(org, { crlUrl }).pem),
      file(root.pem, org.pem),
      "--host",
      HOST,
    );
    expect([code, found.ok, failed, found.use]).toEqual([0, true, [], "server"]);
    expect(found.checks.map(({ id }) => id)).toEqual([
      ...["chain", "validity", "authority", "path-length", "key-usage", "extended-key-usage", "name-constraints"],
      ...["critical-extensions", "algorithm", "range", "environment", "name", "revocation"],
    ]);
    expect(found.daysLeft).toBe(364);
  });

  it.each([
    ["another name", {}, ["--host", "autre.example"], [["name", false]]],
    [
      "a client's, where a server's is meant",
      { use: "client" as const },
      ["--use", "server"],
      [["extended-key-usage", false]],
    ],
    ["expired", { notAfter: new Date(Date.now() - 86_400_000) }, [], [["validity", false]]],
    ["revocation not known", { crlUrl: "http://127.0.0.1:2/none" }, [], [["revocation", null]]],
  ])("names the check that failed, and goes on with the others: %s", async (_what, leaf, more, expected) => {
    const { root, org, crlUrl } = goodChain(site);
    const { code, failed } = await examine(
      file(leafOf(org, { crlUrl, ...leaf }).pem),
      file(root.pem, org.pem),
      ...more,
    );
    expect([code, failed]).toEqual([1, expected]);
  });

  it("says revoked, and by what", async () => {
    const { root, org, crlUrl, revoked } = goodChain(site);
    const leaf = leafOf(org, { crlUrl });
    revoked.push(leaf.serial);
    const { found, failed } = await examine(file(leaf.pem, org.pem), file(root.pem));
    expect(failed).toEqual([["revocation", false]]);
    expect(found.checks.at(-1)?.seen).toContain("revoked (crl)");
  });

  it("says an unknown authority, and asks nothing of those it names", async () => {
    const { org, crlUrl } = goodChain(site, { root: { role: "stranger" } });
    const { failed } = await examine(file(leafOf(org, { crlUrl }).pem, org.pem), file(goodChain(site).root.pem));
    expect(failed).toEqual([
      ["chain", false],
      ["revocation", null],
    ]);
    expect(site.asked(crlUrl)).toBe(0);
  });

  it("speaks French to a person", async () => {
    const { root, org, crlUrl } = goodChain(site);
    const { out } = await cli(
      "trust",
      "certificate",
      file(leafOf(org, { crlUrl }).pem),
      "--ca",
      file(root.pem, org.pem),
    );
    expect(out).toContain("gamme Élémentaire Organisations");
    expect(out).toContain("Certificat accepté.");
  });

  it.each([
    ["no authority given", ["certificate.pem"], 2, "usage_invalid"],
    ["a file that is not there", ["none.pem", "--ca", "x"], 2, "file_not_found"],
    ["a file without a certificate", ["text.pem", "--ca", "x"], 1, "certificate_invalid"],
  ])("%s: exit %3$s", async (_what, [name = "", ...more], code, error) => {
    writeFileSync(join(folder, "text.pem"), "bonjour");
    writeFileSync(join(folder, "certificate.pem"), goodChain(site).root.pem);
    const result = await cli("trust", "certificate", join(folder, name), ...more, "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([code, error]);
  });
});

describe("the mock's own certificates", () => {
  let mock: MockMedimail;
  let ready: MockReady;
  const sender = "labo@ch-exemple.mssante.fr";
  beforeAll(async () => {
    mock = await startMockMedimail({ dir: join(folder, "mock") });
    ready = await mock.ready();
  });
  afterAll(() => mock.close());

  function strict(revocation = "strict"): string {
    made += 1;
    const base = JSON.parse(readFileSync(ready.configs[sender] ?? "", "utf8")) as { tls: object };
    const path = join(folder, "mock", `strict-${made}.json`);
    const outbox = { store: "sqlite", path: `strict-${made}.db` };
    const tls = { ...base.tls, revocation, revocationFolder: `crl-${made}` };
    writeFileSync(path, JSON.stringify({ ...base, tls, outbox }));
    return path;
  }

  const send = (path: string) =>
    cli(
      "send",
      "--config",
      path,
      "--cda",
      files.cda,
      "--pdf",
      files.pdf,
      "--to",
      "martin.dupont@medecin.mssante.fr",
      "--json",
    );

  it("pass the strict check: its authorities say what is revoked", async () => {
    expect((await send(strict())).code).toBe(0);
  });

  it.each([
    ["revoked-certificate", "certificate_revoked"],
    ["wrong-usage-certificate", "certificate_invalid"],
    ["wrong-range-certificate", "certificate_invalid"],
  ] as const)("with the fault %s end in %s, before a byte of authentication or mail", async (name, code) => {
    mock.faults.add({ name, times: 1 });
    const before = mock.observations.length;
    const { lines, code: exit } = await send(strict());
    const errors = lines<{ error?: { code: string } }>().flatMap(({ error }) => error?.code ?? []);
    expect([exit, errors]).toEqual([1, expect.arrayContaining([code])]);
    const seen = mock.observations.slice(before);
    expect(seen.filter(({ kind }) => kind === "auth" || kind === "mail")).toEqual([]);
    expect(seen.flatMap((one) => (one.kind === "line" && one.from === "client" ? one.line.split(" ")[0] : []))).toEqual(
      expect.not.arrayContaining(["AUTH", "MAIL", "DATA"]),
    );
  });

  it("are known to `trust certificate` with the configuration it writes", async () => {
    const auth = ready.mailboxes[0]?.auth as { pem: string };
    const result = await cli(
      "trust",
      "certificate",
      auth.pem,
      "--config",
      ready.configs[sender] ?? "",
      "--offline",
      "--json",
    );
    expect([result.code, result.value<Examined>()]).toMatchObject([0, { ok: true, use: "client" }]);
  });
});
