import { describe, expect, it } from "vitest";
import { readObservation, readObservations } from "../../src/compliance/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import type { Observation } from "../../src/seams/observations.js";
import { pair, soon } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";
import { DOCTOR } from "./kit.js";

const all = async (lines: string[], options?: Parameters<typeof readObservations>[1]): Promise<Observation[]> => {
  const found: Observation[] = [];
  for await (const one of readObservations(lines, options)) found.push(one);
  return found;
};
const line = {
  v: 1,
  at: "2026-01-05T10:00:00.000Z",
  connection: "smtp-1",
  kind: "line",
  protocol: "smtp",
  from: "client",
  line: "EHLO x",
  tls: false,
};

describe("the reader of observations", () => {
  it("reads back every observation that the mock makes, as it was", async () => {
    await using both = await pair();
    const submission = await both.connector.documents.submit({
      documents: [{ cda: cdaOf(7) }],
      to: [DOCTOR],
      patient: true,
    });
    await submission.settled({ until: "accepted", signal: soon() });
    const made = [...both.mock.observations];
    expect(new Set(made.map(({ kind }) => kind))).toEqual(new Set(["mailbox", "tcp", "line", "tls", "auth", "mail"]));
    const leftOut = { unknownKinds: 0, malformed: 0, tooLong: 0 };
    expect(
      await all(
        made.map((one) => JSON.stringify(one)),
        { leftOut },
      ),
    ).toEqual(JSON.parse(JSON.stringify(made)));
    expect(leftOut).toEqual({ unknownKinds: 0, malformed: 0, tooLong: 0 });
  });

  it("counts what it leaves out: unknown kinds, what is no observation, lines that are too long", async () => {
    const leftOut = { unknownKinds: 0, malformed: 0, tooLong: 0 };
    const lines = [
      JSON.stringify(line),
      JSON.stringify({ ...line, kind: "smoke" }),
      "{",
      "[]",
      JSON.stringify({ ...line, v: 2 }),
      JSON.stringify({ ...line, line: "x".repeat(70_000) }),
      "",
    ];
    expect(await all(lines, { leftOut })).toEqual([line]);
    expect(leftOut).toEqual({ unknownKinds: 1, malformed: 3, tooLong: 1 });
  });

  it("refuses names of the prototype as kinds, and values of other types", () => {
    expect(readObservation('{"kind":"constructor"}')).toBe("unknown");
    expect(readObservation(JSON.stringify({ ...line, tls: "yes" }))).toBe("malformed");
  });

  it("ends at the limit with an error", async () => {
    await expect(
      all([JSON.stringify(line), JSON.stringify(line)], { limits: { maxObservations: 1 } }),
    ).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("knows the mailboxes of a mock by what it tells first", async () => {
    await using mock = await startMockMedimail();
    expect(mock.observations.filter(({ kind }) => kind === "mailbox")).toHaveLength(5);
  });
});
