import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { cli } from "./harness.js";

const LABO = "labo@ch-exemple.mssante.fr";
const IMAP = "_imap._tcp.ch-exemple.mssante.fr";
const HOST = "mail.mock.mssante.fr";

interface Found {
  domain: string;
  imap: { host: string; port: number; source: string; from: string; addresses: string[] }[];
  smtp: { host: string; port: number }[];
  refused: { source: string; from: string; reason: string; host?: string; address?: string }[];
}

let mock: MockMedimail;
beforeAll(async () => {
  mock = await startMockMedimail();
});
afterAll(() => mock.close());

const looked = (...options: string[]) =>
  cli("discover", LABO, "--dns", `127.0.0.1:${mock.dns.port}`, "--autoconfig", "off", "--json", ...options);
const onLoopback = ["--allow-address", "127.0.0.1"];

describe("medimail discover", () => {
  it("prints the hosts, where each came from, and their addresses: exit 0", async () => {
    const result = await looked(...onLoopback);
    expect(result.code).toBe(0);
    const found = result.value<Found>();
    expect(found).toMatchObject({ domain: "ch-exemple.mssante.fr", refused: [] });
    expect(found.imap).toEqual([
      { host: HOST, port: mock.imap.port, source: "srv", from: IMAP, priority: 0, weight: 0, addresses: ["127.0.0.1"] },
    ]);
    expect(found.smtp).toMatchObject([{ host: HOST, port: mock.smtp.port }]);
  });

  it("takes a domain as well as an address", async () => {
    const dns = `127.0.0.1:${mock.dns.port}`;
    const result = await cli(
      "discover",
      "CH-exemple.mssante.fr",
      "--dns",
      dns,
      "--json",
      ...onLoopback,
      "--autoconfig=off",
    );
    expect([result.code, result.value<Found>().domain]).toEqual([0, "ch-exemple.mssante.fr"]);
  });

  it("takes the settings of a configuration, and says what it pins", async () => {
    const { configs, discoverConfigs } = await mock.ready();
    const found = await cli("discover", LABO, "--config", discoverConfigs[LABO] ?? "", "--json", "--autoconfig=off");
    expect([found.code, found.value<Found>().imap[0]?.source]).toEqual([0, "srv"]);
    const pinned = await cli("discover", LABO, "--config", configs[LABO] ?? "", "--json");
    expect([pinned.code, pinned.value<Found>().imap]).toEqual([
      0,
      [{ host: "localhost", port: mock.imap.port, source: "pinned", from: "operator.imap", addresses: [] }],
    ]);
  });

  it("says what was refused, and exits 1 where a service is left without a host", async () => {
    const result = await looked();
    expect(result.code).toBe(1);
    expect(result.value<Found>().refused).toContainEqual(
      expect.objectContaining({ host: HOST, address: "127.0.0.1", reason: "private_address" }),
    );
    mock.dns.setSrv(IMAP, [{ target: "mail.evil.example", port: 143 }]);
    const outside = await looked(...onLoopback);
    expect(outside.value<Found>().refused).toContainEqual(
      expect.objectContaining({ host: "mail.evil.example", reason: "outside_suffixes" }),
    );
    mock.dns.setAddresses("mail.evil.example", ["127.0.0.1"]);
    const allowed = await looked(...onLoopback, "--host-suffix", "evil.example", "--host-suffix", ".mssante.fr");
    expect(allowed.code).toBe(0);
    mock.dns.reset(IMAP);
  });

  it("says why a host whose address is not told cannot be used", async () => {
    mock.dns.fail(HOST, "SERVFAIL");
    const result = await looked(...onLoopback);
    expect([result.code, result.value<Found>().refused[0]]).toMatchObject([1, { host: HOST, reason: "unavailable" }]);
    mock.dns.reset(HOST);
  });

  it("speaks French to people, English where asked, and says what to do where nothing is found", async () => {
    const dns = ["--dns", `127.0.0.1:${mock.dns.port}`, "--autoconfig", "off"];
    const french = await cli("discover", LABO, ...dns, ...onLoopback);
    expect(french.out).toContain(`Réception (IMAP)  ${HOST}:${mock.imap.port}  127.0.0.1`);
    expect(french.out).toContain(`DNS SRV ${IMAP}, priorité 0, poids 0`);
    const nowhere = await cli("discover", "rien.mssante.fr", ...dns);
    expect(nowhere.code).toBe(1);
    expect(nowhere.out).toContain("non trouvé");
    expect(nowhere.out).toContain("pour Medimail : le Mipih");
    const english = await cli("discover", "rien.mssante.fr", ...dns, "--lang", "en");
    expect(english.out).toContain("does not exist");
  });

  it("is exit 3 where no name server answers: nothing was learnt of the domain", async () => {
    const result = await cli("discover", LABO, "--dns", "127.0.0.1:1", "--autoconfig", "off", "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([3, "dns_failed"]);
  });

  it.each([
    [["discover", "not a domain"], "invalid_argument"],
    [["discover", LABO, "--dns", "dns.exemple.fr"], "config_invalid"],
    [["discover", LABO, "--allow-address", "10/8"], "config_invalid"],
    [["discover", LABO, "--config", "none.json"], "file_not_found"],
    [["discover"], "usage_invalid"],
  ])("%j is exit 2", async (argv, code) => {
    const result = await cli(...argv, "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([2, code]);
  });
});
