import { describe, expect, it } from "vitest";
import type { EventRow } from "../../src/seams/index.js";
import { EventReader } from "../../src/sending/index.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A reader over events kept in memory, and how often it asked for them. */
function readerOf(rows: EventRow[]) {
  const asked = { times: 0 };
  const store = {
    events: async ({ after = 0 }: { after?: number }) => {
      asked.times += 1;
      return rows.filter(({ seq }) => seq > after);
    },
    lastEventSeq: async () => rows.length,
  };
  // It would not look by itself before the test is over.
  return { reader: new EventReader(store, 600_000), asked };
}

const event = (seq: number): EventRow => ({ seq, event: "queued", submission: `s${seq}`, at: 0 }) as EventRow;

describe("who reads events", () => {
  it("asks the store once for all that changes in one turn of the event loop", async () => {
    const rows: EventRow[] = [];
    const { reader, asked } = readerOf(rows);
    const events = reader.read({ after: 0 });
    const first = events.next();
    await turn();
    expect(asked.times).toBe(1);
    for (let seq = 1; seq <= 5; seq++) {
      rows.push(event(seq));
      reader.notify();
      await Promise.resolve();
    }
    const seen = [(await first).value];
    for (let seq = 2; seq <= 5; seq++) seen.push((await events.next()).value);
    expect(seen.map((each) => each?.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(asked.times).toBe(2);
    reader.close();
  });

  it("misses no change that comes while it asks", async () => {
    const rows: EventRow[] = [event(1)];
    const { reader } = readerOf(rows);
    const events = reader.read({ after: 0 });
    expect((await events.next()).value?.seq).toBe(1);
    const next = events.next();
    // Its page is asked for and has not this one yet.
    rows.push(event(2));
    reader.notify();
    expect((await next).value?.seq).toBe(2);
    reader.close();
  });

  it("ends at once when it is closed", async () => {
    const { reader } = readerOf([]);
    const next = reader.read({ after: 0 }).next();
    await turn();
    reader.close();
    expect((await next).done).toBe(true);
  });

  it("looks through the events of other mailboxes once", async () => {
    const others = 50;
    const asked: number[] = [];
    const store = {
      events: async ({ after = 0 }: { after?: number }) => {
        asked.push(after);
        return [];
      },
      lastEventSeq: async () => others,
    };
    const reader = new EventReader(store, 600_000);
    const next = reader.read({ after: 3 }).next();
    await turn();
    reader.notify();
    await turn();
    await turn();
    expect(asked).toEqual([3, others]);
    reader.close();
    await next;
  });

  it("looks through many of them piece by piece, and gives what lies between in order", async () => {
    const rows = [event(3), event(30_000), event(50_000)];
    const asked: (number | undefined)[] = [];
    const store = {
      events: async ({ after = 0, upTo }: { after?: number; upTo?: number }) => {
        asked.push(upTo);
        return rows.filter(({ seq }) => seq > after && seq <= (upTo ?? Number.POSITIVE_INFINITY));
      },
      lastEventSeq: async () => 55_000,
    };
    const reader = new EventReader(store, 600_000);
    const events = reader.read({ after: 0 });
    const seen: (number | undefined)[] = [];
    for (let n = 0; n < 3; n += 1) seen.push((await events.next()).value?.seq);
    expect(seen).toEqual([3, 30_000, 50_000]);
    expect(asked).toEqual([20_000, 40_000, undefined]);
    reader.close();
  });
});
