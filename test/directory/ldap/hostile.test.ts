// LDAP servers that mean harm, or are broken: each ends with an error of ours, soon, and with the connection closed.

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { LdapDirectory, type LdapDirectoryOptions } from "../../../src/directory/index.js";
import { createDialer } from "../../../src/net/index.js";
import { createTlsVerifier } from "../../../src/trust/index.js";
import { testAuthority } from "../../tools/certificates.js";
import { all, closeAll, closing, errorOf } from "../kit.js";
import * as ber from "./ber.js";

afterEach(closeAll);

const SEARCH = 0x63;
const BIND = 0x60;
const EXTENDED = 0x77;

interface Served {
  port: number;
  /** Operations that clients sent. */
  seen: number[];
  /** Resolves when all connections are closed. */
  closed: () => Promise<void>;
}

async function server(answer: (socket: Socket, request: { id: number; operation: number }) => void): Promise<Served> {
  const seen: number[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (bytes: Buffer) => {
      const request = ber.readRequest(bytes);
      seen.push(request.operation);
      answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  closing({
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  });
  return {
    port: (listener.address() as AddressInfo).port,
    seen,
    closed: async () => {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    },
  };
}

const directory = (port: number, options: Partial<LdapDirectoryOptions> = {}) =>
  new LdapDirectory({
    host: "127.0.0.1",
    port,
    security: "none",
    base: "dc=x",
    dialer: createDialer(),
    tls: createTlsVerifier({ ca: [testAuthority().cert], revocation: "off" }),
    timeoutMs: 5_000,
    ...options,
  });
const search = (port: number, options: Partial<LdapDirectoryOptions> = {}) =>
  all(directory(port, options).search({ family: "MOREL" }));

const morel = (id: number, index = 0, rest: Record<string, string[]> = {}) =>
  ber.searchEntry(id, `cn=${index},dc=x`, { sn: ["MOREL"], mail: [`m${index}@x.mssante.fr`], ...rest });

describe("an LDAP server", () => {
  it("that refers to another one is not followed, and the other is not asked", async () => {
    const other = await server(() => expect.unreachable());
    const { port } = await server(
      (socket, { id }) => void socket.write(ber.searchDone(id, 10, undefined, `ldap://127.0.0.1:${other.port}/dc=y`)),
    );
    const error = await errorOf(search(port));
    expect(error.code).toBe("directory_answer_invalid");
    expect(error.message).toContain("not followed");
    expect(other.seen).toEqual([]);
  });

  it("that refers to another one for a part gives what it has itself", async () => {
    const other = await server(() => expect.unreachable());
    const { port } = await server((socket, { id }) => {
      socket.write(ber.searchReference(id, `ldap://127.0.0.1:${other.port}/dc=y`));
      socket.write(Buffer.concat([morel(id), ber.searchDone(id)]));
    });
    expect((await search(port)).map(({ address }) => address)).toEqual(["m0@x.mssante.fr"]);
    expect(other.seen).toEqual([]);
  });

  it("that sends thousands of entries in one piece is read without a deep stack", async () => {
    const { port } = await server((socket, { id }) => {
      const many = Array.from({ length: 3_000 }, (_, index) => morel(id, index));
      socket.write(Buffer.concat([...many, ber.searchDone(id)]));
    });
    expect((await errorOf(search(port))).path).toBe("limits.entries");
    expect(await search(port, { limits: { entries: 3_000 } })).toHaveLength(20);
  });

  it("that never ends its answer is cut at the limit of bytes", async () => {
    const of = await server((socket, { id, operation }) => {
      if (operation !== SEARCH) return;
      const entry = morel(id, 1, { description: ["x".repeat(10_000)] });
      const more = (): void => {
        while (!socket.destroyed) if (!socket.write(entry)) return void socket.once("drain", more);
      };
      more();
    });
    const error = await errorOf(search(of.port, { limits: { bytes: 2_000_000 } }));
    expect([error.code, error.path]).toEqual(["directory_limit_exceeded", "limits.bytes"]);
    await of.closed();
  });

  it("that sends entries of nothing without end is cut before they are held", async () => {
    let sent = 0;
    const of = await server((socket, { id, operation }) => {
      if (operation !== SEARCH) return;
      const entries = Buffer.concat(Array.from({ length: 1_000 }, () => ber.searchEntry(id, "a=b", {})));
      const more = (): void => {
        while (!socket.destroyed && ++sent < 1_000) if (!socket.write(entries)) return void socket.once("drain", more);
      };
      more();
    });
    const error = await errorOf(search(of.port));
    expect([error.code, error.path]).toEqual(["directory_limit_exceeded", "limits.entries"]);
    await of.closed();
    expect(sent).toBeLessThan(500);
  });

  it("that answers what was not asked, for ever, is not listened to until the time is over", async () => {
    const of = await server((socket, { id, operation }) => {
      if (operation !== SEARCH) return;
      const timer = setInterval(() => socket.write(morel(id + 7)), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const error = await errorOf(search(of.port, { timeoutMs: 20_000 }));
    expect([error.code, error.message]).toEqual(["directory_answer_invalid", "the server answers what was not asked"]);
    await of.closed();
  });

  it("is asked nothing where its password does not come within the time of the search", async () => {
    const of = await server(() => expect.unreachable());
    const credentials = { dn: "cn=me", password: () => new Promise<string>(() => {}) };
    const error = await errorOf(search(of.port, { credentials, timeoutMs: 50 }));
    expect([error.code, of.seen]).toEqual(["directory_unavailable", []]);
  });

  it("that answers StartTLS under another number has not answered it", async () => {
    const of = await server((socket, { id, operation }) => {
      if (operation === EXTENDED) socket.write(ber.startTlsResponse(id + 1));
    });
    const error = await errorOf(search(of.port, { security: "starttls" }));
    expect(error.message).toBe("the server answers what was not asked");
  });

  it("that announces an enormous entry is cut before it is sent", async () => {
    const of = await server((socket) => void socket.write(Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02])));
    const error = await errorOf(search(of.port));
    expect([error.code, error.path]).toEqual(["directory_limit_exceeded", "limits.messageBytes"]);
    await of.closed();
  });

  it("that gives the same page for ever is left", async () => {
    const of = await server(
      (socket, { id }) =>
        void socket.write(Buffer.concat([morel(id, 7, { sn: ["AUTRE"] }), ber.searchDone(id, 0, "again")])),
    );
    expect((await errorOf(search(of.port))).code).toBe("directory_answer_invalid");
    expect(of.seen.filter((operation) => operation === SEARCH).length).toBeLessThan(4);
    await of.closed();
  });

  it("that gives empty pages for ever is left", async () => {
    const of = await server((socket, { id }) => void socket.write(ber.searchDone(id, 0, "again")));
    expect(await search(of.port)).toEqual([]);
    expect(of.seen.filter((operation) => operation === SEARCH).length).toBeLessThan(4);
  });

  it.each([
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["an indefinite length", Buffer.from([0x30, 0x80, 0, 0])],
    ["a length of nine bytes", Buffer.from([0x30, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
  ])("that speaks %s is no directory", async (_name, bytes) => {
    const { port } = await server((socket) => void socket.write(bytes));
    expect((await errorOf(search(port))).code).toBe("directory_answer_invalid");
  });

  it.each([
    ["an empty message", Buffer.from([0x30, 0x00])],
    ["nonsense in an envelope", Buffer.from([0x30, 0x05, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ["silence", Buffer.alloc(0)],
  ])("that answers with %s is given up in time", async (_name, bytes) => {
    const { port } = await server((socket) => void socket.write(bytes));
    const error = await errorOf(search(port, { timeoutMs: 200 }));
    expect(error.code).toMatch(/directory_(unavailable|answer_invalid)/);
  });

  it("that hangs up is unavailable", async () => {
    const { port } = await server((socket) => socket.destroy());
    const error = await errorOf(search(port));
    expect([error.code, error.retryable]).toEqual(["directory_unavailable", true]);
  });

  it("with an attribute of thousands of values, or hidden controls, is shortened and cleaned", async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `a${index}@x.mssante.fr`);
    const { port } = await server((socket, { id }) => {
      socket.write(Buffer.concat([morel(id, 1, { mail: many, cn: ["Claire\r\nMO\u202eREL"] }), ber.searchDone(id)]));
    });
    const found = await all(directory(port).search({ family: "MOREL" }, { limit: 1_000 }));
    expect(found).toHaveLength(100);
    expect(found[0]?.name).toBe("ClaireMOREL");
  });

  it("that says its own limit is passed is told so", async () => {
    const { port } = await server((socket, { id }) => void socket.write(ber.searchDone(id, 11)));
    expect((await errorOf(search(port))).code).toBe("directory_limit_exceeded");
  });

  it("is given up in the middle with the caller's signal", async () => {
    const ended = new AbortController();
    const of = await server(() => ended.abort());
    expect((await errorOf(all(directory(of.port).search({ family: "MOREL" }, { signal: ended.signal })))).code).toBe(
      "aborted",
    );
    await of.closed();
  });
});

describe("StartTLS", () => {
  const credentials = { dn: "cn=x", password: async () => "s3cret" };
  const secured = { security: "starttls", credentials } as const;

  it.each([
    ["refuses it", (id: number) => ber.startTlsResponse(id, 2), "directory_unavailable"],
    [
      "says more than its answer",
      (id: number) => Buffer.concat([ber.startTlsResponse(id), ber.bindResponse(2)]),
      "directory_answer_invalid",
    ],
    ["answers something else", () => Buffer.from("220 ready\r\n"), "directory_answer_invalid"],
    ["speaks no TLS after it", (id: number) => ber.startTlsResponse(id), "tls_failed"],
  ])("with a server that %s ends before a name or a password is said", async (_name, answer, code) => {
    const of = await server((socket, { id, operation }) => {
      if (operation === EXTENDED) socket.write(answer(id));
      else socket.end("no TLS here");
    });
    expect((await errorOf(search(of.port, secured))).code).toBe(code);
    expect(of.seen).not.toContain(BIND);
    expect(of.seen[0]).toBe(EXTENDED);
  });

  it("is not left out but on this machine", () => {
    expect(() => directory(389, { host: "ldap.exemple.fr", security: "none" })).toThrow(/without TLS/);
  });
});
