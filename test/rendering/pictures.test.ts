import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { describeWithProgram } from "../tools/programs.js";
import { pdfFrom, withFile } from "./pdf-kit.js";
import { biology, imaging, letter } from "./samples.js";

const here = join(dirname(fileURLToPath(import.meta.url)), "baseline");
/** Programs smooth letters each in their way: what counts is where there is ink, and how much. */
const BLOCK = 6;
const MOST = 0.06;

/**
 * How the pages look, against pictures that a person has looked at. Where a change is meant: delete the picture, run the tests,
 * look at the new one, commit it.
 */
describeWithProgram("pdftoppm", "poppler-utils", "how a page looks", () => {
  it.each([
    ["biology", biology(25)],
    ["letter", letter()],
    ["imaging", imaging()],
  ])("%s is as it was", async (name, cda) => {
    const picture = firstPage((await pdfFrom(cda)).pdf);
    const path = join(here, `${name}.png`);
    if (!existsSync(path) && !process.env["CI"]) writeFileSync(path, picture);
    expect(difference(PNG.sync.read(readFileSync(path)), PNG.sync.read(picture))).toBeLessThan(MOST);
  });

  it("is told apart from another page", async () => {
    const [one, other] = [firstPage((await pdfFrom(letter())).pdf), firstPage((await pdfFrom(imaging())).pdf)];
    expect(difference(PNG.sync.read(one), PNG.sync.read(other))).toBeGreaterThan(2 * MOST);
  });
});

const firstPage = (pdf: Uint8Array): Buffer =>
  withFile(pdf, (path) => execFileSync("pdftoppm", ["-r", "50", "-png", "-singlefile", path]));

/** The greatest difference of grey of two pictures, 0 to 1, block by block. */
function difference(one: PNG, other: PNG): number {
  expect([other.width, other.height]).toEqual([one.width, one.height]);
  let greatest = 0;
  for (let y = 0; y + BLOCK <= one.height; y += BLOCK)
    for (let x = 0; x + BLOCK <= one.width; x += BLOCK)
      greatest = Math.max(greatest, Math.abs(grey(one, x, y) - grey(other, x, y)));
  return greatest;
}

function grey({ width, data }: PNG, left: number, top: number): number {
  let sum = 0;
  for (let y = top; y < top + BLOCK; y++)
    for (let x = left; x < left + BLOCK; x++)
      for (let channel = 0; channel < 3; channel++) sum += data[(y * width + x) * 4 + channel] as number;
  return sum / (BLOCK * BLOCK * 3 * 255);
}
