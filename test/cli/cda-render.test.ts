import { existsSync, linkSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/rendering/index.js";
import { narrative } from "../rendering/kit.js";
import { everyKind } from "../rendering/sample.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const source = at("cr.xml");
writeFileSync(source, narrative("<paragraph>Hémoglobine 9,1 g/dL</paragraph>"));
const render = (file: string, out: string, ...more: string[]) => cli("cda", "render", file, "--html", out, ...more);

describe("cda render", () => {
  it("writes the page, and says where: exit 0", async () => {
    const { code, value, err } = await render(source, at("cr.html"), "--json");
    const page = readFileSync(at("cr.html"));
    expect([code, err]).toEqual([0, ""]);
    expect(value()).toEqual({ html: { file: at("cr.html"), size: page.length }, problems: [] });
    expect(page.toString("utf8")).toBe(renderHtml(readFileSync(source)).html);
    expect(page.toString("utf8")).toContain("Hémoglobine 9,1 g/dL");
  });

  it("has labels in French, and in English on demand", async () => {
    await render(source, at("fr.html"));
    await render(source, at("en.html"), "--lang", "en");
    expect(readFileSync(at("fr.html"), "utf8")).toContain("<dt>Nom de naissance</dt>");
    expect(readFileSync(at("en.html"), "utf8")).toContain("<dt>Birth name</dt>");
  });

  it("tells a person what was written", async () => {
    const { code, out } = await render(source, at("told.html"));
    expect(code).toBe(0);
    expect(out).toMatch(/^Écrit +.*told\.html \(\d+ octets\)$/m);
  });

  it("writes what can be shown of a faulty document, names the fault, and answers no: exit 1", async () => {
    writeFileSync(at("faulty.xml"), everyKind());
    const { code, value, err } = await render(at("faulty.xml"), at("faulty.html"), "--json");
    expect(code).toBe(1);
    expect(value<{ problems: { code: string }[] }>().problems.map((problem) => problem.code)).toContain(
      "media_missing",
    );
    expect(err).toContain("media_missing");
    expect(readFileSync(at("faulty.html"), "utf8")).toContain("Hémogramme");
  });

  it("refuses what is no CDA: exit 1, nothing written, none of it quoted", async () => {
    writeFileSync(at("other.xml"), "<patient>canary-4412</patient>");
    const { code, out, err, value } = await render(at("other.xml"), at("other.html"), "--json");
    expect([code, value()]).toMatchObject([1, { error: { code: "cda_invalid" } }]);
    expect(out + err).not.toContain("canary");
    expect(existsSync(at("other.html"))).toBe(false);
  });

  it("says that a file is not there, or that a folder to write into is not: exit 2", async () => {
    expect(await render(at("nothing.xml"), at("x.html"), "--json")).toMatchObject({ code: 2 });
    const { code, value } = await render(source, at("nowhere/x.html"), "--json");
    expect([code, value()]).toMatchObject([2, { error: { code: "file_not_found" } }]);
  });

  it("writes a PDF/A-1b, alone or beside the page; of a level 1 the file that it holds, byte for byte", async () => {
    const both = await cli("cda", "render", source, "--html", at("b.html"), "--pdf", at("b.pdf"), "--json");
    const pdf = readFileSync(at("b.pdf"));
    expect([both.code, both.value()]).toMatchObject([
      0,
      { html: { file: at("b.html") }, pdf: { file: at("b.pdf"), size: pdf.length, origin: "made", pdfA1: true } },
    ]);
    expect(pdf.toString("latin1")).toContain("<pdfaid:part>1</pdfaid:part>");
    const held = pdfOf(3_000);
    writeFileSync(at("level1.xml"), cdaOf(1, held));
    const { code, value, err } = await cli("cda", "render", at("level1.xml"), "--pdf", at("level1.pdf"), "--json");
    expect([code, value()]).toMatchObject([0, { pdf: { origin: "encapsulated", pdfA1: false } }]);
    expect(err).toContain("pdf_not_pdfa1");
    expect(readFileSync(at("level1.pdf")).equals(held)).toBe(true);
  });

  it("refuses to write both into one file, or over the document: exit 2", async () => {
    const one = await cli("cda", "render", source, "--html", at("one"), "--pdf", at("./one"), "--json");
    expect([one.code, existsSync(at("one"))]).toEqual([2, false]);
    expect(await cli("cda", "render", source, "--pdf", source, "--json")).toMatchObject({ code: 2 });
  });

  it("wants to know what to write: exit 2", async () => {
    const { code, value } = await cli("cda", "render", source, "--json");
    expect([code, value()]).toMatchObject([2, { error: { code: "usage_invalid" } }]);
  });

  it("never writes over the document itself, by whatever name", async () => {
    const before = readFileSync(source);
    linkSync(source, at("hard.html"));
    symlinkSync(source, at("soft.html"));
    for (const target of [source, at("hard.html"), at("soft.html"), join(folder, ".", "cr.xml")])
      expect(await render(source, target, "--json")).toMatchObject({ code: 2 });
    expect(readFileSync(source).equals(before)).toBe(true);
  });

  it("replaces a link in the place of the page, and writes nothing through it", async () => {
    writeFileSync(at("victim.txt"), "victim");
    symlinkSync(at("victim.txt"), at("link.html"));
    expect((await render(source, at("link.html"))).code).toBe(0);
    expect(readFileSync(at("victim.txt"), "utf8")).toBe("victim");
    expect(lstatSync(at("link.html")).isSymbolicLink()).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
