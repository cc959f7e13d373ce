import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { openXdm } from "../../src/xdm/index.js";
import { describeWithProgram } from "../tools/programs.js";
import { describeWithShared } from "../tools/shared.js";
import { overlaps, placesOf, plainTables } from "./columns.js";
import { coverage, narrativeWords } from "./oracle.js";
import { imagesOf, pagesOf, pdfFrom, placedWords } from "./pdf-kit.js";
import { biology, imaging, letter } from "./samples.js";

describeWithProgram("pdftotext", "poppler-utils", "the official documents as PDF", () => {
  describeWithShared("of ../shared/corpus", (shared) => {
    const folder = join(shared, "corpus/xdm");
    const made = mkdtempSync(join(tmpdir(), "medimail-corpus-pdf-"));
    const table: string[] = [];
    let columns = 0;
    afterAll(() => rmSync(made, { recursive: true, force: true }));

    it.each(readdirSync(folder).filter((name) => name.endsWith(".zip")))(
      "shows every word of %s, in its order, its cells under their headings, and its images",
      async (name) => {
        const { documents } = await openXdm(readFileSync(join(folder, name)));
        for (const [index, { content }] of documents.entries()) {
          const bytes = content as Uint8Array;
          const cda = readCda(bytes);
          const { pdf, origin, pdfA1 } = await pdfFrom(bytes);
          if (cda.body.level === "N1") {
            expect({ origin, same: Buffer.from(pdf).equals(cda.encapsulated() as Uint8Array) }).toEqual({
              origin: "encapsulated",
              same: true,
            });
            table.push(`${name.padEnd(66)} level 1: the encapsulated file${pdfA1 ? ", PDF/A-1" : ", not PDF/A-1"}`);
            continue;
          }
          const pages = pagesOf(pdf);
          for (const [at, page] of pages.entries())
            expect(page.trim()).toMatch(new RegExp(` Page ${at + 1}/${pages.length}$`));
          const words = narrativeWords(bytes);
          const { found, broken, missing } = coverage(words, wordsOf(pages));
          table.push(
            `${name.padEnd(66)} ${String(pages.length).padStart(3)} pages, ${found}/${words.length} words${broken.length ? `, of them broken over lines: ${broken.join(" ")}` : ""}`,
          );
          expect(missing).toEqual([]);
          const { words: inOrder, tables } = plainTables(bytes);
          expect(inOrder).toEqual(words);
          // Between the lines at the head and the foot of a page.
          const places = placesOf(
            inOrder,
            placedWords(pdf).filter(({ top }) => top > 52 && top < 785),
          );
          expect(places.filter((place) => place === undefined).length).toBeLessThanOrEqual(words.length / 50);
          columns += tables.reduce((sum, one) => sum + one.columns.length, 0);
          expect(tables.map((one) => overlaps(one, places))).toEqual(tables.map(() => []));
          expect(imagesOf(pdf)).toBe(imagesIn(bytes));
          writeFileSync(join(made, `${name}-${index}.pdf`), pdf);
        }
      },
    );

    it("would be told of a cell under another heading", async () => {
      const cda = biology(3);
      const { words, tables } = plainTables(cda);
      const places = placesOf(words, placedWords((await pdfFrom(cda)).pdf));
      const [plain] = tables;
      if (!plain) throw new Error("the sample has no plain table");
      expect(overlaps(plain, places)).toEqual([]);
      expect(overlaps({ columns: plain.columns.toReversed() }, places)).not.toEqual([]);
    });

    it("is all of the 44 archives", () => {
      console.info(
        `PDF, ${columns} columns of tables, each cell under its heading; words of the narrative:\n${table.join("\n")}`,
      );
      expect(table.length).toBeGreaterThanOrEqual(44);
    });

    it("is PDF/A-1b, each of them and our own, by an independent checker", { timeout: 300_000 }, async () => {
      for (const [name, cda] of Object.entries({ biology: biology(), letter: letter(), imaging: imaging() }))
        writeFileSync(join(made, `${name}.pdf`), (await pdfFrom(cda)).pdf);
      const files = readdirSync(made).map((name) => join(made, name));
      expect(files.length).toBeGreaterThanOrEqual(43);
      const lines = check(shared, files).trim().split("\n");
      expect(lines.filter((line) => !line.endsWith("\tPDF/A-1b"))).toEqual([]);
      expect(lines).toHaveLength(files.length);
    });
  });
});

function check(shared: string, files: string[]): string {
  return execFileSync(join(shared, "pdfa-check/check"), files, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** Without the lines at the head and the foot of each page, which are drawn last. */
const wordsOf = (pages: readonly string[]): string[] =>
  pages
    .map((page) => page.trim().split("\n").slice(0, -2).join(" "))
    .join(" ")
    .split(/[\s\u00a0]+/)
    .filter(Boolean);

const imagesIn = (cda: Uint8Array): number =>
  (
    Buffer.from(cda)
      .toString("latin1")
      .match(/mediaType="image\//g) ?? []
  ).length;
