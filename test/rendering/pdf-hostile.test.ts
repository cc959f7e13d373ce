import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { everywhere } from "./everywhere.js";
import { chunk, mediaEntry, narrative, png } from "./kit.js";
import { PAYLOADS } from "./payloads.js";
import { pdfFrom } from "./pdf-kit.js";

describe("the PDF of a hostile CDA", () => {
  it.each(PAYLOADS.map((payload, index) => ({ index, payload })))(
    "is made, or refused with a clear error: payload $index",
    async ({ payload }) => {
      const outcome = await pdfFrom(everywhere(payload), { limits: { maxMs: 20_000 } }).then(
        ({ pdf }) => Buffer.from(pdf).toString("latin1"),
        (error: unknown) => error,
      );
      if (typeof outcome !== "string") {
        expect(isMedimailError(outcome) && outcome.code).toMatch(/^(cda|xml)_/);
        return;
      }
      expect(outcome.slice(0, 8)).toBe("%PDF-1.4");
      // Nothing that a reader runs, opens or sends by itself.
      expect(outcome).not.toMatch(
        /\/(?:JavaScript|JS|Launch|OpenAction|AA|SubmitForm|ImportData|EmbeddedFile|RichMedia)\b/,
      );
      for (const [, address = ""] of outcome.matchAll(/\/URI \(([^)]*)/g))
        expect(address).toMatch(/^(?:https?|mailto|tel):/i);
    },
  );
});

describe("a PNG that is built to lead its reader astray", () => {
  const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const whole = png(4, 4, [1, 2, 3]);
  const head = whole.subarray(16, 29);
  const rest = whole.subarray(33);
  /** A chunk that goes back to where it begins, and one that is longer than any file. */
  const back = Buffer.concat([Buffer.alloc(4), Buffer.from([0xff, 0xff, 0xff, 0xf4]), Buffer.from("aaaa")]);
  const beyond = Buffer.concat([Buffer.alloc(4), Buffer.from([0x7f, 0xff, 0xff, 0xff]), Buffer.from("IDAT")]);

  it.each([
    ["a head that holds a chunk leading back", Buffer.concat([chunk("IHDR", Buffer.concat([head, back])), rest])],
    ["a head that holds a chunk beyond the file", Buffer.concat([chunk("IHDR", Buffer.concat([head, beyond])), rest])],
    ["two heads", Buffer.concat([chunk("IHDR", head), chunk("IHDR", head), rest])],
    ["no head first", Buffer.concat([chunk("tEXt", head), chunk("IHDR", head), rest])],
    [
      "a palette that is none",
      Buffer.concat([chunk("IHDR", Buffer.concat([head.subarray(0, 9), Buffer.from([3, 0, 0, 0])])), rest]),
    ],
  ])("is left out, and told: %s", { timeout: 20_000 }, async (_, chunks) => {
    const image = Buffer.concat([SIGNATURE, chunks]).toString("base64");
    const { problems } = await pdfFrom(
      narrative('<renderMultiMedia referencedObject="M"/>', mediaEntry("M", "image/png", image)),
    );
    expect(problems.map((problem) => problem.code)).toContain("image_unreadable");
  });

  it("does not hide the picture of one that carries a long text", async () => {
    const text = chunk("tEXt", Buffer.alloc(300_000, "a"));
    const image = Buffer.concat([SIGNATURE, chunk("IHDR", head), text, rest]).toString("base64");
    const { pdf, problems } = await pdfFrom(
      narrative('<renderMultiMedia referencedObject="M"/>', mediaEntry("M", "image/png", image)),
    );
    expect(problems).toEqual([]);
    expect(Buffer.from(pdf).toString("latin1")).toContain("/Subtype /Image");
  });
});
