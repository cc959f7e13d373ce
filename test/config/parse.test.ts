import { describe, expect, it } from "vitest";
import { mailboxRole, parseConfig } from "../../src/config/index.js";
import { isMedimailError, type MedimailError } from "../../src/errors.js";
import { validConfig } from "./valid.js";

function refusal(value: unknown): MedimailError {
  try {
    parseConfig(value);
  } catch (error) {
    if (isMedimailError(error)) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

const withPart = (part: object) => ({ ...validConfig(), ...part });

describe("parseConfig", () => {
  it("fills the defaults: strict revocation, sqlite beside the file, SASL none for SMTP and external for IMAP", () => {
    const { tls: _, trust: __, ...least } = validConfig();
    const config = parseConfig(least);
    expect(config.tls.revocation).toBe("strict");
    expect(config.outbox).toEqual({ store: "sqlite", path: "medimail-outbox.db" });
    expect(config.auth).toMatchObject({ sasl: { smtp: "none", imap: "external" } });
    expect(config.trust.whiteList).toBeUndefined();
  });

  it("tells the first twenty faults of thousands", () => {
    const { message, path } = refusal(withPart({ tls: { ca: Array(3_000).fill(5) } }));
    expect([path, message.split("\n").length, message.split("\n").at(-1)]).toEqual(["tls.ca[0]", 21, "and 2980 more"]);
  });

  it("gives the same when what it gave is parsed again", () => {
    const once = parseConfig(
      withPart({
        outbox: { path: "o.db" },
        network: { proxy: "socks5://proxy:1080" },
        tls: { ca: "ca.pem", revocation: "soft" },
      }),
    );
    expect(parseConfig(structuredClone(once))).toEqual(once);
  });

  it("takes the ports of submission and IMAP where none is given", () => {
    const config = parseConfig(withPart({ operator: { imap: { host: "a.fr" }, smtp: { host: "b.fr" } } }));
    expect(config.operator).toEqual({ imap: { host: "a.fr", port: 143 }, smtp: { host: "b.fr", port: 587 } });
  });

  it.each([
    { hostSuffixes: [".mipih.fr", "mssante.fr", "*.mssante.fr"] },
    { filesSent: true },
    { discover: true },
    { discover: true, imap: { host: "imap.exemple.fr", port: 143 } },
  ])("looks up the hosts that are not named: %j", (operator) => {
    expect(parseConfig(withPart({ operator })).operator).toEqual(operator);
  });

  it("takes name servers, allowed ranges and the place of the autoconfig document", () => {
    const network = {
      dns: ["10.0.0.53", "127.0.0.1:5353", "[::1]:5353", "::1"],
      allowedAddresses: ["10.1.0.0/16", "192.168.1.1", "fd00::/8"],
      autoconfig: "https://autoconfig.{domain}/mail/config-v1.1.xml",
    };
    expect(parseConfig(withPart({ network })).network).toEqual(network);
  });

  it.each(["PER", "ORG", "APP", "CAB", "INT", "MED"] as const)("accepts a mailbox of type %s", (type) => {
    expect(parseConfig(withPart({ mailbox: { address: "a@b.mssante.fr", type } })).mailbox.type).toBe(type);
  });

  it("treats INT and MED mailboxes as ORG", () => {
    expect(["INT", "MED", "PER"].map((type) => mailboxRole(type as "INT"))).toEqual(["ORG", "ORG", "PER"]);
  });

  it("accepts the whole example of the contract, served or not", () => {
    const config = parseConfig(
      withPart({
        operator: "discover",
        tls: { ca: ["ca.pem"], revocation: "strict" },
        trust: { whiteList: "listeblanche.xml" },
        network: { proxy: "http://proxy:3128" },
        software: { name: "LabSoft", version: "4.2", nil: "N", oid: "1.2.250.1.999", publisher: "P", contact: "c" },
        sender: {
          label: "L",
          contact: "c",
          replyTo: "r@b.mssante.fr",
          structure: { idNat: "1750000001", name: "CHU" },
        },
        outbox: { store: "postgres", url: "postgres://db/outbox" },
        cache: { path: "cache.db" },
        directory: { index: "annuaire.db" },
      }),
    );
    expect(config.operator).toBe("discover");
    expect(config.cache).toEqual({ path: "cache.db" });
  });

  it("sets both protocols from a SASL text", () => {
    const config = parseConfig(withPart({ auth: { method: "certificate", p12: "a", sasl: "external" } }));
    expect(config.auth).toMatchObject({ sasl: { smtp: "external", imap: "external" } });
  });

  it("accepts a certificate and key in PEM", () => {
    expect(parseConfig(withPart({ auth: { method: "certificate", cert: "c.pem", key: "k.pem" } })).auth).toMatchObject({
      cert: "c.pem",
      key: "k.pem",
    });
  });

  it("accepts an outbox in memory", () => {
    expect(parseConfig(withPart({ outbox: { store: "memory" } })).outbox).toEqual({ store: "memory" });
  });
});

describe("parseConfig refuses", () => {
  it("an unknown key at the top, naming the nearest known one", () => {
    const error = refusal(withPart({ mailbx: {} }));
    expect(error.code).toBe("config_invalid");
    expect(error.message).toContain('unknown key "mailbx", did you mean "mailbox"?');
  });

  it("an unknown key inside, with its path", () => {
    const error = refusal(withPart({ tls: { revocation: "off", revokation: "soft" } }));
    expect(error.path).toBe("tls");
    expect(error.message).toContain('did you mean "revocation"?');
  });

  it("an unknown key of a pinned operator, inside of the union", () => {
    const error = refusal(withPart({ operator: { imap: { host: "a", prot: 1 }, smtp: { host: "b" } } }));
    expect(error.message).toContain('operator.imap: unknown key "prot", did you mean "port"?');
  });

  it("an unknown key of the method's own part, naming the keys of that method", () => {
    const error = refusal(withPart({ auth: { method: "token", tokn: { env: "T" }, token: { env: "T" } } }));
    expect(error.message).toBe('auth: unknown key "tokn", did you mean "token"?');
  });

  it.each([
    ["mailbox", "mailbox: is required"],
    ["operator", "operator: is required"],
    ["auth", "auth: is required"],
    ["software", "software: is required"],
    ["sender", "sender: is required"],
  ])("a configuration without %s", (key, message) => {
    const config: Record<string, unknown> = { ...validConfig() };
    delete config[key];
    expect(refusal(config).message).toContain(message);
  });

  it.each([
    [{ sender: {} }, "sender.label: is required"],
    [{ software: { name: "a", version: "1" } }, "software.nil: is required"],
    [{ mailbox: { address: "labo", type: "APP" } }, "mailbox.address: must be a mail address"],
    [
      { mailbox: { address: "a@b.mssante.fr", type: "XXX" } },
      "mailbox.type: must be one of PER, ORG, APP, CAB, INT, MED",
    ],
    [{ operator: { smtp: { host: "b" } } }, "operator.imap: is required"],
    [{ operator: { imap: { host: "a:143" }, smtp: { host: "b" } } }, "operator.imap.host: must be a host name"],
    [{ operator: { imap: { host: "a", port: "143" }, smtp: { host: "b" } } }, "operator.imap.port: must be a number"],
    [{ operator: {} }, "operator.imap: is required"],
    [{ operator: { discover: false, hostSuffixes: [".a.fr"] } }, "operator.imap: is required"],
    [{ operator: { imap: { host: "a" }, hostSuffixes: [".a.fr"] } }, "operator.smtp: is required"],
    [{ operator: { hostSuffixes: [] } }, "operator.hostSuffixes: must not be empty"],
    [{ operator: { hostSuffixes: ["."] } }, "operator.hostSuffixes[0]: must be the end of host names"],
    [{ network: { dns: ["dns.exemple.fr"] } }, "network.dns[0]: must be an address, or an address and a port"],
    [{ network: { dns: ["10.0.0.53:99999"] } }, "network.dns[0]: must be an address, or an address and a port"],
    [{ network: { allowedAddresses: ["10.0.0.0/40"] } }, "network.allowedAddresses[0]: must be an address or a range"],
    [{ network: { autoconfig: "ftp://a.fr" } }, 'network.autoconfig: must be "off", or a URL'],
    [{ operator: "auto" }, 'operator: must be {"imap"'],
    [{ tls: { revocation: "no" } }, "tls.revocation: must be one of strict, soft, off"],
    [{ network: { proxy: "ftp://proxy" } }, "network.proxy: must be http://host:port or socks5://host:port"],
    [
      { auth: { method: "kerberos" } },
      "auth.method: method must be one of certificate, token, pro-sante-connect, password",
    ],
    [
      { auth: { method: "certificate", p12: "a", cert: "b", key: "c" } },
      "auth.p12: give p12, or cert and key, not both",
    ],
    [{ auth: { method: "certificate", cert: "b" } }, "auth.key: is required beside cert"],
    [{ auth: { method: "certificate" } }, "auth.p12: is required"],
    [
      { auth: { method: "certificate", p12: "a", sasl: "none" } },
      "auth.sasl.imap: must be external or plain: after STARTTLS",
    ],
    [{ auth: { method: "certificate", p12: "a", sasl: "plain" } }, "auth.password: is required where sasl is plain"],
    [{ auth: { method: "token", token: { vault: "x" } } }, 'auth.token: must be {"env": NAME}'],
    [{ outbox: { store: "mysql" } }, "outbox.store: store must be one of sqlite, postgres, memory"],
    [{ sender: { label: "Labo\r\nBcc: x@y.fr" } }, "sender.label: must be one line"],
  ])("%j", (part, message) => {
    expect(refusal(withPart(part)).message).toContain(message);
  });

  it("a token from a file, which would outlive the session (ECO.1.2.5)", () => {
    const error = refusal(withPart({ auth: { method: "token", token: { file: "token.txt" } } }));
    expect(error.requirement).toBe("ECO.1.2.5");
    expect(error.path).toBe("auth.token");
  });

  it("but not a token from a file where the operator is this machine (ECO.1.2.5)", () => {
    const operator = { imap: { host: "localhost", port: 1143 }, smtp: { host: "127.0.0.1", port: 1587 } };
    expect(
      parseConfig(withPart({ operator, auth: { method: "token", token: { file: "token.txt" } } })).auth.method,
    ).toBe("token");
  });

  it("nor where it is found by a name server of this machine, and allowed there only (ECO.1.2.5)", () => {
    const auth = { method: "token", token: { file: "token.txt" } };
    const network = { dns: ["127.0.0.1:5353"], allowedAddresses: ["127.0.0.1"] };
    expect(parseConfig(withPart({ operator: "discover", network, auth })).auth.method).toBe("token");
    const vpn = { dns: ["127.0.0.1:5353"], allowedAddresses: ["127.0.0.1", "10.0.0.0/8"] };
    expect(refusal(withPart({ operator: "discover", network: vpn, auth })).requirement).toBe("ECO.1.2.5");
    expect(refusal(withPart({ operator: "discover", auth })).requirement).toBe("ECO.1.2.5");
  });

  it("and never quotes a value, which may be a secret", () => {
    const error = refusal(
      withPart({ auth: { method: "password", username: 12, password: { env: "canary-9f2 secret" } } }),
    );
    expect(error.message).not.toContain("canary");
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  it("fifty thousand unknown keys, of which the first are named", () => {
    const part = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`key${n}`, 1]));
    const { message } = refusal(withPart(part));
    expect(message).toContain("and 49990 more");
    expect(message.length).toBeLessThan(5_000);
  });

  it("a key that JavaScript has a meaning for", () => {
    const hostile: unknown = JSON.parse(JSON.stringify(withPart({})).replace("{", '{"__proto__":{"software":1},'));
    expect(refusal(hostile).message).toContain("__proto__");
    expect(refusal(withPart({ constructor: {} })).message).toContain("constructor");
  });

  it.each([null, 3, "text", []])("what is not an object: %j", (value) => {
    expect(refusal(value).code).toBe("config_invalid");
  });
});
