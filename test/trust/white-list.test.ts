import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createHttp } from "../../src/http.js";
import { whiteListXml } from "../../src/mock/http/white-list.js";
import { createDialer } from "../../src/net/index.js";
import { operatorOf, readWhiteList, WhiteList, type WhiteListOptions } from "../../src/trust/index.js";
import { inventedDomains, listXml, MIPIH, OFFICIAL_ENTRIES, publisher } from "./white-list-kit.js";

const folder = mkdtempSync(join(tmpdir(), "white-list-"));
const http = createHttp({ dialer: createDialer() });
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const DAY = 86_400_000;
const START = Date.parse("2026-06-01T08:00:00Z");
let files = 0;
const newFile = () => join(folder, `list-${files++}.xml`);
const at = (name: string) => `quelqu.un@${name}`;
const read = (xml: string | Uint8Array) => readWhiteList([typeof xml === "string" ? Buffer.from(xml) : xml]);

describe("reading the list", () => {
  it("takes the whole of 8,655 entries, whatever the pieces it comes in", async () => {
    const xml = Buffer.from(whiteListXml(inventedDomains(), new Date(START)));
    const pieces = Array.from({ length: Math.ceil(xml.length / 1_001) }, (_, i) =>
      xml.subarray(i * 1_001, (i + 1) * 1_001),
    );
    const { entries, generatedAt } = await readWhiteList(pieces);
    expect(entries).toHaveLength(OFFICIAL_ENTRIES);
    expect(generatedAt).toBe(START);
    expect(entries).toEqual((await read(xml)).entries);
  });

  it("compares names without regard to spaces, case, a final dot, or Unicode (IDNA)", async () => {
    const { entries } = await read(listXml(["  CH-Exemple.MSSANTE.fr\n", "hôpital.mssante.fr", "labo.mssante.fr."]));
    expect(entries.map(({ domain }) => domain)).toEqual([
      "ch-exemple.mssante.fr",
      "xn--hpital-ixa.mssante.fr",
      "labo.mssante.fr",
    ]);
  });

  it("is not stopped by one entry that is no domain name", async () => {
    const { entries } = await read(listXml(["", "pas un domaine", "ch.mssante.fr"]));
    expect(entries.map(({ domain }) => domain)).toEqual(["ch.mssante.fr"]);
  });

  it("reads the same vocabulary with a prefix, and passes what it does not know", async () => {
    const xml = `<l:ListeBlancheMSSante xmlns:l="https://listeblanche.mssante.fr/schema"><l:Nouveau><l:Nom>x.fr</l:Nom></l:Nouveau><l:ListeDomaines><l:Domaine><l:Nom>a.mssante.fr</l:Nom><l:Plus>y</l:Plus></l:Domaine></l:ListeDomaines></l:ListeBlancheMSSante>`;
    expect((await read(xml)).entries).toEqual([{ domain: "a.mssante.fr" }]);
  });

  const head = '<ListeBlancheMSSante xmlns="https://listeblanche.mssante.fr/schema"';
  it.each([
    ["attributes", head, " a='b'"],
    ["an attribute", `${head} a='`, "\n"],
    ["a name", `${head}><`, "x"],
    ["a text of line ends", `${head}>`, "\n"],
    ["a text of references", `${head}>`, "&lt;"],
    ["a comment", `${head}><!--`, "x"],
    ["an instruction", `${head}><?a `, "x"],
    ["blanks before its root", "", " "],
  ])("gives up soon where %s has no end, and never holds it", async (_, start, piece) => {
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      yield Buffer.from(start);
      for (const block = Buffer.from(piece.repeat(10_000)); given < 8_000_000; given += block.length) yield block;
    }
    await expect(readWhiteList(endless())).rejects.toMatchObject({ code: "white_list_invalid" });
    expect(given).toBeLessThan(1_000_000);
  });

  const whole = listXml(["a.mssante.fr", "b.mssante.fr"]);
  it.each([
    ["cut", whole.slice(0, whole.indexOf("b.mssante.fr"))],
    ["cut after its last entry", whole.slice(0, whole.indexOf("</ListeDomaines>"))],
    ["empty", ""],
    ["of another root", whole.replaceAll("ListeBlancheMSSante", "ListeNoire")],
    ["of another namespace", whole.replace("listeblanche.mssante.fr", "exemple.fr")],
    ["without a domain", listXml([])],
    ["a page of HTML", "<!DOCTYPE html><html><body>Maintenance</body></html>"],
    ["not well-formed", whole.replace("</Nom>", "</Non>")],
    ["with a DTD", whole.replace("?>", '?><!DOCTYPE x [<!ENTITY e "a">]>')],
    ["with an entity", whole.replace("a.mssante.fr<", "&e;<")],
    ["not UTF-8", Buffer.from(listXml(["hôpital.mssante.fr"]), "latin1")],
    ["with a value without end", listXml(["a".repeat(5_000)])],
    ["nested without end", whole.replace("<ListeDomaines>", `<ListeDomaines>${"<a>".repeat(10)}${"</a>".repeat(10)}`)],
  ])("refuses whole a list that is %s", async (_what, xml) => {
    await expect(read(xml)).rejects.toMatchObject({ code: "white_list_invalid" });
  });

  it("knows the operator of a domain, with commas in its name", () => {
    expect(operatorOf(MIPIH)).toEqual({ name: "GIP MIPIH", server: "medimail-asip.mipih.fr", dn: MIPIH });
    expect(operatorOf("C=FR, O=Santé, Soins, et Cie, CN=mss.exemple.fr").name).toBe("Santé, Soins, et Cie");
    expect(operatorOf("quelque chose").name).toBe("quelque chose");
  });
});

async function opened(xml: string, more: Partial<WhiteListOptions> = {}) {
  const site = await publisher(xml);
  let time = START;
  const options = { file: newFile(), url: site.url, http, now: () => time, ...more };
  const list = new WhiteList(options);
  return {
    list,
    site,
    options,
    pass: (ms: number) => {
      time += ms;
    },
    verdict: async (name: string) => (await list.check([at(name)]))[0]?.verdict,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

describe("keeping the list", () => {
  it("asks for it once, then only for what has changed, and a new process goes on from the file", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    expect(await it.list.update()).toMatchObject({ changed: true, domains: 1, outdated: false });
    expect(await it.list.update()).toMatchObject({ changed: false, domains: 1 });
    const other = new WhiteList(it.options);
    expect(await other.update()).toMatchObject({ changed: false, domains: 1 });
    expect(it.site.seen.map(({ status }) => status)).toEqual([200, 304, 304]);
    expect(it.site.seen[2]?.since).toBe(new Date(0).toUTCString());
  });

  it.each([
    ["cut", (xml: string) => xml.slice(0, -60)],
    ["emptied", () => ""],
    ["a page of HTML", () => "<html></html>"],
    ["an older one", () => listXml(["b.mssante.fr"], new Date(START - DAY))],
  ])("stays with the last good one where the new one is %s", async (_what, spoilt) => {
    const first = listXml(["a.mssante.fr"], new Date(START));
    await using it = await opened(first);
    await it.list.update();
    it.site.state.xml = spoilt(listXml(["b.mssante.fr"], new Date(START + 1)));
    await expect(it.list.update()).rejects.toMatchObject({ code: "white_list_invalid" });
    expect(readFileSync(it.options.file, "utf8")).toBe(first);
    expect([await it.verdict("a.mssante.fr"), await it.verdict("b.mssante.fr")]).toEqual(["inside", "outside"]);
  });

  it("sees a list that another process has put there", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    await it.list.update();
    it.site.state.xml = listXml(["a.mssante.fr", "b.mssante.fr"], new Date(START + 1));
    await new WhiteList(it.options).update();
    it.site.state.down = true;
    expect(await it.verdict("b.mssante.fr")).toBe("inside");
  });

  it("asks for a file that was put there by hand whole, and takes its age from its own date", async () => {
    await using it = await opened(listXml(["a.mssante.fr", "b.mssante.fr"], new Date(START)));
    writeFileSync(it.options.file, listXml(["a.mssante.fr"], new Date(START - 3 * DAY)));
    expect(await it.list.status()).toMatchObject({ domains: 1, confirmedAt: new Date(START - 3 * DAY).toISOString() });
    await it.list.update();
    expect(it.site.seen[0]).toEqual({ status: 200 });
  });

  it("shares one request between calls at the same time", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    await Promise.all([it.list.update(), it.list.update(), it.verdict("z.mssante.fr")]);
    expect(it.site.seen).toHaveLength(1);
  });
});

describe("who may be written to", () => {
  it("is who is in the list, found by one refresh where he is new", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    expect(await it.verdict("A.MSSante.fr")).toBe("inside");
    it.site.state.xml = listXml(["a.mssante.fr", "nouveau.mssante.fr"], new Date(START + 1));
    expect(await it.verdict("nouveau.mssante.fr")).toBe("outside");
    it.pass(6 * 60_000);
    expect(await it.verdict("nouveau.mssante.fr")).toBe("inside");
    expect(it.site.seen.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("is asked for though the clock was set back since the last time", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    expect(await it.verdict("nouveau.mssante.fr")).toBe("outside");
    it.site.state.xml = listXml(["a.mssante.fr", "nouveau.mssante.fr"], new Date(START + 1));
    it.pass(-3_600_000);
    expect(await it.verdict("nouveau.mssante.fr")).toBe("inside");
  });

  it("is refused by a list younger than seven days, and only doubted by an older one", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    await it.list.update();
    it.site.state.down = true;
    it.pass(7 * DAY);
    expect(await it.verdict("dehors.mssante.fr")).toBe("outside");
    it.pass(1);
    expect(await it.verdict("dehors.mssante.fr")).toBe("unknown");
    expect(await it.verdict("a.mssante.fr")).toBe("inside");
  });

  it("is doubted where there is no list at all, and the network has none", async () => {
    await using it = await opened("");
    it.site.state.down = true;
    expect(await it.verdict("a.mssante.fr")).toBe("unknown");
    expect(await it.verdict("patient.mssante.fr")).toBe("inside");
  });

  it("a list that the publisher confirmed is as young as that day", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    await it.list.update();
    it.pass(30 * DAY);
    expect(await it.verdict("dehors.mssante.fr")).toBe("outside");
    expect(it.site.seen.at(-1)?.status).toBe(304);
  });

  it("does not take a sub-domain, nor a look-alike, for the domain", async () => {
    await using it = await opened(listXml(["a.mssante.fr"], new Date(START)));
    for (const name of [
      "b.a.mssante.fr",
      "a.mssante.fr.exemple.fr",
      "xa.mssante.fr",
      "а.mssante.fr",
      "patients.mssante.fr",
    ])
      expect(await it.verdict(name)).toBe("outside");
  });
});
