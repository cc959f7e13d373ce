import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultFonts } from "../../src/pdf.js";
import { type RenderedPdf, type RenderPdfOptions, renderPdf } from "../../src/rendering/index.js";

export const pdfFrom = (cda: Uint8Array, options: Omit<RenderPdfOptions, "fonts"> = {}): Promise<RenderedPdf> =>
  renderPdf(cda, { fonts: defaultFonts(), ...options });

/** Gives the PDF to a program as a file that is there as long as it runs. */
export function withFile<T>(pdf: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "medimail-pdf-"));
  try {
    const path = join(folder, "document.pdf");
    writeFileSync(path, pdf);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "ignore"] });

/** The text of each page, by poppler, in the order in which it is drawn. */
export const pagesOf = (pdf: Uint8Array): string[] =>
  withFile(pdf, (path) => run("pdftotext", "-raw", "-enc", "UTF-8", path, "-").split("\f").slice(0, -1));

export interface PlacedWord {
  page: number;
  text: string;
  left: number;
  right: number;
  top: number;
}

/** Every word with where it stands, in points, in the order in which it is drawn. */
export function placedWords(pdf: Uint8Array): PlacedWord[] {
  const xml = withFile(pdf, (path) => run("pdftotext", "-raw", "-bbox", "-enc", "UTF-8", path, "-"));
  let page = 0;
  return [
    ...xml.matchAll(/<page |<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)<\/word>/g),
  ].flatMap(([, left, top, right, text]) => {
    if (text === undefined) {
      page++;
      return [];
    }
    return [{ page, text: unescaped(text), left: Number(left), right: Number(right), top: Number(top) }];
  });
}

const unescaped = (text: string): string =>
  text.replace(
    /&(lt|gt|amp|quot|apos|#39);/g,
    (_, name: string) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? "'",
  );

/** How many images the pages show. */
export const imagesOf = (pdf: Uint8Array): number =>
  withFile(pdf, (path) => run("pdfimages", "-list", path).split("\n").slice(2).filter(Boolean).length);
