import { describe, expect, it } from "vitest";
import { type ComingTail, submitInPieces } from "../../src/sending/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { longBytes, read } from "../storage/contract-tails.js";
import { claimAll, claimOne, submission, T0 } from "../storage/samples.js";

const LONG = longBytes(900_000);

function tail(changes: Partial<ComingTail> = {}): ComingTail {
  return {
    parts: [Buffer.from("before "), () => pieces()],
    check: () => {},
    complete: (given, staged) => ({ ...given, tail: staged, contentHash: "known at the end" }),
    ...changes,
  };
}

async function* pieces(lostAfter = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < LONG.length; at += 100_000) {
    if (at >= lostAfter) throw new Error("the session was lost");
    yield LONG.subarray(at, at + 100_000);
  }
}

describe("a submission whose tail is read while it is stored", () => {
  it("is there once its tail is, with what only reading told", async () => {
    await using store = await openSqliteOutbox({ memory: true });
    const { submission: row } = await submitInPieces(store, submission("a"), tail());
    expect(row.contentHash).toBe("known at the end");
    const whole = await read((await claimOne(store)).content);
    expect(whole.equals(Buffer.concat([Buffer.from("Subject: a\r\n\r\nbody of abefore "), LONG]))).toBe(true);
  });

  it.each([
    ["the source is lost in the middle", tail({ parts: [() => pieces(500_000)] }), "the session was lost"],
    [
      "it grows beyond the limit",
      tail({
        check(size) {
          if (size > 300_000) throw new Error("too large");
        },
      }),
      "too large",
    ],
    [
      "the submission is refused",
      tail({ complete: (given, staged) => ({ ...given, tail: staged, mails: [] }) }),
      "needs a recipient",
    ],
  ])("is not there where %s; nothing of it is left, and it can be submitted again", async (_what, given, message) => {
    await using store = await openSqliteOutbox({ memory: true });
    await expect(submitInPieces(store, submission("a"), given)).rejects.toThrow(message);
    expect(await claimAll(store, T0 + 1_000)).toEqual([]);
    expect(await store.get("s-a")).toBeUndefined();
    // The same id again: what was stored of it is gone.
    await submitInPieces(store, submission("a"), tail());
    expect(await claimAll(store)).toHaveLength(1);
  });
});
