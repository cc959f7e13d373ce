import { describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { agreesWithCda } from "../../src/compliance/mail/agreement.js";
import { pdfText } from "../../src/compliance/mail/pdf-text.js";
import { narrative } from "../rendering/kit.js";
import { pdfFrom } from "../rendering/pdf-kit.js";
import { pdfOf } from "../tools/documents.js";
import { documentMail, failing, outcomeOf, smtp } from "./kit.js";

const blood = narrative(
  "<paragraph>Hémoglobine treize grammes, leucocytes normaux, plaquettes discrètement augmentées, ferritine basse.</paragraph>",
);
const heart = narrative(
  "<paragraph>Échographie cardiaque : fraction d'éjection conservée, valve mitrale souple, péricarde sec, aorte régulière.</paragraph>",
);

/** A PDF as many libraries write it: one font, WinAnsi, streams in the clear. */
const plainPdf = (text: string): Buffer =>
  Buffer.from(
    `%PDF-1.4\n1 0 obj\n<< /Type /Page /Resources << /Font << /F1 2 0 R >> >> /Contents 3 0 R >>\nendobj\n2 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n3 0 obj\n<< /Length 99 >>\nstream\nBT /F1 12 Tf (${text}) Tj ET\nendstream\nendobj\npdfaid:part="1"\n%%EOF`,
    "latin1",
  );

describe("the text of a PDF", () => {
  it("is read from our own, with embedded fonts", async () => {
    const { pdf } = await pdfFrom(blood);
    expect(pdfText(pdf)).toMatch(/Hémoglobine[\s\S]*leucocytes/);
  });

  it("is read from a plain one, escapes included, and is none of noise", () => {
    expect(pdfText(plainPdf("Bonjour \\(test\\) \\351t\\351"))).toContain("Bonjour (test) été");
    expect(pdfText(pdfOf(5_000))).toBeUndefined();
  });
});

describe("the PDF of a level-3 document (ECO.2.1.5)", () => {
  it("agrees with its own document, and with no other", async () => {
    const { pdf } = await pdfFrom(blood);
    expect(agreesWithCda(pdf, readCda(blood), blood)).toBe("agrees");
    expect(agreesWithCda(pdf, readCda(heart), heart)).toBe("other-narrative");
    expect(agreesWithCda(pdfOf(900), readCda(blood), blood)).toBe("unknown");
  });

  it("wants the header too", () => {
    const words =
      "Hemoglobine treize grammes, leucocytes normaux, plaquettes discretement augmentees, ferritine basse. ".repeat(3);
    expect(agreesWithCda(plainPdf(words), readCda(blood), blood)).toBe("no-header");
  });

  it("fails the mail that joins the PDF of another document, and nothing else", async () => {
    const [own, other] = await Promise.all([pdfFrom(blood), pdfFrom(heart)]);
    const mail = (pdf: Uint8Array) => documentMail({ cdas: [blood], pdfs: [pdf] });
    expect(await failing(smtp([await mail(own.pdf)]))).toEqual([]);
    expect(await outcomeOf("pdf-of-cda", smtp([await mail(own.pdf)]))).toBe("ok");
    expect(await failing(smtp([await mail(other.pdf)]))).toEqual(["ECO.2.1.5"]);
  });
});
