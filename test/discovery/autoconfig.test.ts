import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpGet, type DiscoveryOptions, type OperatorProfile } from "../../src/discovery/index.js";
import { createDialer } from "../../src/net/index.js";
import { testAuthority } from "../tools/certificates.js";
import { bench, DOMAIN, IMAP, SMTP } from "./kit.js";

const authority = testAuthority();
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const server = (
  of: "incomingServer" | "outgoingServer",
  type: string,
  host: string,
  port: number | string,
  socket = "STARTTLS",
) => `<${of} type="${type}"><hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType></${of}>`;
const documentOf = (...content: string[]) =>
  `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="${DOMAIN}">${content.join("")}</emailProvider></clientConfig>`;
const IMAP_SERVER = server("incomingServer", "imap", `mail.${DOMAIN}`, 143);
const SMTP_SERVER = server("outgoingServer", "smtp", `mail.${DOMAIN}`, 587);

/** The profile where the DNS has no SRV, and the document is what the server of this machine gives. */
async function found(answer: RequestListener | string, options: DiscoveryOptions = {}): Promise<OperatorProfile> {
  const listener: RequestListener = typeof answer === "string" ? (_request, response) => response.end(answer) : answer;
  const port = await listening(createServer(listener));
  const { dns, discovery } = await bench();
  dns.setAddresses(`autoconfig.${DOMAIN}`, ["127.0.0.1"]);
  return await discovery(
    {
      autoconfig: `http://autoconfig.{domain}:${port}/mail/config-v1.1.xml`,
      allowedAddresses: ["127.0.0.1"],
      httpTimeoutMs: 500,
      ...options,
    },
    { http: createHttpGet(createDialer(), () => [authority.cert]) },
  ).profile();
}

const reasons = ({ refused }: OperatorProfile) =>
  refused
    .filter(({ source }) => source === "autoconfig")
    .map(({ reason, detail }) => `${reason} ${detail ?? ""}`.trim());

describe("the autoconfig document", () => {
  it("is asked where the DNS has no SRV record, and its STARTTLS servers are taken in order", async () => {
    let asked: string[] = [];
    const second = server("incomingServer", "imap", `secours.${DOMAIN}`, 143);
    const { imap, smtp } = await found((request, response) => {
      asked = [request.method ?? "", request.url ?? "", request.headers.host ?? ""];
      response.end(documentOf(IMAP_SERVER, second, SMTP_SERVER));
    });
    expect(asked).toEqual(["GET", "/mail/config-v1.1.xml", expect.stringMatching(`^autoconfig.${DOMAIN}:\\d+$`)]);
    expect(imap.map(({ host, source }) => `${host} ${source}`)).toEqual([
      `mail.${DOMAIN} autoconfig`,
      `secours.${DOMAIN} autoconfig`,
    ]);
    expect(smtp).toMatchObject([{ host: `mail.${DOMAIN}`, port: 587, from: expect.stringContaining("autoconfig.") }]);
  });

  it("is not asked where the DNS names both services", async () => {
    const { dns, discovery } = await bench();
    for (const name of [IMAP, SMTP]) dns.setSrv(name, [{ target: `mail.${DOMAIN}`, port: 143 }]);
    const http = () => Promise.reject(new Error("asked"));
    await discovery({ autoconfig: "http://autoconfig.{domain}/" }, { http }).profile();
    expect(dns.queries.map(({ name }) => name)).not.toContain(`autoconfig.${DOMAIN}`);
  });

  it("may name the mailbox's domain by its placeholder", async () => {
    const { imap } = await found(documentOf(server("incomingServer", "imap", "mail.%EMAILDOMAIN%", 143)));
    expect(imap[0]?.host).toBe(`mail.${DOMAIN}`);
  });

  it.each([
    ["implicit TLS", server("incomingServer", "imap", `mail.${DOMAIN}`, 993, "SSL"), "implicit_tls"],
    ["no TLS", server("incomingServer", "imap", `mail.${DOMAIN}`, 143, "plain"), "clear_text"],
    ["an unknown way", server("incomingServer", "imap", `mail.${DOMAIN}`, 143, "?"), "invalid"],
    ["a host of elsewhere", server("incomingServer", "imap", "mail.evil.example", 143), "outside_suffixes"],
    ["an address", server("incomingServer", "imap", "198.51.100.7", 143), "invalid"],
    ["a port that is none", server("incomingServer", "imap", `mail.${DOMAIN}`, 0), "invalid"],
    ["a port that is text", server("incomingServer", "imap", `mail.${DOMAIN}`, "imap"), "invalid"],
    [
      "no host",
      "<incomingServer type='imap'><port>143</port><socketType>STARTTLS</socketType></incomingServer>",
      "invalid",
    ],
  ])("with %s gives no host, and says why", async (_what, written, reason) => {
    const profile = await found(documentOf(written, SMTP_SERVER));
    expect([profile.imap, reasons(profile)]).toEqual([[], [reason]]);
    expect(profile.smtp).toHaveLength(1);
  });

  it("passes over POP3 and what it does not know", async () => {
    const profile = await found(
      documentOf(server("incomingServer", "pop3", `mail.${DOMAIN}`, 110), IMAP_SERVER, SMTP_SERVER),
    );
    expect([profile.imap.length, reasons(profile)]).toEqual([1, []]);
  });
});

describe("an answer that is no document", () => {
  it.each([
    [
      "404",
      (_: unknown, response: { writeHead(code: number): { end(): void } }) => response.writeHead(404).end(),
      "not_found HTTP 404",
    ],
    [
      "500",
      (_: unknown, response: { writeHead(code: number): { end(): void } }) => response.writeHead(500).end(),
      "unavailable HTTP 500",
    ],
  ])("is told: %s", async (_code, answer, reason) => {
    expect(reasons(await found(answer as RequestListener))).toEqual([reason]);
  });

  it("a redirect is not followed", async () => {
    let requests = 0;
    const profile = await found((_request, response) => {
      requests++;
      response.writeHead(302, { location: "/elsewhere" }).end(documentOf(IMAP_SERVER));
    });
    expect([reasons(profile), requests]).toEqual([["redirect HTTP 302"], 1]);
  });

  it("a document beyond 64 KB is not read", async () => {
    expect(reasons(await found(documentOf(IMAP_SERVER, " ".repeat(70_000))))).toEqual(["too_large"]);
  });

  it("one that never ends is given up in time, however slowly it drips", async () => {
    const profile = await found((_request, response) => {
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(reasons(profile)).toEqual(["unreachable timeout"]);
  });

  it("one that is cut", async () => {
    const profile = await found((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("<clientConfig>");
      setTimeout(() => response.destroy(), 20);
    });
    expect(reasons(profile)[0]).toMatch(/^un(reachable connection_lost|available http_failed)$/);
  });

  it("headers without end", async () => {
    const profile = await found((_request, response) => {
      response.writeHead(200, { "x-long": "a".repeat(40_000) }).end();
    });
    expect(reasons(profile)).toEqual(["unavailable http_failed"]);
  });

  it.each([
    ["no XML", "hello"],
    ["other XML", "<html/>"],
    ["a DTD", `<!DOCTYPE a [<!ENTITY x "y">]>${documentOf(IMAP_SERVER)}`],
    ["XML too deep", "<a>".repeat(50)],
  ])("is refused as %s", async (_what, written) => {
    const profile = await found(written);
    expect(reasons(profile)[0]).toMatch(/^invalid /);
    expect(reasons(profile)[0]).not.toMatch(/the the/i);
    expect(profile.imap).toEqual([]);
  });
});

describe("where the document is", () => {
  it("must not be in a private network: this machine asks nothing of its own network by what the DNS says", async () => {
    let requests = 0;
    const profile = await found(
      (_request, response) => {
        requests++;
        response.end(documentOf(IMAP_SERVER));
      },
      { allowedAddresses: [] },
    );
    expect([reasons(profile), requests]).toEqual([["private_address"], 0]);
  });

  it("is asked in clear on this machine only", async () => {
    const { dns, discovery } = await bench();
    dns.setAddresses(`autoconfig.${DOMAIN}`, ["198.51.100.7"]);
    const http = () => Promise.reject(new Error("asked"));
    const profile = await discovery({ autoconfig: "http://autoconfig.{domain}/x.xml" }, { http }).profile();
    expect(reasons(profile)).toEqual(["clear_text"]);
  });

  it.each([
    ["a known authority", `autoconfig.${DOMAIN}`, [], 2],
    ["another name", "autre.mssante.fr", ["invalid certificate_invalid"], 0],
  ])("over https shows a certificate of %s", async (_what, name, refused, hosts) => {
    const { key, cert } = authority.issue({ dns: [name] });
    const port = await listening(
      createTlsServer({ key, cert }, (_request, response) => response.end(documentOf(IMAP_SERVER, SMTP_SERVER))),
    );
    const profile = await found("", { autoconfig: `https://autoconfig.{domain}:${port}/mail/config-v1.1.xml` });
    expect([reasons(profile), profile.imap.length + profile.smtp.length]).toEqual([refused, hosts]);
  });
});
