import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { whiteListXml } from "../../src/mock/http/white-list.js";
import { makeCrl } from "../../src/mock/pki/crl.js";
import { Certificate, domainName, RevocationChecker, readWhiteList, WhiteList } from "../../src/trust/index.js";
import { readCrl } from "../../src/trust/revocation/crl.js";
import { leafOf, rootOf } from "./pki-kit.js";
import { listXml } from "./white-list-kit.js";

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "hostile-lists-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a revocation list", () => {
  const authority = rootOf();
  const certificate = leafOf(authority, { crlUrl: "http://127.0.0.1/list" });
  const [leaf, issuer] = [certificate, authority].map(
    ({ pem }) => new Certificate(Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64")),
  ) as [Certificate, Certificate];

  it("of the future is not kept: the right one after it is no older one", async () => {
    const [from, to] = [1, 2].map((times) => new Date(Date.now() + times * 900 * DAY));
    let list = makeCrl({ issuer: authority, revoked: [], number: 9, thisUpdate: from as Date, nextUpdate: to as Date });
    const http = { fetch: async () => new Response(new Uint8Array(list)) };
    const checker = new RevocationChecker({ mode: "strict", http });
    expect(await checker.status(leaf, issuer)).toMatchObject({
      status: "unknown",
      problems: ["the list is of the future"],
    });
    list = makeCrl({ issuer: authority, revoked: [], number: 8 });
    expect((await checker.status(leaf, issuer)).status).toBe("good");
  });

  it("is not read for its entries before its signature holds: five hundred thousand cost a second", () => {
    const list = makeCrl({ issuer: authority, revoked: ["7f00ff00ff00ff"] });
    const at = list.indexOf(Buffer.from("7f00ff00ff00ff", "hex"));
    // The serial number becomes something else: no entry any more.
    list[at - 2] = 4;
    expect(() => readCrl(list, issuer)).toThrow(/signature/);
  });
});

describe("a white list", () => {
  let files = 0;
  function kept(xml: string) {
    const served = { xml };
    const file = join(folder, `${files++}.xml`);
    const asked: Record<string, string>[] = [];
    const http = {
      async fetch(_: URL | string, { headers = {} }: { headers?: Record<string, string> } = {}) {
        asked.push(headers);
        return new Response(served.xml, { headers: { etag: '"1"' } });
      },
    };
    const open = () => new WhiteList({ file, url: "http://127.0.0.1/list", http, retryMs: 0 });
    return { served, file, asked, open };
  }

  it("of the year 2099 is refused: no list would be newer until then, and this one would stay young", async () => {
    const { served, open } = kept(listXml(["a.mssante.fr"]));
    const list = open();
    await list.update();
    served.xml = listXml(["b.mssante.fr"], new Date("2099-01-01"));
    await expect(list.update()).rejects.toMatchObject({ code: "white_list_invalid" });
    served.xml = listXml(["c.mssante.fr"]);
    expect((await list.update()).changed).toBe(true);
  });

  it("that was kept with such a date gives way to the next", async () => {
    const { file, open } = kept(listXml(["a.mssante.fr"]));
    writeFileSync(file, listXml(["b.mssante.fr"], new Date("2099-01-01")));
    expect((await open().update()).changed).toBe(true);
  });

  it("knows a hundred operators of one domain at most, and is not slow for it", async () => {
    const names = Array.from({ length: 3_000 }, (_, at) => ({ name: "a.mssante.fr", dn: `CN=${at}, O=Op ${at}` }));
    const { open } = kept(whiteListXml(names, new Date()));
    const list = open();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await list.update();
    clearInterval(timer);
    expect((await list.check(["a.mssante.fr"], { refresh: false }))[0]?.operators).toHaveLength(100);
    expect(turns).toBeGreaterThan(1);
  });

  it("of a million parts and more is none", async () => {
    const xml = listXml(["a.mssante.fr"]).replace("<ListeDomaines>", `<ListeDomaines>${"<!---->".repeat(1_000_001)}`);
    await expect(readWhiteList([Buffer.from(xml)])).rejects.toThrow(/parts/);
  });

  it("has no domain in what only a URL would read as one", () => {
    expect(["a.fr/b.fr", "%61.fr", "a.fr?b", "x@a.fr", "a\t.fr", "a.fr:25"].map(domainName)).toEqual(
      Array(6).fill(undefined),
    );
    expect(["ａ.fr", "hôpital.fr", " A.FR. "].map(domainName)).toEqual(["a.fr", "xn--hpital-ixa.fr", "a.fr"]);
  });

  it("is asked for whole where the file beside it says nonsense", async () => {
    const { file, asked, open } = kept(listXml(["a.mssante.fr"]));
    await open().update();
    const state = JSON.parse(readFileSync(`${file}.state.json`, "utf8"));
    writeFileSync(`${file}.state.json`, JSON.stringify({ ...state, etag: "a\r\nb: c", confirmedAt: "hier" }));
    const list = open();
    expect((await list.status())?.outdated).toBe(false);
    await list.update();
    expect(asked.at(-1)).not.toHaveProperty("if-none-match");
  });
});
