import { expect, it } from "vitest";
import { describeWithProgram } from "../tools/programs.js";
import { level3, narrative } from "./kit.js";
import { imagesOf, pagesOf, pdfFrom, placedWords } from "./pdf-kit.js";
import { biology, imaging, letter } from "./samples.js";

describeWithProgram("pdftotext", "poppler-utils", "the pages of a PDF", () => {
  it("each name the document, the patient, and their number of how many", async () => {
    const pages = pagesOf((await pdfFrom(biology())).pdf);
    expect(pages.length).toBeGreaterThan(1);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain("Compte rendu de biologie");
      expect(page).toContain("MOREL Élodie, née le 12/05/1985");
      expect(page).toContain(`Page ${index + 1}/${pages.length}`);
    }
  });

  it("begin with the identity of the patient: names, sex, date and place of birth, INS with its nature", async () => {
    const [first = ""] = pagesOf((await pdfFrom(letter())).pdf);
    for (const trait of ["MOREL", "Élodie Marie", "Féminin", "12/05/1985", "31555", "(NIR)", "Dr Anne LEROY"])
      expect(first).toContain(trait);
  });

  it("repeat the headings of a table that goes on", async () => {
    const pages = pagesOf((await pdfFrom(biology())).pdf);
    for (const page of pages.filter((each) => each.includes("Dosage")))
      expect(page).toContain("Analyse Résultat Unité");
    expect(pages.join(" ").match(/Dosage n° \d+ /g)).toHaveLength(60);
  });

  it("keep each cell under its heading", async () => {
    const words = placedWords((await pdfFrom(biology())).pdf);
    const lefts = (text: string) => words.filter((word) => word.text === text).map(({ left }) => left);
    const [unit = 0] = lefts("Unité");
    const [technique = 0] = lefts("Technique");
    expect(lefts("µg/L")).toHaveLength(60);
    for (const left of lefts("µg/L")) expect(Math.abs(left - unit)).toBeLessThan(0.5);
    for (const left of lefts("Immunoturbidimétrie")) expect(Math.abs(left - technique)).toBeLessThan(0.5);
  });

  it("keep the line that announces a table or a list with it", async () => {
    const lists = "<list><item>un</item></list>";
    const table = "<table><thead><tr><th>Item</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>";
    // Wherever the page ends, the line is not the last of it.
    for (let lines = 28; lines < 48; lines++)
      for (const follows of [table, lists]) {
        const text = `${"<paragraph>ligne</paragraph>".repeat(lines)}<paragraph>Annonce</paragraph>${follows}`;
        for (const page of pagesOf((await pdfFrom(narrative(text))).pdf))
          expect(page.trim().split("\n").slice(0, -2).at(-1)).not.toBe("Annonce");
      }
  });

  it("keep the headings of a table with its first row, however high it is", async () => {
    const head = "<thead><tr><th>Acte</th><th>Modalité</th></tr></thead>";
    for (const paragraphs of [5, 20])
      for (let lines = 28; lines < 47; lines += 4) {
        const row = `<tr><td>${"<paragraph>ligne</paragraph>".repeat(paragraphs)}</td><td>y</td></tr>`;
        const text = `${"<paragraph>avant</paragraph>".repeat(lines)}<table>${head}<tbody>${row}</tbody></table>`;
        for (const page of pagesOf((await pdfFrom(narrative(text))).pdf))
          expect(page.trim().split("\n").slice(0, -2).at(-1), `${paragraphs} ${lines}`).not.toBe("Acte Modalité");
      }
  });

  it("keep who wrote a section with what he wrote", async () => {
    const author =
      "<author><assignedAuthor><assignedPerson><name><family>PETIT</family></name></assignedPerson></assignedAuthor></author>";
    // Wherever the page ends, the author is not the last of it.
    for (let lines = 29; lines < 34; lines += 1) {
      const before = `<component><section><text>${"<paragraph>avant</paragraph>".repeat(lines)}</text></section></component>`;
      const after = `<component><section><title>Avis</title><text>écrit</text>${author}</section></component>`;
      for (const page of pagesOf((await pdfFrom(level3(before + after))).pdf))
        expect(page.trim().split("\n").slice(0, -2).at(-1), String(lines)).not.toContain("PETIT");
    }
  });

  it("show a hyphen where a word is cut that says where it may be, and only there", async () => {
    const word = "hyper\u00adtri\u00adgly\u00adcéri\u00addémie";
    const cell = `<table><tbody><tr><td>${word} ${word}</td><td>${"x ".repeat(300)}</td></tr></tbody></table>`;
    const [page = ""] = pagesOf((await pdfFrom(narrative(`<paragraph>${word}</paragraph>${cell}`))).pdf);
    expect(page).toMatch(/^hypertriglycéridémie$/m);
    expect(page).toMatch(/ hyper(?:tri(?:gly(?:céri)?)?)?-\n(?:tri)?(?:gly)?(?:céri)?démie/);
  });

  it("let nothing stand outside of their margins", async () => {
    const wide = narrative(
      `<table><tbody><tr>${Array.from({ length: 18 }, (_, index) => `<td>Immunoélectrophorèse${index}</td>`).join("")}</tr></tbody></table><paragraph>${"x".repeat(400)}</paragraph>`,
    );
    for (const { left, right } of placedWords((await pdfFrom(wide)).pdf)) {
      expect(left).toBeGreaterThanOrEqual(41);
      expect(right).toBeLessThanOrEqual(555);
    }
  });

  it("mark and number lists, and say footnotes under their part", async () => {
    const [page = ""] = pagesOf((await pdfFrom(letter())).pdf);
    expect(page).toMatch(/i\. Appendicectomie \(1995\)\nii\. Thyroïdectomie/);
    expect(page).toMatch(/• Lévothyrox 75 µg\n1\. le matin\n2\. à jeun/);
    const all = pagesOf((await pdfFrom(biology(3))).pdf).join("\n");
    expect(all).toMatch(/particularité\s*1\s*\.[\s\S]*1\s*Selon les valeurs du laboratoire\./);
  });

  it("show every image, and say in its place that one is missing", async () => {
    const { pdf } = await pdfFrom(imaging());
    expect(imagesOf(pdf)).toBe(3);
    expect(pagesOf(pdf).join()).toContain("Fichier absent du document.");
  });

  it("mark where the metadata and the mail do not say the same as the document (ECO.2.1.2)", async () => {
    const { pdf } = await pdfFrom(letter(), {
      compared: { metadata: { birthName: "MAUREL" }, mail: { ins: { value: "185057800604823" } } },
    });
    const [first = ""] = pagesOf(pdf);
    expect(first).toMatch(/Attention\s: les sources ne concordent pas/);
    expect(first).toMatch(/Nom de naissance MOREL MAUREL/);
  });

  it("tell before the document what its mail says of it: that its author asks for its deletion", async () => {
    const [first = ""] = pagesOf((await pdfFrom(letter(), { notices: ["deletion"] })).pdf);
    expect(first.slice(0, first.indexOf("Nom de naissance"))).toContain(
      "L'auteur de ce document en demande la suppression.",
    );
  });

  it("are in English where asked: our words, never the document's", async () => {
    const [first = ""] = pagesOf((await pdfFrom(letter(), { language: "en" })).pdf);
    expect(first).toContain("Date of birth");
    expect(first).toContain("Antécédents");
  });

  it("cut a row that is higher than a page, and lose nothing", async () => {
    const cell = Array.from({ length: 1500 }, (_, index) => `mot${index}`);
    const { pdf } = await pdfFrom(
      narrative(`<table><tbody><tr><td>${cell.join(" ")}</td><td>à droite</td></tr></tbody></table>`),
    );
    const pages = pagesOf(pdf);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.join(" ").match(/mot\d+/g)).toEqual(cell);
  });
});
