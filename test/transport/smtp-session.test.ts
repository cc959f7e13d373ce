import type { TlsOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { createDialer } from "../../src/net/index.js";
import type { SaslStep } from "../../src/seams/index.js";
import { transportFailure } from "../../src/seams/index.js";
import type { SmtpTransportOptions } from "../../src/transport/smtp/index.js";
import { selfSigned, testAuthority } from "../tools/certificates.js";
import type { Peer } from "./scripted-server.js";
import { scriptedServer } from "./scripted-server.js";
import {
  ALL,
  authority,
  credentials,
  ehloAnswer,
  greet,
  greetTls,
  mail,
  plainTransportTo,
  serverCertificate,
  takeMail,
  transportTo,
} from "./smtp-kit.js";

const XOAUTH2: SaslStep = {
  mechanism: "xoauth2",
  username: "dr@medecin.test.mssante.fr",
  token: "tok1",
  initialResponse: true,
};
const FRESH: SaslStep = { ...XOAUTH2, token: "tok2" };
const JSON_REFUSAL = Buffer.from('{"status":"401","schemes":"bearer","scope":"mail"}').toString("base64");
const sasl = (token: string): string =>
  Buffer.from(`user=dr@medecin.test.mssante.fr\x01auth=Bearer ${token}\x01\x01`).toString("base64");

async function outcome(
  script: (peer: Peer, index: number) => Promise<void>,
  options: Partial<SmtpTransportOptions> = {},
) {
  await using server = await scriptedServer(script);
  await using transport = transportTo(server.port, options);
  const error = await transport.send(mail()).then(
    () => undefined,
    (reason: unknown) => reason as { code: string; message: string; requirement?: string; retryable: boolean },
  );
  const failure = transportFailure(error);
  return {
    code: error?.code,
    message: error?.message ?? "",
    requirement: error?.requirement,
    retryable: error?.retryable,
    stage: failure?.stage,
    verdict: failure?.verdict,
    peers: server.peers,
    errors: server.errors,
  };
}

function withTls(options: TlsOptions): (peer: Peer) => Promise<void> {
  return async (peer) => {
    await greet(peer, ["STARTTLS"]);
    await peer.expect("STARTTLS");
    peer.send("220 go");
    await peer.startTls(options).catch(() => {});
    await peer.gone();
  };
}

describe("STARTTLS", () => {
  it("refuses a server, or an attacker, that takes STARTTLS away (ECO.1.0.1)", async () => {
    const { code, stage, verdict, peers } = await outcome(async (peer) => {
      await greet(peer);
      await peer.gone();
    });
    expect({ code, stage, verdict }).toEqual({ code: "starttls_missing", stage: "starttls", verdict: "temporary" });
    expect(peers[0]?.lines).toEqual(["EHLO lps.test"]);
    expect(peers[0]?.pending).toBe("");
  });

  it("refuses a STARTTLS answer followed by data", async () => {
    const { code, requirement } = await outcome(async (peer) => {
      await greet(peer, ["STARTTLS"]);
      await peer.expect("STARTTLS");
      peer.raw("220 go\r\n250 injected\r\n");
      await peer.gone();
    });
    expect({ code, requirement }).toEqual({ code: "starttls_injection", requirement: "ECO.1.0.1" });
  });

  it("takes a goodbye after the answer to STARTTLS for one, and more than it for an injection", async () => {
    const saying = (text: string) =>
      outcome(async (peer) => {
        await greet(peer, ["STARTTLS"]);
        await peer.expect("STARTTLS");
        peer.raw(`220 go\r\n${text}`);
        await peer.gone();
      });
    expect(await saying("421 4.3.2 closing\r\n")).toMatchObject({
      code: "smtp_temporary",
      stage: "tls",
      verdict: "temporary",
    });
    expect((await saying("421 4.3.2 closing\r\n250 x\r\n")).code).toBe("starttls_injection");
  });

  it("refuses a STARTTLS answer followed by a piece of a line", async () => {
    const { code } = await outcome(async (peer) => {
      await greet(peer, ["STARTTLS"]);
      await peer.expect("STARTTLS");
      peer.raw("220 go\r\n25");
      await peer.gone();
    });
    expect(code).toBe("starttls_injection");
  });

  it("forgets what was announced before TLS", async () => {
    const { code, peers } = await outcome(async (peer) => {
      await greet(peer, ["STARTTLS", ...ALL]);
      await peer.expect("STARTTLS");
      peer.send("220 go");
      await peer.startTls(serverCertificate);
      await peer.expect("EHLO");
      ehloAnswer(peer, []);
      await takeMail(peer);
    });
    expect(code).toBeUndefined();
    expect(peers[0]?.lines).toContain("MAIL FROM:<labo@ch-test.mssante.fr>");
  });

  it("does not go on in clear where STARTTLS is refused", async () => {
    const { code, stage, verdict } = await outcome(async (peer) => {
      await greet(peer, ["STARTTLS"]);
      await peer.expect("STARTTLS");
      peer.send("554 5.7.3 no");
      await peer.gone();
    });
    expect({ code, stage, verdict }).toEqual({ code: "smtp_temporary", stage: "starttls", verdict: "temporary" });
  });

  it.each<[string, TlsOptions, string, RegExp]>([
    [
      "a server limited to TLS 1.1 (ECO.1.1.1)",
      { ...serverCertificate, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      "tls_failed",
      /TLS/,
    ],
    [
      "a server with none of the listed suites (ECO.1.1.3)",
      { ...serverCertificate, maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-CHACHA20-POLY1305" },
      "tls_failed",
      /cipher suite/,
    ],
    [
      "an expired certificate (ECO.1.1.5)",
      authority.issue({ dns: ["localhost"], notAfter: new Date(Date.now() - 3_600_000) }),
      "certificate_invalid",
      /expired/,
    ],
    ["a certificate for another name", authority.issue({ dns: ["autre.test"] }), "certificate_invalid", /another name/],
    [
      "a certificate that has the name in its CN only (RFC 7817)",
      authority.issue({ cn: "localhost" }),
      "certificate_invalid",
      /another name/,
    ],
    [
      "a self-signed certificate (ECO.1.1.10)",
      selfSigned({ dns: ["localhost"] }),
      "certificate_invalid",
      /self-signed/,
    ],
    [
      "a certificate of another authority (ECO.1.1.10)",
      testAuthority("AUTRE AC", "other").issue({ dns: ["localhost"] }),
      "certificate_invalid",
      /unknown authority/,
    ],
  ])("refuses %s before it authenticates", async (_what, options, code, text) => {
    const result = await outcome(withTls(options), { credentials: credentials(XOAUTH2) });
    expect(result).toMatchObject({ code, stage: "tls", verdict: "temporary" });
    expect(result.message).toMatch(text);
    expect(result.requirement).toMatch(/^ECO\.1\.1\./);
    expect(result.retryable).toBe(false);
    expect(result.peers[0]?.lines).toEqual(["EHLO lps.test", "STARTTLS"]);
  });

  it("takes text after STARTTLS where TLS should be for a failure of TLS", async () => {
    const { code } = await outcome(async (peer) => {
      await greet(peer, ["STARTTLS"]);
      await peer.expect("STARTTLS");
      peer.send("220 go");
      await peer.until("\x16");
      peer.raw("HTTP/1.1 400 Bad Request\r\n\r\n");
      await peer.gone();
    });
    expect(code).toBe("tls_failed");
  });
});

describe("a hostile or broken server", () => {
  it.each<[string, (peer: Peer) => void, string]>([
    ["421 at greeting", (peer) => peer.send("421 4.3.2 too busy"), "smtp_temporary"],
    ["554 at greeting", (peer) => peer.send("554 5.7.1 go away"), "smtp_temporary"],
    ["garbage", (peer) => peer.raw(Buffer.from([0, 1, 2, 13, 10])), "smtp_protocol"],
    ["HTTP", (peer) => peer.send("HTTP/1.1 200 OK"), "smtp_protocol"],
    ["an endless line", (peer) => peer.raw("2".repeat(10_000)), "smtp_protocol"],
    ["an endless reply", (peer) => peer.raw("220-more\r\n".repeat(1_000)), "smtp_protocol"],
    ["a reply of two codes", (peer) => peer.send("220-a", "250 b"), "smtp_protocol"],
    ["a drop at greeting", (peer) => peer.drop(), "connection_lost"],
  ])("%s is a temporary failure at greeting", async (_what, act, code) => {
    const result = await outcome(async (peer) => {
      act(peer);
      await peer.gone();
    });
    expect(result).toMatchObject({ code, stage: "greeting", verdict: "temporary" });
  });

  it("silence is a timeout", async () => {
    const result = await outcome((peer) => peer.gone(), { timeouts: { greetingMs: 40 } });
    expect(result).toMatchObject({ code: "timeout", stage: "greeting", verdict: "temporary" });
  });

  it("nobody listening is connection_refused at connect", async () => {
    await using server = await scriptedServer((peer) => peer.gone());
    const { port } = server;
    await server[Symbol.asyncDispose]();
    await using transport = plainTransportTo(port);
    const error = await transport.send(mail()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "connection_refused", retryable: true });
    expect(transportFailure(error)).toEqual({ stage: "connect", verdict: "temporary", systemic: true });
  });
});

describe("authentication", () => {
  it("gives the token with AUTH where an initial response is wanted (ECO.1.2.1)", async () => {
    const { code, peers } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        peer.send("235 ok");
        await takeMail(peer);
      },
      { credentials: credentials(XOAUTH2) },
    );
    expect(code).toBeUndefined();
    expect(peers[0]?.lines[3]).toBe(`AUTH XOAUTH2 ${sasl("tok1")}`);
  });

  it("waits to be asked for the token where it is not", async () => {
    const { code, peers } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        peer.send("334 ");
        await peer.line();
        peer.send("235 ok");
        await takeMail(peer);
      },
      { credentials: credentials({ ...XOAUTH2, initialResponse: false }) },
    );
    expect(code).toBeUndefined();
    expect(peers[0]?.lines.slice(3, 5)).toEqual(["AUTH XOAUTH2", sasl("tok1")]);
  });

  it.each<[string, SaslStep, string]>([
    ["EXTERNAL", { mechanism: "external" }, "AUTH EXTERNAL ="],
    [
      "EXTERNAL with an authorization id",
      { mechanism: "external", authorizationId: "a@b.fr" },
      "AUTH EXTERNAL YUBiLmZy",
    ],
    ["PLAIN", { mechanism: "plain", username: "u", password: "p" }, "AUTH PLAIN AHUAcA=="],
  ])("speaks %s (APP-AUTH)", async (_what, step, line) => {
    const { code, peers } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH EXTERNAL PLAIN"]);
        await peer.expect("AUTH");
        peer.send("235 ok");
        await takeMail(peer);
      },
      { credentials: credentials(step) },
    );
    expect(code).toBeUndefined();
    expect(peers[0]?.lines[3]).toBe(line);
  });

  const shapes: [string, (peer: Peer) => Promise<void>][] = [
    ["535", async (peer) => peer.send("535 5.7.8 refused")],
    [
      "334 with JSON, then 535 after an empty line",
      async (peer) => {
        peer.send(`334 ${JSON_REFUSAL}`);
        if ((await peer.line()) !== "") throw new Error("no empty line");
        peer.send("535 5.7.8 refused");
      },
    ],
    [
      "334 with JSON, then another challenge",
      async (peer) => {
        peer.send(`334 ${JSON_REFUSAL}`);
        await peer.line();
        peer.send(`334 ${JSON_REFUSAL}`);
      },
    ],
    [
      "334 with JSON, then a dropped connection",
      async (peer) => {
        peer.raw(`334 ${JSON_REFUSAL}\r\n`);
        peer.end();
      },
    ],
  ];

  it.each(shapes)("tries once more with a fresh token after a refusal by %s", async (_shape, refuse) => {
    const source = credentials([XOAUTH2, FRESH], true);
    const { code, peers, errors } = await outcome(
      async (peer, index) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        if (index === 0) {
          await refuse(peer);
          await peer.gone();
          return;
        }
        peer.send("235 ok");
        await takeMail(peer);
      },
      { credentials: source },
    );
    expect({ code, refusals: source.refusals, errors }).toEqual({ code: undefined, refusals: 1, errors: [] });
    expect(peers[1]?.lines[3]).toBe(`AUTH XOAUTH2 ${sasl("tok2")}`);
  });

  it.each(shapes)("ends in token_refused where the fresh token is refused by %s too", async (_shape, refuse) => {
    const { code, peers, verdict, retryable } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        await refuse(peer);
        await peer.gone();
      },
      { credentials: credentials([XOAUTH2, FRESH], true) },
    );
    expect({ code, connections: peers.length, verdict, retryable }).toEqual({
      code: "token_refused",
      connections: 2,
      verdict: "temporary",
      retryable: true,
    });
  });

  it("never quotes the token", async () => {
    const { message } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        peer.send("535 5.7.8 no");
        await peer.gone();
      },
      { credentials: credentials(XOAUTH2) },
    );
    expect(message).not.toContain("tok1");
    expect(message).not.toContain(sasl("tok1"));
  });

  it("takes 454 for the server's trouble, not for a refused token", async () => {
    const source = credentials(XOAUTH2, true);
    const { code, stage, peers } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH XOAUTH2"]);
        await peer.expect("AUTH");
        peer.send("454 4.7.0 try later");
        await peer.gone();
      },
      { credentials: source },
    );
    expect({ code, stage, connections: peers.length, refusals: source.refusals }).toEqual({
      code: "smtp_temporary",
      stage: "auth",
      connections: 1,
      refusals: 0,
    });
  });

  it("keeps its secret from a server that does not offer the mechanism", async () => {
    const { code, peers } = await outcome(
      async (peer) => {
        await greetTls(peer, ["AUTH LOGIN"]);
        await peer.gone();
      },
      { credentials: credentials({ mechanism: "plain", username: "u", password: "p" }) },
    );
    expect(code).toBe("auth_refused");
    expect(peers[0]?.lines).toHaveLength(3);
  });

  it("sends no credential without TLS, even in the bench's plaintext mode", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, ["AUTH PLAIN"]);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, {
      credentials: credentials({ mechanism: "plain", username: "u", password: "p" }),
    });
    await expect(transport.send(mail())).rejects.toMatchObject({ code: "not_supported" });
    expect(server.peers[0]?.lines).toEqual(["EHLO lps.test"]);
  });
});

describe("through a proxy", () => {
  it("reads a greeting that came with the proxy's answer", async () => {
    await using proxy = await scriptedServer(async (peer) => {
      await peer.until("\r\n\r\n");
      peer.raw("HTTP/1.1 200 OK\r\n\r\n220 mx.test ESMTP\r\n");
      await peer.expect("EHLO");
      ehloAnswer(peer, ["STARTTLS"]);
      await peer.expect("STARTTLS");
      peer.send("220 go");
      await peer.startTls(serverCertificate);
      await peer.expect("EHLO");
      ehloAnswer(peer, ALL);
      await takeMail(peer);
    });
    await using transport = transportTo(587, { dialer: createDialer({ proxy: `http://127.0.0.1:${proxy.port}` }) });
    expect((await transport.send(mail())).reply).toBe(250);
  });
});
