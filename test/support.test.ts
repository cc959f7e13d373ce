import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diagnose, discoverOperator } from "../src/index.js";
import { type MockMedimail, startMockMedimail } from "../src/mock/index.js";

const LABO = "labo@ch-exemple.mssante.fr";

let mock: MockMedimail;
beforeAll(async () => {
  mock = await startMockMedimail();
});
afterAll(() => mock.close());

describe("diagnose", () => {
  it("tries a configuration, for a support screen of a software", async () => {
    const { ok, steps } = await diagnose(await mock.config(LABO));
    expect([ok, steps.length]).toEqual([true, 15]);
  });

  it("never throws for a step that fails, and does for a configuration that cannot be used", async () => {
    const config = await mock.config(LABO);
    const unreachable = { imap: mock.imap, smtp: { host: "127.0.0.1", port: 1 } };
    expect((await diagnose({ ...config, operator: unreachable })).firstFailure?.step).toBe("connected");
    await expect(diagnose({ ...config, operator: "auto" })).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("discoverOperator", () => {
  it("looks up the hosts of an address with the settings of a configuration", async () => {
    const { network } = await mock.config(LABO, { discover: true });
    const { complete, imap, smtp } = await discoverOperator(LABO, { network });
    expect([complete, imap[0]?.port, smtp[0]?.port]).toEqual([true, mock.imap.port, mock.smtp.port]);
    // An address alone, as a support screen has it: where SRV names nothing, the document is asked for without authorities of one's own.
    for (const service of ["imap", "submission"]) mock.dns.remove(`_${service}._tcp.ch-exemple.mssante.fr`);
    const found = await discoverOperator(LABO, { network });
    expect([found.imap[0]?.source, found.smtp[0]?.source]).toEqual(["autoconfig", "autoconfig"]);
    for (const service of ["imap", "submission"]) mock.dns.reset(`_${service}._tcp.ch-exemple.mssante.fr`);
    await expect(discoverOperator(LABO, { network: { dns: ["no"] } })).rejects.toMatchObject({
      code: "config_invalid",
    });
  });
});
