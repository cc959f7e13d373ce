import { describe, expect, it } from "vitest";
import { addressRule } from "../../src/discovery/index.js";
import { bench, DOMAIN, IMAP, publish } from "./kit.js";

describe("a discovered host is under the names of the trust space", () => {
  it.each(["mail.mssante.fr", "MAIL.OP.MSSANTE.FR."])("%s is", async (host) => {
    const { dns, discovery } = await bench();
    dns.setSrv(IMAP, [{ target: host, port: 143 }]);
    expect((await discovery().profile()).imap).toHaveLength(1);
  });

  it.each(["mail.mipih.fr", "xmssante.fr", "mail.mssante.fr.evil.example", "mssante.fr.evil", "evil-mssante.fr"])(
    "%s is not, and nothing is connected to",
    async (host) => {
      const { dns, discovery } = await bench();
      dns.setSrv(IMAP, [{ target: host, port: 143 }]);
      dns.setAddresses(host, ["198.51.100.7"]);
      const found = discovery();
      expect((await found.profile()).refused).toContainEqual({
        source: "srv",
        from: IMAP,
        service: "imap",
        host,
        port: 143,
        reason: "outside_suffixes",
      });
      await expect(found.endpoints("imap").endpoints()).rejects.toMatchObject({
        code: "operator_host_refused",
        retryable: false,
        path: "operator.hostSuffixes",
      });
      expect(dns.queries.some(({ name }) => name === host)).toBe(false);
    },
  );

  it("or of those that the setting names instead: Medimail's known names are under mipih.fr", async () => {
    const { dns, discovery } = await bench();
    publish(dns, "smtp.medimail.mipih.fr");
    const { imap, smtp } = await discovery({ hostSuffixes: [".mipih.fr"] }).profile();
    expect([imap[0]?.host, smtp[0]?.host]).toEqual(["smtp.medimail.mipih.fr", "smtp.medimail.mipih.fr"]);
    publish(dns);
    expect((await discovery({ hostSuffixes: [".mipih.fr"] }).profile()).imap).toEqual([]);
  });

  it("a host that is refused leaves the others of its service", async () => {
    const { dns, discovery } = await bench();
    dns.setSrv(IMAP, [
      { target: "mail.evil.example", port: 143, priority: 1 },
      { target: `mail.${DOMAIN}`, port: 143, priority: 2 },
    ]);
    dns.setAddresses(`mail.${DOMAIN}`, ["198.51.100.7"]);
    expect((await discovery().endpoints("imap").endpoints()).map(({ host }) => host)).toEqual([`mail.${DOMAIN}`]);
  });
});

describe("a discovered host is not at an address of a private network", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
  ])("refuses %s", (address) => {
    expect(addressRule()(address)).toBe(false);
  });

  it.each(["198.51.100.7", "8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2001:db8::1", "2a01:cb00::1"])(
    "accepts %s",
    (address) => {
      expect(addressRule()(address)).toBe(true);
    },
  );

  it("nor at what is no address", () => {
    expect(addressRule(["10.0.0.0/8"])("mail.mssante.fr")).toBe(false);
  });

  it("unless the setting allows it: an address or a range, of a VPN", () => {
    const rule = addressRule(["10.1.0.0/16", "192.168.7.7", "fd00:1::/32"]);
    expect(["10.1.2.3", "192.168.7.7", "fd00:1::5", "8.8.8.8"].map(rule)).toEqual([true, true, true, true]);
    expect(["10.2.0.1", "192.168.7.8", "fd00:2::5", "127.0.0.1"].map(rule)).toEqual([false, false, false, false]);
  });

  it.each(["10.0.0.0/33", "10.0.0.0/8/8", "vpn.example", "10.0.0.0/", "/8", ""])(
    "and a setting that is no range is refused: %j",
    (range) => {
      expect(() => addressRule([range])).toThrowError(expect.objectContaining({ code: "config_invalid" }));
    },
  );

  it("is refused by name, with what to do", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    dns.setAddresses(`mail.${DOMAIN}`, ["10.9.8.7"]);
    const found = discovery();
    await expect(found.endpoints("smtp").endpoints()).rejects.toMatchObject({
      code: "operator_host_refused",
      path: "network.allowedAddresses",
    });
    const { complete, smtp, refused } = await found.inspect();
    expect([complete, smtp[0]?.addresses]).toEqual([false, []]);
    expect(refused).toContainEqual(
      expect.objectContaining({ service: "smtp", address: "10.9.8.7", reason: "private_address" }),
    );
  });

  it("and is left out beside public ones of the same name", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    dns.setAddresses(`mail.${DOMAIN}`, ["127.0.0.1", "198.51.100.7", "::1"]);
    expect((await discovery().endpoints("smtp").endpoints())[0]?.addresses).toEqual(["198.51.100.7"]);
  });
});

describe("a pinned host", () => {
  const pinned = { imap: { host: "127.0.0.1", port: 1143 }, smtp: { host: "mail.interne.example", port: 587 } };

  it("is under no rule of discovery, and nobody is asked about it", async () => {
    const { dns, discovery } = await bench();
    const found = discovery({ pinned });
    expect(await found.endpoints("imap").endpoints()).toEqual([pinned.imap]);
    expect(await found.endpoints("smtp").endpoints()).toEqual([pinned.smtp]);
    expect(dns.queries).toEqual([]);
    expect((await found.profile()).imap[0]).toMatchObject({ source: "pinned", from: "operator.imap" });
  });

  it("stands beside the other service, which is looked up", async () => {
    const { dns, discovery } = await bench();
    publish(dns);
    const { imap, smtp } = await discovery({ pinned: { smtp: pinned.smtp } }).profile();
    expect([imap[0]?.source, smtp[0]?.source]).toEqual(["srv", "pinned"]);
    expect(smtp).toHaveLength(1);
  });
});
