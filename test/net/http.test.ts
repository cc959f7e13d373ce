import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { HttpResponse, http as msw } from "msw";
import { setupServer } from "msw/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { createHttp, type Http, type HttpOptions } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";
import { bundle } from "../tools/bundle.js";
import { testAuthority } from "../tools/certificates.js";
import { keyOf, leafOf, rootOf } from "../trust/pki-kit.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function client(options: Partial<HttpOptions> = {}): Http {
  const http = createHttp({ dialer: createDialer(), ...options });
  open.push(http);
  return http;
}

async function served(listener: RequestListener, tls?: { cert: string; key: string; ca?: string }): Promise<string> {
  const server: Server = tls
    ? createTlsServer({ ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: false }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `${tls ? "https://localhost" : "http://127.0.0.1"}:${(server.address() as AddressInfo).port}/`;
}

const errorOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await errorOf(asked);
  return isMedimailError(error) ? error.code : String(error);
};

describe("the one HTTP function", () => {
  it("gives the whole answer, whatever its status", async () => {
    const url = await served((request, response) => {
      response.writeHead(404, { "content-type": "text/plain" });
      request.pipe(response);
    });
    const response = await client().fetch(url, { method: "POST", body: new URLSearchParams({ a: "é" }) });
    expect([response.status, await response.text()]).toEqual([404, "a=%C3%A9"]);
  });

  it("never follows a redirect", async () => {
    const url = await served((_, response) => response.writeHead(302, { location: "http://example.org/" }).end());
    const response = await client().fetch(url);
    expect([response.status, response.headers.get("location")]).toEqual([302, "http://example.org/"]);
  });

  it("has a limit of size, also for an answer that says nothing of its length", async () => {
    const url = await served((_, response) => {
      const drip = (): void =>
        void (response.writableEnded || response.write("x".repeat(10_000), () => setImmediate(drip)));
      response.on("close", () => response.end());
      drip();
    });
    expect(await codeOf(client({ maxBytes: 50_000 }).fetch(url))).toBe("http_failed");
  });

  it("holds an answer that comes byte by byte in no more memory than it has", async () => {
    const pieces = Buffer.from("1\r\nx\r\n".repeat(10_000));
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for (let sent = 0; sent < 60; sent += 1) socket.write(pieces);
        socket.end("0\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(server);
    const child = await bundle(join(import.meta.dirname, "http-child.ts"));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--max-old-space-size=64", child, url]);
    expect(stdout).toBe("600000");
  });

  it("has a limit of time for the whole, and can be given up", async () => {
    const url = await served((_, response) => void response.write("a"));
    expect(await codeOf(client({ timeoutMs: 100 }).fetch(url))).toBe("timeout");
    const abort = new AbortController();
    const asked = codeOf(client().fetch(url, { signal: abort.signal }));
    abort.abort();
    expect(await asked).toBe("aborted");
  });

  it("speaks http: to this machine only, unless it is told that what it asks for is signed", async () => {
    expect(await codeOf(client().fetch("http://192.0.2.1/"))).toBe("http_failed");
    expect(await codeOf(client({ plain: true, timeoutMs: 50 }).fetch("http://192.0.2.1/"))).not.toBe("http_failed");
    expect(await codeOf(client().fetch("ftp://127.0.0.1/"))).toBe("http_failed");
  });

  it("trusts the authorities given and no other, and checks the name", async () => {
    const ca = testAuthority();
    const right = ca.issue({ dns: ["localhost"] });
    const url = await served((_, response) => response.end("ok"), right);
    expect(await (await client({ ca: [ca.cert] }).fetch(url)).text()).toBe("ok");
    expect(await codeOf(client().fetch(url))).toBe("certificate_invalid");
    expect(await codeOf(client({ ca: [testAuthority().cert] }).fetch(url))).toBe("certificate_invalid");
    const wrong = await served((_, response) => response.end("ok"), ca.issue({ dns: ["other.example"] }));
    expect(await codeOf(client({ ca: [ca.cert] }).fetch(wrong))).toBe("certificate_invalid");
  });

  it("takes a server by its names, never by a CN, and no key of 1024 bits, as for an operator", async () => {
    const root = rootOf();
    const refusal = async (more: Parameters<typeof leafOf>[1]) => {
      const subject = [["CN", "localhost"]] as const;
      const { pem, keys } = leafOf(root, { subject, names: ["localhost"], ...more });
      const url = await served((_, response) => response.end(), { cert: pem, key: keys.privatePem });
      const error = await errorOf(client({ ca: [root.pem] }).fetch(url));
      return isMedimailError(error) ? error.code : error;
    };
    expect(await refusal({})).toBeUndefined();
    expect(await refusal({ names: [] })).toBe("certificate_invalid");
    expect(await refusal({ keys: keyOf("leaf", "rsa1024") })).toBe("certificate_invalid");
  });

  it("says what a certificate is refused for, and no requirement: those speak of an operator's server", async () => {
    const ca = testAuthority();
    const refusal = async (dns: string, notAfter?: Date) => {
      const url = await served(() => {}, ca.issue({ dns: [dns], ...(notAfter ? { notAfter } : {}) }));
      const error = await errorOf(client({ ca: [ca.cert] }).fetch(url));
      return isMedimailError(error) && [error.code, error.message, error.retryable, error.requirement];
    };
    expect(await refusal("localhost", new Date(Date.now() - 1000))).toEqual([
      "certificate_invalid",
      "the certificate of localhost has expired",
      false,
      undefined,
    ]);
    expect(await refusal("other.example")).toEqual([
      "certificate_invalid",
      "the certificate of localhost is for another name",
      false,
      undefined,
    ]);
  });

  it("tells a server without TLS 1.2 from one that does not speak TLS, which may be asked again", async () => {
    const told = async (url: string) => {
      const error = await errorOf(client().fetch(url));
      return isMedimailError(error) && [error.code, error.retryable, /no TLS 1.2|speak TLS/.exec(error.message)?.[0]];
    };
    const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 70]);
    const old = createTcpServer((socket) => socket.on("error", () => {}).once("data", () => socket.end(alert)));
    await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
    open.push(old);
    expect(await told(`https://localhost:${(old.address() as AddressInfo).port}/`)).toEqual([
      "tls_failed",
      false,
      "no TLS 1.2",
    ]);
    const plain = (await served(() => {})).replace("http://127.0.0.1", "https://localhost");
    expect(await told(plain)).toEqual(["tls_failed", true, "speak TLS"]);
  });

  it("shows a client certificate where there is one", async () => {
    const ca = testAuthority();
    const own = ca.issue({ cn: "connector", usage: "client" });
    const url = await served(
      (request, response) => {
        const { subject } = (
          request.socket as never as { getPeerCertificate(): { subject?: { CN?: string } } }
        ).getPeerCertificate();
        response.end(subject?.CN ?? "nobody");
      },
      { ...ca.issue({ dns: ["localhost"] }), ca: ca.cert },
    );
    const http = client({ ca: [ca.cert], certificate: async () => ({ cert: own.cert, key: own.key }) });
    expect(await (await http.fetch(url)).text()).toBe("connector");
  });

  it("says that nobody is there, without the address that was asked", async () => {
    const url = await served(() => {});
    await open.splice(0)[0]?.close();
    const error = await client()
      .fetch(`${url}secret-path?token=abc`)
      .catch((thrown: unknown) => thrown);
    expect(isMedimailError(error) && [error.code, error.retryable]).toEqual(["connection_refused", true]);
    expect(JSON.stringify(error)).not.toMatch(/secret-path|abc/);
  });

  it.each(["by the server", "by us"])(
    "refuses what is encoded a thousand times, and the end of it %s harms nobody",
    async (by) => {
      let cut = (): void => {};
      const url = await served((request, response) => {
        response.setHeader("content-encoding", Array(1000).fill("gzip").join(", "));
        response.write("x");
        cut = () => request.socket.resetAndDestroy();
      });
      const http = createHttp({ dialer: createDialer() });
      const error = await http.fetch(url).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "http_failed", message: "the answer is encoded more than 5 times" });
      if (by === "by us") await http.close();
      else cut();
      // What nobody hears is thrown in the process, and fails this file.
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (by === "by the server") await http.close();
    },
  );

  it("refuses it so for the fetch of Node 26 too, which listens in another way", async () => {
    const url = await served((_request, response) => {
      response.setHeader("content-encoding", Array(1000).fill("gzip").join(", "));
      response.end("x");
    });
    const seen: string[] = [];
    const newer = (asked: URL, { dispatcher }: { dispatcher: { dispatch(...all: object[]): boolean } }) =>
      new Promise((_, reject) =>
        dispatcher.dispatch(
          { origin: asked.origin, path: asked.pathname, method: "GET" },
          {
            onRequestStart: () => seen.push("start"),
            onResponseStart: () => seen.push("answer"),
            onResponseData: () => seen.push("data"),
            onResponseEnd: () => reject(new Error("it was taken")),
            onResponseError: (_controller: unknown, error: Error) => reject(error),
          },
        ),
      );
    vi.stubGlobal("fetch", newer);
    try {
      const error = await client()
        .fetch(url)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "http_failed", message: "the answer is encoded more than 5 times" });
      expect(seen).toEqual(["start"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("is stood for by msw in a publisher's tests", async () => {
    const server = setupServer(msw.get("https://auth.example/x", () => HttpResponse.json({ ok: true })));
    server.listen({ onUnhandledRequest: "error" });
    open.push({ close: () => server.close() });
    expect(await (await client().fetch("https://auth.example/x")).json()).toEqual({ ok: true });
  });
});
