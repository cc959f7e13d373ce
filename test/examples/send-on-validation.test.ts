import { expect, it } from "vitest";
import { main } from "../../examples/send-on-validation.mts";

it("the example sends at validation, once however often it is called, and shows what became of it", async () => {
  const lines: string[] = [];
  const result = await main({ log: (line) => lines.push(line) });
  expect(result).toEqual({ ok: true, sameSubmission: true, mailsAtOperator: 2 });
  expect(lines).toContain("submitted 2 mails, new: true");
  expect(lines).toContain("submitted again, new: false");
  expect(lines.filter((line) => line === "event queued R-2026-000123")).toHaveLength(2);
  expect(lines.filter((line) => line === "event accepted R-2026-000123")).toHaveLength(2);
  expect(lines).toContain("professional read");
  expect(lines).toContain("patient read");
  // A listener's line may go to any log: it has no address in it.
  expect(lines.join("\n")).not.toContain("@");
});
