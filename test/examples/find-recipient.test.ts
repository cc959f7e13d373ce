import { expect, it } from "vitest";
import { main } from "../../examples/find-recipient.mts";

it("the example of a recipient imports an extraction, finds as a person types, and one person by RPPS", async () => {
  const lines: string[] = [];
  const result = await main({ log: (line) => lines.push(line) });
  expect(result).toMatchObject({
    found: 5,
    nurses: true,
    samePerson: true,
    resolved: "found",
    asOf: "2026-11-28T03:05:00.000Z",
  });
  expect(result.imported).toBeGreaterThan(1_990);
  expect(lines).toHaveLength(7);
});
