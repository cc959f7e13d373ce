import { expect, it } from "vitest";
import { main as embedded } from "../../examples/embedded-mailbox.mts";
import { main as integrate } from "../../examples/integrate-documents.mts";

it("the example of the embedded mailbox is told of the mail, opens it, answers, sends the receipt and takes a deletion back", async () => {
  const lines: string[] = [];
  const result = await embedded({ log: (line) => lines.push(line) });
  expect(result).toEqual({
    read: true,
    answered: true,
    documents: 1,
    problems: 0,
    textShown: true,
    backInTheInbox: true,
    traces: expect.any(Number),
  });
  // Flag, receipt, answer, deletion and its undoing, each by the professional.
  expect(result.traces).toBeGreaterThanOrEqual(5);
  expect(lines).toContain("new professional mail, documents: true");
  expect(lines.join("\n")).not.toContain("@");
});

it("the example of documents taken in files each once, and the sender learns that it is integrated", async () => {
  const lines: string[] = [];
  const result = await integrate({ log: (line) => lines.push(line) });
  expect(result).toEqual({ integrated: [true, true], record: 2, aside: 0 });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^filed 11502-2 \(create\), attempt 1$/);
});
