import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { everywhere } from "./everywhere.js";
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
