import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { bench, DOMAIN, IMAP, publish, SMTP } from "./kit.js";

const HOUR = 3_600_000;

const srvQueries = (dns: { queries: readonly { type: string; name: string }[] }) =>
  dns.queries.filter(({ type, name }) => type === "SRV" && name === IMAP).length;

describe("what was found is kept", () => {
  it("for 24 hours where both services were, and the DNS is asked once", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const found = discovery();
    await found.profile();
    pass(24 * HOUR - 1);
    await found.profile();
    expect(srvQueries(dns)).toBe(1);
    pass(1);
    await found.profile();
    expect(srvQueries(dns)).toBe(2);
  });

  it("for 15 minutes where one is missing", async () => {
    const { dns, discovery, pass } = await bench();
    dns.setSrv(IMAP, [{ target: `mail.${DOMAIN}`, port: 143 }]);
    const found = discovery();
    await found.profile();
    pass(15 * 60_000 - 1);
    await expect(found.endpoints("smtp").endpoints()).rejects.toMatchObject({ code: "operator_not_found" });
    expect(srvQueries(dns)).toBe(1);
    publish(dns);
    pass(1);
    expect((await found.profile()).smtp).toHaveLength(1);
  });

  it("for ten seconds where nobody answered: an outage is not remembered as an absence", async () => {
    const { dns, discovery, pass } = await bench();
    dns.fail(IMAP, "SERVFAIL");
    dns.fail(SMTP, "SERVFAIL");
    const found = discovery();
    expect((await found.profile()).imap).toEqual([]);
    publish(dns);
    pass(10_000);
    expect((await found.profile()).imap).toHaveLength(1);
  });

  it("as long as a setting says", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const found = discovery({}, { lives: { positiveMs: 60_000 } });
    await found.profile();
    pass(60_000);
    await found.profile();
    expect(srvQueries(dns)).toBe(2);
  });

  it("beyond its life where nobody answers any more, and says so", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const found = discovery();
    await found.profile();
    pass(25 * HOUR);
    dns.fail(IMAP, "silence");
    const { imap, stale } = await found.profile();
    expect([imap[0]?.host, stale]).toEqual([`mail.${DOMAIN}`, ["imap"]]);
    pass(10_000);
    publish(dns, `neuf.${DOMAIN}`);
    expect((await found.profile()).imap[0]?.host).toBe(`neuf.${DOMAIN}`);
  });

  it("but not where the domain says that it has no such service any more", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const found = discovery();
    await found.profile();
    dns.setSrv(IMAP, [{ target: ".", port: 0 }]);
    pass(25 * HOUR);
    expect((await found.profile()).imap).toEqual([]);
  });

  it("for all mailboxes of the domain, and apart for other rules", async () => {
    const { dns, discovery } = await bench();
    const { ProfileCache } = await import("../../src/discovery/index.js");
    publish(dns);
    const cache = new ProfileCache();
    await discovery({}, { cache }).profile();
    await discovery({}, { cache }).profile();
    expect(srvQueries(dns)).toBe(1);
    await discovery({ hostSuffixes: [".mipih.fr"] }, { cache }).profile();
    expect(srvQueries(dns)).toBe(2);
  });
});

describe("a target that changes is followed without reinstall (ECO.1.1.9)", () => {
  it("after a connection that failed, at once", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const source = discovery().endpoints("imap");
    expect((await source.endpoints())[0]?.host).toBe(`mail.${DOMAIN}`);
    publish(dns, `neuf.${DOMAIN}`);
    expect((await source.endpoints())[0]?.host).toBe(`mail.${DOMAIN}`);
    pass(1_000);
    expect((await source.endpoints({ fresh: true }))[0]?.host).toBe(`neuf.${DOMAIN}`);
  });

  it("also where the failure was told and the question comes later", async () => {
    const { dns, discovery, pass } = await bench();
    publish(dns);
    const source = discovery().endpoints("smtp");
    await source.endpoints();
    source.failed();
    publish(dns, `neuf.${DOMAIN}`);
    pass(1_000);
    expect((await source.endpoints())[0]?.host).toBe(`neuf.${DOMAIN}`);
  });

  it("but not more than once a second, however many connections fail", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const source = discovery().endpoints("imap");
    await source.endpoints();
    for (let n = 0; n < 20; n++) {
      source.failed();
      await source.endpoints({ fresh: true });
    }
    expect(srvQueries(dns)).toBe(1);
  });

  it("an address that changes is seen by the next session", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const source = discovery().endpoints("imap");
    await source.endpoints();
    dns.setAddresses(`mail.${DOMAIN}`, ["198.51.100.8"]);
    expect((await source.endpoints())[0]?.addresses).toEqual(["198.51.100.8"]);
  });
});

describe("many who ask at once", () => {
  it("are answered by one look", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const found = discovery();
    await Promise.all(Array.from({ length: 50 }, () => found.profile()));
    expect(srvQueries(dns)).toBe(1);
  });

  it("one who gives up does not take the answer from the others", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const found = discovery();
    const gone = new AbortController();
    const [first, second] = await Promise.allSettled([
      found.profile({ signal: gone.signal }),
      found.profile(),
      Promise.resolve().then(() => gone.abort()),
    ]);
    expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("the look ends with the last of them, and no listener stays on a signal", async () => {
    const { dns, discovery } = await bench();
    dns.fail(IMAP, "silence");
    dns.fail(SMTP, "silence");
    const found = discovery({ dnsTimeoutMs: 60_000 });
    const gone = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const given = found.profile({ signal: gone.signal });
    await expect.poll(() => dns.queries.length).toBe(2);
    expect(timers()).toBeGreaterThan(before);
    gone.abort();
    await expect(given).rejects.toMatchObject({ code: "aborted" });
    expect(getEventListeners(gone.signal, "abort")).toHaveLength(0);
    await expect.poll(timers).toBe(before);
    publish(dns);
    expect((await found.profile()).imap).toHaveLength(1);
  });
});
