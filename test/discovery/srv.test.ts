import { describe, expect, it } from "vitest";
import { domainOf } from "../../src/discovery/index.js";
import { seededRandom } from "../../src/seams/index.js";
import { bench, DOMAIN, IMAP, publish, SMTP } from "./kit.js";

describe("ECO.1.1.9: the hosts of a mailbox come from the SRV records of its domain (RFC 6186)", () => {
  it("asks _imap._tcp and _submission._tcp, and says where each host came from", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const { imap, smtp, refused } = await discovery().profile();
    expect(imap).toEqual([{ host: `mail.${DOMAIN}`, port: 143, source: "srv", from: IMAP, priority: 0, weight: 0 }]);
    expect(smtp).toEqual([{ host: `mail.${DOMAIN}`, port: 587, source: "srv", from: SMTP, priority: 0, weight: 0 }]);
    expect(refused).toEqual([]);
    expect(dns.queries.map(({ name, type }) => `${type} ${name}`).sort()).toEqual([`SRV ${IMAP}`, `SRV ${SMTP}`]);
  });

  it("gives the addresses that were checked with each host", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    dns.setAddresses(`mail.${DOMAIN}`, ["198.51.100.7", "2001:db8::7"]);
    expect(await discovery().endpoints("imap").endpoints()).toEqual([
      { host: `mail.${DOMAIN}`, port: 143, addresses: ["198.51.100.7", "2001:db8::7"] },
    ]);
  });

  it("takes the domain of an address, whatever its case, and an accented one as the DNS writes it", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    expect(discovery().domain).toBe(DOMAIN);
    expect(domainOf("Labo@CH-Exemple.MSSante.fr")).toBe(DOMAIN);
    expect(domainOf("hôpital.mssante.fr")).toBe("xn--hpital-ixa.mssante.fr");
  });

  it.each(["", "labo@", "mssante", "a b.fr", "-.fr", "[127.0.0.1]", "127.0.0.1", `${"a".repeat(64)}.fr`, "a..fr"])(
    "refuses %j, which is not a domain",
    (domain) => {
      expect(() => domainOf(domain)).toThrowError(expect.objectContaining({ code: "invalid_argument" }));
    },
  );
});

describe("RFC 2782", () => {
  it("the lowest priority comes first; the others follow", async () => {
    const { dns, discovery } = await bench();
    dns.setSrv(IMAP, [
      { target: `c.${DOMAIN}`, port: 143, priority: 30 },
      { target: `a.${DOMAIN}`, port: 143, priority: 10 },
      { target: `b.${DOMAIN}`, port: 143, priority: 20 },
    ]);
    for (const [at, host] of ["a", "b", "c"].entries()) dns.setAddresses(`${host}.${DOMAIN}`, [`198.51.100.${at}`]);
    const found = await discovery().endpoints("imap").endpoints();
    expect(found.map(({ host }) => host)).toEqual([`a.${DOMAIN}`, `b.${DOMAIN}`, `c.${DOMAIN}`]);
  });

  it("within a priority, hosts are drawn by their weights: 3 to 1, and a weight of 0 now and then", async () => {
    const { dns, discovery } = await bench();
    dns.setSrv(IMAP, [
      { target: `heavy.${DOMAIN}`, port: 143, weight: 60 },
      { target: `light.${DOMAIN}`, port: 143, weight: 20 },
      { target: `zero.${DOMAIN}`, port: 143, weight: 0 },
    ]);
    for (const host of ["heavy", "light", "zero"]) dns.setAddresses(`${host}.${DOMAIN}`, ["198.51.100.7"]);
    const random = seededRandom(20_260_105);
    const source = discovery({}, { fraction: () => random.fraction() }).endpoints("imap");
    const first: Record<string, number> = {};
    for (let n = 0; n < 400; n++) {
      const host = (await source.endpoints())[0]?.host.split(".")[0] ?? "";
      first[host] = (first[host] ?? 0) + 1;
    }
    expect(first["heavy"]).toBeGreaterThan(260);
    expect(first["heavy"]).toBeLessThan(340);
    expect(first["light"]).toBeGreaterThan(60);
    expect(first["light"]).toBeLessThan(140);
    expect(first["zero"] ?? 0).toBeLessThan(20);
  });

  it("hosts that all have the weight 0 have the same chance", async () => {
    const { dns, discovery } = await bench();
    dns.setSrv(
      IMAP,
      ["a", "b"].map((host) => ({ target: `${host}.${DOMAIN}`, port: 143 })),
    );
    for (const host of ["a", "b"]) dns.setAddresses(`${host}.${DOMAIN}`, ["198.51.100.7"]);
    const random = seededRandom(7);
    const source = discovery({}, { fraction: () => random.fraction() }).endpoints("imap");
    let a = 0;
    for (let n = 0; n < 200; n++) if ((await source.endpoints())[0]?.host === `a.${DOMAIN}`) a++;
    expect(a).toBeGreaterThan(70);
    expect(a).toBeLessThan(130);
  });

  it("the target `.` says that there is no such service, and nobody else is asked about it", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    dns.setSrv(IMAP, [{ target: ".", port: 0 }]);
    let asked = 0;
    const found = discovery(
      { autoconfig: "https://autoconfig.{domain}/mail/config-v1.1.xml" },
      {
        http: async () => {
          asked++;
          return { status: 404 };
        },
      },
    );
    const { imap, smtp, refused } = await found.profile();
    expect([imap, smtp.length, asked]).toEqual([[], 1, 0]);
    expect(refused).toEqual([{ source: "srv", from: IMAP, service: "imap", reason: "not_offered" }]);
    await expect(found.endpoints("imap").endpoints()).rejects.toMatchObject({
      code: "operator_not_found",
      message: expect.stringContaining("not_offered"),
    });
  });
});

describe("what is not a service of ours", () => {
  it("is named where the operator has only implicit TLS (RFC 8314)", async () => {
    const { dns, discovery } = await bench();
    dns.setSrv(`_imaps._tcp.${DOMAIN}`, [{ target: `mail.${DOMAIN}`, port: 993 }]);
    const { refused } = await discovery().profile();
    expect(refused).toContainEqual({
      source: "srv",
      from: `_imaps._tcp.${DOMAIN}`,
      service: "imap",
      host: `mail.${DOMAIN}`,
      port: 993,
      reason: "implicit_tls",
    });
  });

  it.each([
    ["a port that is none", { target: `mail.${DOMAIN}`, port: 0 }],
    ["a name that is none", { target: `ma il.${DOMAIN}`, port: 143 }],
    ["an address in the place of a name", { target: "198.51.100.7", port: 143 }],
  ])("is refused where it is %s", async (_what, record) => {
    const { dns, discovery } = await bench();
    dns.setSrv(IMAP, [record]);
    const { imap, refused } = await discovery().profile();
    expect(imap).toEqual([]);
    expect(refused).toContainEqual(expect.objectContaining({ service: "imap", reason: "invalid" }));
  });

  it("of thousands of records the first are read", async () => {
    const { dns, discovery } = await bench();
    const many = Array.from({ length: 400 }, (_, n) => ({ target: `h${n}.${DOMAIN}`, port: 143 }));
    dns.setSrv(IMAP, many);
    expect((await discovery({ dnsTimeoutMs: 2_000 }).profile()).imap.length).toBe(32);
  });
});

describe("a name server that fails", () => {
  it.each([
    ["SERVFAIL", "unavailable"],
    ["REFUSED", "unavailable"],
    ["garbage", "unavailable"],
    ["silence", "unreachable"],
  ] as const)("%s is told as %s, and is not taken for `no such record`", async (failure, reason) => {
    const { dns, discovery } = await bench();
    dns.fail(IMAP, failure);
    dns.fail(SMTP, failure);
    const { refused, transient } = await discovery().profile();
    expect(transient).toBe(true);
    expect(refused.map((refusal) => `${refusal.service} ${refusal.reason}`).sort()).toEqual([
      `imap ${reason}`,
      `smtp ${reason}`,
    ]);
  });

  it("is not taken for a domain without hosts: dns_failed, to be tried again, where nothing was found", async () => {
    const { dns, discovery } = await bench();
    dns.fail(IMAP, "SERVFAIL");
    await expect(discovery().endpoints("imap").endpoints()).rejects.toMatchObject({
      code: "dns_failed",
      retryable: true,
    });
    // Of this one there is an answer: waiting does not mend it.
    await expect(discovery().endpoints("smtp").endpoints()).rejects.toMatchObject({ code: "operator_not_found" });
    dns.reset(IMAP);
    await expect(discovery().endpoints("imap").endpoints()).rejects.toMatchObject({
      code: "operator_not_found",
      retryable: false,
    });
  });

  it("is told as unreachable where nobody listens", async () => {
    const { dns, discovery } = await bench();
    const gone = `127.0.0.1:${dns.port}`;
    await dns.close();
    const { refused } = await discovery({ dns: [gone] }).profile();
    expect(refused.map(({ reason }) => reason)).toEqual(["unreachable", "unreachable"]);
  });

  it("gives dns_failed, to be tried again, where a host is known and its address is not", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    dns.fail(`mail.${DOMAIN}`, "SERVFAIL");
    await expect(discovery().endpoints("smtp").endpoints()).rejects.toMatchObject({
      code: "dns_failed",
      retryable: true,
    });
  });

  it("is not waited for by a caller who gave up", async () => {
    const { dns, discovery } = await bench();
    dns.fail(IMAP, "silence");
    dns.fail(SMTP, "silence");
    const started = performance.now();
    const given = discovery({ dnsTimeoutMs: 20_000 })
      .endpoints("imap")
      .endpoints({ signal: AbortSignal.timeout(50) });
    await expect(given).rejects.toMatchObject({ code: "aborted" });
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
