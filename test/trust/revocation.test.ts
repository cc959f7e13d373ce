import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createHttp } from "../../src/http.js";
import type { LogFields } from "../../src/log.js";
import type { Certificate } from "../../src/mock/pki/certificates.js";
import { makeCrl } from "../../src/mock/pki/crl.js";
import { makeOcsp } from "../../src/mock/pki/ocsp.js";
import { createDialer } from "../../src/net/index.js";
import { RevocationChecker, type RevocationOptions, readCertificates } from "../../src/trust/index.js";
import { readCrl } from "../../src/trust/revocation/crl.js";
import { readOcsp } from "../../src/trust/revocation/ocsp.js";
import { goodChain, leafOf, publications, rootOf } from "./pki-kit.js";

const folder = mkdtempSync(join(tmpdir(), "revocation-"));
const http = createHttp({ dialer: createDialer(), plain: true });
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const HOUR = 3_600_000;
const parsed = (pem: string) => readCertificates(Buffer.from(pem))[0] as ReturnType<typeof readCertificates>[number];
let folders = 0;
const newFolder = () => join(folder, String(folders++));
const checker = (more: Partial<RevocationOptions> = {}) => new RevocationChecker({ mode: "strict", http, ...more });

/** A list by another hand, and fast enough for a long one. */
function opensslCrl(at: string, authority: Certificate, serials: readonly string[]): Buffer {
  mkdirSync(at);
  const put = (name: string, text: string) => writeFileSync(join(at, name), text);
  const upper = (serial: string) => (serial.length % 2 === 0 ? serial : `0${serial}`).toUpperCase();
  put("index.txt", serials.map((one) => `R\t360101000000Z\t250101000000Z\t${upper(one)}\tunknown\t/CN=x\n`).join(""));
  put("crlnumber", "10\n");
  put("ca.pem", authority.pem);
  put("ca.key", authority.keys.privatePem);
  put(
    "ca.cnf",
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${at}/index.txt\ncrlnumber=${at}/crlnumber\ncertificate=${at}/ca.pem\nprivate_key=${at}/ca.key\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n`,
  );
  execFileSync("openssl", ["ca", "-gencrl", "-config", join(at, "ca.cnf"), "-out", join(at, "crl.pem")], {
    stdio: "pipe",
  });
  return readFileSync(join(at, "crl.pem"));
}

describe("the list of an authority", () => {
  it("is asked once for many connections at a time, and again after an hour", async () => {
    await using site = await publications();
    const { org, crlUrl } = goodChain(site);
    const [leaf, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    let time = Date.now();
    const revocation = checker({ now: () => time });
    const found = await Promise.all(Array.from({ length: 20 }, () => revocation.status(leaf, issuer)));
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(["good"]));
    await revocation.status(leaf, issuer);
    expect(site.asked(crlUrl)).toBe(1);
    time += HOUR + 1;
    await revocation.status(leaf, issuer);
    expect(site.asked(crlUrl)).toBe(2);
  });

  it("is asked for again where it was had in the future: the clock was set back", async () => {
    await using site = await publications();
    const { org, crlUrl } = goodChain(site);
    const [leaf, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    let time = Date.now() + 3 * HOUR;
    const revocation = checker({ now: () => time });
    await revocation.status(leaf, issuer);
    time -= 2 * HOUR;
    await revocation.status(leaf, issuer);
    expect(site.asked(crlUrl)).toBe(2);
  });

  it("is kept over a restart, and used while its authority is away (SC.MSS/CONF.22)", async () => {
    await using site = await publications();
    const { org, crlUrl, revoked } = goodChain(site);
    const gone = leafOf(org, { crlUrl });
    revoked.push(gone.serial);
    const [leaf, bad, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(gone.pem), parsed(org.pem)];
    const kept = newFolder();
    await checker({ folder: kept }).status(leaf, issuer);
    const away = { fetch: async () => Promise.reject(new Error("the network must not be asked")) };
    const later = checker({ folder: kept, http: away });
    expect((await later.status(leaf, issuer)).status).toBe("good");
    expect(await later.status(bad, issuer)).toMatchObject({ status: "revoked", by: "kept-crl" });
  });

  it("that cannot be had is told as that of the authority where the server's own is there", async () => {
    await using site = await publications();
    const { root, org, crlUrl } = goodChain(site);
    const only = (url: string): Pick<typeof http, "fetch"> => ({
      fetch: async (asked, request) =>
        String(asked) === url ? http.fetch(asked, request) : new Response(null, { status: 404 }),
    });
    const chain = [leafOf(org, { crlUrl }), org, root].map(({ pem }) => parsed(pem));
    await expect(checker({ http: only(crlUrl) }).enforce(chain, "a.test")).rejects.toMatchObject({
      code: "revocation_unknown",
      message: expect.stringContaining("an authority of the certificate of a.test"),
    });
    await expect(checker({ http: only("none") }).enforce(chain, "a.test")).rejects.toMatchObject({
      message: expect.stringMatching(/^whether the certificate of a\.test/),
    });
  });

  it("that was altered on the disk counts for nothing", async () => {
    await using site = await publications();
    const { org, crlUrl } = goodChain(site);
    const [leaf, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    const kept = newFolder();
    await checker({ folder: kept }).status(leaf, issuer);
    const [name = ""] = readdirSync(kept);
    const bytes = readFileSync(join(kept, name));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(join(kept, name), bytes);
    await checker({ folder: kept }).status(leaf, issuer);
    expect(site.asked(crlUrl)).toBe(2);
  });

  it("serves the process where the disk will not have it, and the log says so", async () => {
    await using site = await publications();
    const { org, crlUrl } = goodChain(site);
    const [leaf, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    const file = newFolder();
    writeFileSync(file, "");
    const events: string[] = [];
    const log = { log: (_level: string, event: string, _fields: LogFields) => void events.push(event) };
    const revocation = checker({ folder: file, log });
    expect((await revocation.status(leaf, issuer)).status).toBe("good");
    expect(events).toEqual(["revocation.crl-not-kept"]);
  });

  it("of fifty thousand entries, made by OpenSSL, is read at once and finds its own", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    let list: Uint8Array = new Uint8Array();
    const crlUrl = site.serve(() => list);
    const [bad, good] = [leafOf(org, { crlUrl }), leafOf(org, { crlUrl })];
    const serials = Array.from({ length: 50_000 }, (_, index) => (0x10000000 + index).toString(16));
    list = opensslCrl(newFolder(), org, [...serials, bad.serial]);
    const issuer = parsed(org.pem);
    const start = performance.now();
    readCrl(list, issuer);
    // A general reader of ASN.1 took minutes for it: the bound is far from both.
    expect(performance.now() - start).toBeLessThan(5_000);
    const revocation = checker();
    expect((await revocation.status(parsed(bad.pem), issuer)).status).toBe("revoked");
    expect((await revocation.status(parsed(good.pem), issuer)).status).toBe("good");
  }, 60_000);

  it("that is not one is refused, whichever byte of it was changed or cut", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    const issuer = parsed(org.pem);
    const list = makeCrl({ issuer: org, revoked: ["1234", "5678"] });
    for (let at = 0; at < list.length; at++) {
      const changed = Buffer.from(list);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      for (const spoilt of [changed, list.subarray(0, at)])
        expect(() => readCrl(spoilt, issuer)).toThrow(expect.objectContaining({ name: "RevocationProblem" }));
    }
  });

  it("is left to the others by the one who gives up", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    let answer: (response: Response) => void = () => {};
    const crlUrl = site.serve(() => new Promise<Response>((resolve) => (answer = resolve)));
    const [leaf, issuer] = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    const revocation = checker();
    const controller = new AbortController();
    const first = revocation.status(leaf, issuer, { signal: controller.signal });
    const second = revocation.status(leaf, issuer);
    while (site.asked(crlUrl) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: "aborted" });
    answer(new Response(new Uint8Array(makeCrl({ issuer: org, revoked: [] }))));
    expect((await second).status).toBe("good");
    expect(site.asked(crlUrl)).toBe(1);
  });
});

describe("OCSP", () => {
  it("is asked again only once its answer has ended", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    let time = Date.now();
    const ocspUrl = site.ocsp(() => org, { nextUpdate: new Date(time + HOUR / 2) });
    const [leaf, issuer] = [parsed(leafOf(org, { ocspUrl }).pem), parsed(org.pem)];
    const revocation = checker({ now: () => time });
    await revocation.status(leaf, issuer);
    await revocation.status(leaf, issuer);
    expect(site.asked(ocspUrl)).toBe(1);
    time += HOUR / 2 - 1_000;
    await revocation.status(leaf, issuer);
    expect(site.asked(ocspUrl)).toBe(1);
    // Set back to before it was had.
    time -= HOUR / 2;
    await revocation.status(leaf, issuer);
    expect(site.asked(ocspUrl)).toBe(2);
  });

  it("is not asked where the server has stapled the answer", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    const ocspUrl = site.ocsp(() => org);
    const made = leafOf(org, { ocspUrl });
    const stapled = makeOcsp({ issuer: org, serial: made.serial, status: "good" });
    const status = await checker().status(parsed(made.pem), parsed(org.pem), { stapled });
    expect([status.by, site.asked(ocspUrl)]).toEqual(["stapled", 0]);
  });
});

describe("an OCSP answer that was changed or cut", () => {
  // Two thirds of an answer by a responder are its certificate, which costs ten times the rest to read: its bytes are tried by a sample.
  it.each([
    ["by the authority itself, whichever byte it was", false, 1],
    ["by its responder, every seventeenth byte", true, 17],
  ] as const)(
    "is refused by name, unless it still says the same: %s",
    async (_, byResponder, step) => {
      await using site = await publications();
      const { org } = goodChain(site);
      const made = leafOf(org);
      const [leaf, issuer] = [parsed(made.pem), parsed(org.pem)];
      const responder = leafOf(org, { names: [], extKeyUsage: ["1.3.6.1.5.5.7.3.9"] });
      const answer = makeOcsp({
        issuer: org,
        serial: made.serial,
        status: "revoked",
        ...(byResponder ? { responder } : {}),
      });
      expect(readOcsp(answer, leaf, issuer, { now: Date.now() }).status).toBe("revoked");
      for (let at = 0; at < answer.length; at += step) {
        const changed = Buffer.from(answer);
        changed[at] = (changed[at] ?? 0) ^ 0x41;
        for (const spoilt of [changed, answer.subarray(0, at)]) {
          let status: string;
          try {
            status = readOcsp(spoilt, leaf, issuer, { now: Date.now() }).status;
          } catch (error) {
            status = (error as Error).name;
          }
          expect(["revoked", "RevocationProblem"]).toContain(status);
        }
      }
    },
    120_000,
  );
});

describe("soft", () => {
  it("lets pass what cannot be known, says it in the log, and does not wait each time", async () => {
    await using site = await publications();
    const { org } = goodChain(site);
    const crlUrl = site.serve(() => new Response("", { status: 503 }));
    const chain = [parsed(leafOf(org, { crlUrl }).pem), parsed(org.pem)];
    const events: [string, string][] = [];
    const log = { log: (level: string, event: string) => void events.push([level, event]) };
    const revocation = checker({ mode: "soft", log });
    await revocation.enforce(chain, "mail.example");
    await revocation.enforce(chain, "mail.example");
    expect(events).toEqual(Array.from({ length: 2 }, () => ["warn", "revocation.unknown"]));
    expect(site.asked(crlUrl)).toBe(1);
  });
});

describe("a list that anybody may have written", () => {
  /** Definite DER of an element. */
  const element = (tag: number, ...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([Buffer.from([tag, 0x84]), length, content]);
  };

  it("under a name of megabytes is refused before the name is taken apart", () => {
    const part = Buffer.from("310a300806035504030c0161", "hex");
    const name = element(0x30, Buffer.concat(Array.from({ length: 50_000 }, () => part)));
    const algorithm = Buffer.from("300d06092a864886f70d01010b0500", "hex");
    const time = element(0x17, Buffer.from("260101000000Z"));
    const list = element(
      0x30,
      element(0x30, Buffer.from([2, 1, 1]), algorithm, name, time, time),
      algorithm,
      element(3, Buffer.alloc(257)),
    );
    const authority = parsed(rootOf().pem);
    const start = process.cpuUsage();
    expect(() => readCrl(list, authority)).toThrow("the list is of another authority");
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(300);
  });

  it.each<[string, (parts: Buffer) => Buffer]>([
    ["at its top", (parts) => element(0x30, parts)],
    ["in what is signed", (parts) => element(0x30, element(0x30, parts))],
  ])("with millions of parts %s is refused without holding them", (_, made) => {
    const list = made(Buffer.alloc(4_000_000, Buffer.from([5, 0])));
    const authority = parsed(rootOf().pem);
    const before = process.memoryUsage().heapUsed;
    expect(() => readCrl(list, authority)).toThrow("what was received is no revocation list");
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000);
  });
});
