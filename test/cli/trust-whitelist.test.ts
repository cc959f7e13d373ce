import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, type MockReady, startMockMedimail } from "../../src/mock/index.js";
import { listXml } from "../trust/white-list-kit.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

interface Found {
  address: string;
  domain: string;
  inside: boolean;
  verdict: string;
  operators: { name: string }[];
}

const folder = temporaryFolder();
const files = writeDocuments(folder);
const SENDER = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const OUTSIDE = "quelqu.un@dehors.mssante.fr";
let mock: MockMedimail;
let ready: MockReady;
let made = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  ready = await mock.ready();
});
afterAll(() => mock.close());

/** The sender's configuration with a white list and an outbox of its own. */
function config(): { path: string; list: string } {
  made += 1;
  const base = JSON.parse(readFileSync(ready.configs[SENDER] ?? "", "utf8")) as { trust: object };
  const path = join(folder, "mock", `list-${made}.json`);
  const trust = { ...base.trust, whiteList: `list-${made}.xml` };
  const outbox = { store: "sqlite", path: `list-${made}.db` };
  writeFileSync(path, JSON.stringify({ ...base, trust, outbox }));
  return { path, list: join(folder, "mock", `list-${made}.xml`) };
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

describe("trust whitelist", () => {
  it("works with the configuration that the mock writes, as it is", async () => {
    const result = await cli("trust", "whitelist", "update", "--config", ready.configs[SENDER] ?? "", "--json");
    expect([result.code, result.value()]).toMatchObject([0, { changed: true, domains: 3, outdated: false }]);
    expect(existsSync(result.value<{ file: string }>().file)).toBe(true);
  });

  it("update keeps the list, and asks no more for what has not changed", async () => {
    const { path, list } = config();
    const first = await cli("trust", "whitelist", "update", "--config", path, "--json");
    const second = await cli("trust", "whitelist", "update", "--config", path, "--json");
    expect([first.value(), second.value()]).toMatchObject([{ changed: true, file: list }, { changed: false }]);
    expect((await cli("trust", "whitelist", "update", "--config", path)).out).toContain("n'a pas changé");
  });

  it("check tells the operator of an address: exit 0", async () => {
    const { path } = config();
    const result = await cli("trust", "whitelist", "check", DOCTOR, "medecin.mssante.fr", "--config", path, "--json");
    expect(result.code).toBe(0);
    expect(result.value<Found[]>()).toMatchObject([
      { address: DOCTOR, domain: "medecin.mssante.fr", inside: true, operators: [{ name: "MOCK MEDIMAIL" }] },
      { address: "medecin.mssante.fr", inside: true },
    ]);
  });

  it("check says who is outside: exit 1", async () => {
    const { path } = config();
    const result = await cli("trust", "whitelist", "check", DOCTOR, OUTSIDE, "--config", path, "--json");
    expect(result.code).toBe(1);
    expect(result.value<Found[]>().map(({ verdict }) => verdict)).toEqual(["inside", "outside"]);
    const human = await cli("trust", "whitelist", "check", OUTSIDE, "--config", path);
    expect(human.out).toContain("hors de l'espace de confiance");
  });

  it("check does without a configuration, and without the network", async () => {
    const list = join(folder, "alone.xml");
    writeFileSync(list, listXml(["Alone.mssante.fr"], daysAgo(1)));
    const result = await cli(
      "trust",
      "whitelist",
      "check",
      "x@alone.mssante.fr",
      "--file",
      list,
      "--offline",
      "--json",
    );
    expect(result.value<Found[]>()).toMatchObject([{ inside: true, operators: [{ name: "GIP MIPIH" }] }]);
    const none = await cli("trust", "whitelist", "check", "x@alone.mssante.fr", "--file", `${list}.none`, "--offline");
    expect([none.code, none.out, none.err]).toEqual([
      1,
      expect.stringContaining("?"),
      expect.stringContaining("update"),
    ]);
  });

  it("refuses a list that is cut, and keeps the one it has: exit 1", async () => {
    const { path, list } = config();
    writeFileSync(list, listXml(["ancien.mssante.fr"], daysAgo(-1)));
    const result = await cli("trust", "whitelist", "update", "--config", path, "--json");
    expect([result.code, result.value()]).toMatchObject([1, { error: { code: "white_list_invalid" } }]);
    expect(readFileSync(list, "utf8")).toContain("ancien.mssante.fr");
  });

  it.each([[[]], [["pas une adresse"]]])("check of %j is exit 2", async (addresses) => {
    expect((await cli("trust", "whitelist", "check", ...addresses)).code).toBe(2);
  });
});

describe("sending with a white list", () => {
  const level3 = ["--cda", files.cda, "--pdf", files.pdf];
  const send = (path: string, ...more: string[]) => cli("send", "--config", path, "--json", ...level3, ...more);

  it("sends to who is inside, a patient included", async () => {
    const result = await send(config().path, "--to", DOCTOR, "--patient");
    expect(result.code).toBe(0);
  });

  it("refuses who is outside before anything is stored or leaves (ope-whitelist): exit 1", async () => {
    const { path } = config();
    const before = mock.observations.length;
    const result = await send(path, "--to", DOCTOR, "--to", OUTSIDE);
    expect([result.code, result.lines()]).toMatchObject([1, [{ error: { code: "recipient_outside_trust_space" } }]]);
    expect((await cli("outbox", "list", "--config", path, "--json")).value()).toEqual([]);
    expect(mock.observations.slice(before).filter(({ kind }) => kind === "line" || kind === "mail")).toEqual([]);
  });

  it("warns where the list is too old to refuse, and lets the operator decide", async () => {
    const { path, list } = config();
    writeFileSync(list, listXml(["medecin.mssante.fr"], daysAgo(8)));
    const away = JSON.parse(readFileSync(path, "utf8")) as { trust: object };
    writeFileSync(
      path,
      JSON.stringify({ ...away, trust: { ...away.trust, whiteListUrl: "http://127.0.0.1:1/x.xml" } }),
    );
    const result = await send(path, "--to", OUTSIDE);
    expect(result.err).toContain("trust_space_unchecked");
    // The mock knows no such mailbox.
    expect(result.lines<{ event?: string }>().map(({ event }) => event)).toContain("failed");
  });
});
