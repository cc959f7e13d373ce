import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { DUPONT } from "./kit.js";

let mock: MockMedimail;
let port: number;
const dir = mkdtempSync(join(tmpdir(), "medimail-control-"));
const files = new Map([["/", { type: "text/html; charset=utf-8", bytes: Buffer.from("<!DOCTYPE html>") }]]);
beforeAll(async () => {
  mock = await startMockMedimail({ control: { files }, dir });
  port = Number(new URL(mock.control.url).port);
});
afterAll(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request with any header at all, which fetch would not send. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const made = request({ host: "127.0.0.1", port, path, agent: false, ...options }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    made.on("error", reject);
    made.end(options.body);
  });
}

const own = (more: Record<string, string> = {}) => ({ authorization: `Bearer ${mock.control.token}`, ...more });
const code = ({ body }: Answer): string => (JSON.parse(body) as { error: { code: string } }).error.code;

describe("a page of elsewhere", () => {
  it.each([
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "a b",
    "127.0.0.1:x",
  ])("whose name was made to lead here is not answered, the page and the document neither: Host %s", async (host) => {
    for (const path of ["/", "/openapi.json", "/api/mailboxes"])
      expect([path, (await ask(path, { headers: own({ host }) })).status]).toEqual([path, 403]);
  });

  it.each(["127.0.0.1", "localhost", "[::1]"])("is told from the mock's own: Host %s", async (name) => {
    expect((await ask("/api/mailboxes", { headers: own({ host: `${name}:${port}` }) })).status).toBe(200);
  });

  it.each([
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("may change nothing, with the token even: %o", async (headers) => {
    const answer = await ask("/api/reset", { method: "POST", headers: own(headers as Record<string, string>) });
    expect([answer.status, code(answer)]).toEqual([403, "forbidden"]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("can send no form: what a form may send is no body of the API", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      const answer = await ask("/api/faults", {
        method: "POST",
        headers: own({ "content-type": type }),
        body: '{"name":"bounce"}',
      });
      expect([answer.status, code(answer)]).toEqual([415, "unsupported_type"]);
    }
    expect(mock.faults.all).toEqual([]);
  });

  it("gets no permission by asking first (CORS)", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const answer = await ask("/api/reset", { method: "OPTIONS", headers });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("the token", () => {
  it("is needed, whole, in its own field: not in the query, not in a cookie", async () => {
    const { token } = mock.control;
    for (const headers of [
      {},
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token.slice(1)}` },
      { authorization: `Bearer ${token}x` },
      { cookie: `token=${token}` },
    ]) {
      const answer = await ask(`/api/mailboxes`, { headers: headers as Record<string, string> });
      expect([answer.status, code(answer), answer.headers["www-authenticate"]]).toEqual([
        401,
        "unauthorized",
        "Bearer",
      ]);
    }
    expect((await ask(`/api/mailboxes?token=${token}`)).status).toBe(401);
  });

  it("stands in the ready object and in no file of the mock's folder", async () => {
    const { control } = await mock.ready();
    expect(control?.token).toBe(mock.control.token);
    const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(names.length).toBeGreaterThan(5);
    for (const entry of names)
      expect(readFileSync(join(entry.parentPath, entry.name)).includes(mock.control.token), entry.name).toBe(false);
  });

  it("is another for each mock, and of 256 bits", async () => {
    await using other = await startMockMedimail({ control: true });
    expect(other.control.token).not.toBe(mock.control.token);
    expect(Buffer.from(other.control.token, "base64url")).toHaveLength(32);
  });
});

describe("what is asked wrongly", () => {
  it.each([
    ["/api/nothing", "GET", 404],
    ["/api/mailboxes", "PUT", 405],
    ["/api/mailboxes/%zz", "GET", 400],
    ["/api/mailboxes//messages", "GET", 404],
    ["/../../etc/passwd", "GET", 404],
    ["/%2e%2e/%2e%2e/etc/passwd", "GET", 404],
    ["/", "POST", 405],
    ["/api/observations?limit=x", "GET", 400],
    ["/api/observations?limit=1&limit=2", "GET", 400],
    ["/api/observations?__proto__=1", "GET", 400],
    ["/api/clock?now=1", "GET", 400],
    [`/api/mailboxes/${"a".repeat(300)}`, "GET", 400],
  ])("%s %s is told so: %i", async (path, method, status) => {
    expect((await ask(path, { method, headers: own() })).status).toBe(status);
  });

  it.each(["", "{", "[]", "null", '"x"', '{"name":"bounce","__proto__":{"x":1}}', '{"name":["bounce"]}'])(
    "is a body that is none: %s",
    async (body) => {
      const answer = await ask("/api/faults", {
        method: "POST",
        headers: own({ "content-type": "application/json" }),
        body,
      });
      expect([answer.status, code(answer)]).toEqual([400, "invalid_argument"]);
    },
  );

  it("is a body too large, which is not read", async () => {
    const headers = own({ "content-type": "application/json", "content-length": "3000000" });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.write(`POST /api/faults HTTP/1.1\r\n${lines.join("")}\r\n{`);
      socket.once("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it("says nothing of a fault of the mock itself, which is kept for who started it", async () => {
    await using broken = await startMockMedimail({ control: true });
    broken.scenarios = {
      get scenarios(): never {
        throw new Error("secret 185057800604822");
      },
      begin() {},
      end() {},
    };
    const { url, token } = broken.control;
    const answer = await fetch(`${url}/scenarios`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toEqual({ error: { code: "internal", message: "An unforeseen fault of the mock" } });
    expect(broken.problems).toHaveLength(1);
  });
});

describe("what is answered", () => {
  it("is kept nowhere, framed nowhere, and guessed by nobody", async () => {
    for (const path of ["/", "/openapi.json", "/api/mailboxes", "/api/nothing"])
      expect((await ask(path, { headers: own() })).headers).toMatchObject({
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
      });
  });

  it("names a file by safe letters, whatever a mail calls it", async () => {
    const raw = [
      `From: <a@b.fr>`,
      `Content-Type: application/octet-stream; name="x"`,
      `Content-Disposition: attachment; filename="../..\\"; evil=\\"é\n.html"`,
      "",
      "x",
    ].join("\r\n");
    const { uid } = mock.mailbox(DUPONT).deliver(raw);
    const { headers } = await ask(`/api/mailboxes/${DUPONT}/messages/${uid}/parts/1`, { headers: own() });
    expect(headers["content-disposition"]).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(headers["content-type"]).toBe("application/octet-stream");
  });
});

describe("where it listens", () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);

  it("is loopback alone, unless one says so", async () => {
    if (!outside) return;
    await expect(
      new Promise((resolve, reject) => {
        const socket = connect(port, outside.address);
        socket.once("connect", resolve);
        socket.once("error", reject);
      }),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is what one says, and there the token is needed as here", async () => {
    await using open = await startMockMedimail({ control: { host: "0.0.0.0" } });
    const { token, origin } = open.control;
    const there = outside ? origin.replace("127.0.0.1", outside.address) : origin;
    expect((await fetch(`${there}/api/mailboxes`)).status).toBe(401);
    expect((await fetch(`${there}/api/mailboxes`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it("is gone when the mock is closed, streams and waits too", async () => {
    const closing = await startMockMedimail({ control: true });
    const { url, token } = closing.control;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const waiting = fetch(`${url}/mails/wait`, { method: "POST", headers, body: '{"timeoutMs":600000}' });
    const over = expect(waiting).rejects.toThrow();
    const stream = await fetch(`${url}/observations/stream`, { headers });
    await closing.close();
    await expect(stream.text()).rejects.toThrow();
    await over;
  });
});
